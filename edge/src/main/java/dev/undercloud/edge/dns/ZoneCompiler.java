package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Rdata;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.ZoneRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes every answer of a zone (RFC 1034, 4.3.2; wildcards RFC 4592; negative answers RFC 2308). An
 * alias is followed within the zone. For one zone; any thread.
 */
final class ZoneCompiler {
  /** Aliases followed in one answer; more are a mistake, and the resolver asks on. */
  private static final int LONGEST_CHAIN = 8;

  /** RFC 8482, 4.2: what ANY gets. The names' own records are there for who asks by type. */
  private static final Rdata ANY_IS_NOT =
      Rdata.of(new byte[] {7, 'R', 'F', 'C', '8', '4', '8', '2', 0});

  private static final int ANY_TTL = 3_600;

  private final Zone zone;
  private final Set<DnsName> deeper;
  private final Predicate<ZoneRecord> up;
  private final ZoneRecord soa;
  private final Answer nothing;
  private final Answer absent;
  private final Answer any;
  private final Map<DnsName, Map<Integer, List<ZoneRecord>>> sets = new HashMap<>();
  private final Map<DnsName, Node> nodes = new LinkedHashMap<>();

  /**
   * @param deeper apexes of served zones below this one: theirs is what is there
   * @param up whether a record's target can serve; where none of a set can, all stay
   */
  ZoneCompiler(Zone zone, Set<DnsName> deeper, Predicate<ZoneRecord> up) {
    this.zone = zone;
    this.deeper = deeper;
    this.up = up;
    soa = new ZoneRecord(zone.name(), RecordType.SOA, zone.soa().ttl(), zone.soa().data());
    nothing = negative(Wire.NOERROR, new AnswerWriter(null, zone.name()));
    absent = negative(Wire.NXDOMAIN, new AnswerWriter(null, zone.name()));
    ZoneRecord hint = new ZoneRecord(zone.name(), RecordType.HINFO, ANY_TTL, ANY_IS_NOT);
    any = new AnswerWriter(null, zone.name()).add(null, hint, ANY_TTL).finish(0, Wire.AA);
  }

  Collection<Node> compile() {
    gather();
    sets.forEach((name, here) -> node(name).cut = isCut(name, here));
    if (nodes.values().stream().anyMatch(node -> node.cut)) {
      nodes.values().forEach(this::refer);
    }
    nodes.values().stream().filter(node -> node.instead == null || node.cut).forEach(this::answer);
    return nodes.values();
  }

  private void gather() {
    Node apex = node(zone.name());
    apex.apexOf = zone;
    put(soa);
    for (ZoneRecord record : zone.records()) {
      if (isOurs(record.name())) {
        put(record);
        // Names between are there, too, with nothing at them (RFC 4592, 2.2.2).
        DnsName name = record.name();
        while (!nodes.containsKey(name)) {
          node(name);
          name = name.parent();
        }
      }
    }
    for (Node node : nodes.values()) {
      if (node.name.isWildcard() && !node.name.equals(zone.name())) {
        node(node.name.parent()).wildcard = node;
      }
    }
  }

  private void put(ZoneRecord record) {
    sets.computeIfAbsent(record.name(), name -> new TreeMap<>())
        .computeIfAbsent(record.type(), type -> new ArrayList<>(1))
        .add(record);
  }

  private Node node(DnsName name) {
    return nodes.computeIfAbsent(name, n -> new Node(n, nothing, absent));
  }

  private boolean isOurs(DnsName name) {
    if (deeper.isEmpty()) {
      return true;
    }
    for (DnsName at = name; !at.equals(zone.name()); at = at.parent()) {
      if (deeper.contains(at)) {
        return false;
      }
    }
    return true;
  }

  private boolean isCut(DnsName name, Map<Integer, List<ZoneRecord>> here) {
    return here.containsKey(RecordType.NS) && !name.equals(zone.name());
  }

  /** At and below a delegation there is nothing but the referral. */
  private void refer(Node node) {
    Node highest = null;
    for (DnsName at = node.name; !at.equals(zone.name()); at = at.parent()) {
      Node above = nodes.get(at);
      if (above != null && above.cut) {
        highest = above;
      }
    }
    if (highest == null) {
      return;
    }
    node.cut = node == highest;
    if (highest.instead == null) {
      highest.instead = referral(highest.name);
    }
    node.instead = highest.instead;
  }

  private Answer referral(DnsName cut) {
    List<ZoneRecord> servers = set(cut, RecordType.NS);
    AnswerWriter writer = new AnswerWriter(null, cut).authority();
    add(writer, cut, servers);
    List<DnsName> targets = servers.stream().map(server -> server.data().nameAt(0)).toList();
    writer.additional();
    // Servers below the cut cannot be found without their addresses: those must fit (RFC 9471).
    targets.stream().filter(target -> target.isIn(cut)).forEach(target -> glue(writer, target));
    writer.optional();
    targets.stream().filter(target -> !target.isIn(cut)).forEach(target -> glue(writer, target));
    return writer.finish(Wire.NOERROR, 0);
  }

  private void glue(AnswerWriter writer, DnsName target) {
    if (target.isIn(zone.name())) {
      add(writer, target, set(target, RecordType.A));
      add(writer, target, set(target, RecordType.AAAA));
    }
  }

  private void answer(Node node) {
    Map<Integer, List<ZoneRecord>> here = sets.get(node.name);
    if (here == null) {
      return;
    }
    DnsName asked = node.name.isWildcard() ? null : node.name;
    if (here.containsKey(RecordType.CNAME)) {
      new Chain(node, asked).compile();
      return;
    }
    node.any = any;
    int[] types = here.keySet().stream().mapToInt(Integer::intValue).toArray();
    Answer[] answers = new Answer[types.length];
    for (int i = 0; i < types.length; i++) {
      AnswerWriter writer = writer(asked, node.name);
      add(writer, asked, set(node.name, types[i]));
      answers[i] = writer.finish(Wire.NOERROR, Wire.AA);
    }
    node.answers(types, answers);
  }

  private static AnswerWriter writer(@Nullable DnsName asked, DnsName at) {
    return new AnswerWriter(asked, asked == null ? at.parent() : at);
  }

  private List<ZoneRecord> set(DnsName name, int type) {
    List<ZoneRecord> all = sets.getOrDefault(name, Map.of()).getOrDefault(type, List.of());
    List<ZoneRecord> able = all.stream().filter(up).toList();
    return able.isEmpty() ? all : able;
  }

  private static void add(AnswerWriter writer, @Nullable DnsName owner, List<ZoneRecord> set) {
    // RFC 2181, 5.2: one time to live for the whole set.
    int ttl = set.stream().mapToInt(ZoneRecord::ttl).min().orElse(0);
    set.forEach(record -> writer.add(owner, record, ttl));
  }

  private Answer negative(int rcode, AnswerWriter writer) {
    return writer
        .authority()
        .add(zone.name(), soa, zone.soa().negativeTtl())
        .finish(rcode, Wire.AA);
  }

  /** Follows an alias through the zone and makes the answers at its end. */
  private final class Chain {
    private final Node start;
    private final @Nullable DnsName asked;
    private final List<DnsName> owners = new ArrayList<>();
    private final List<List<ZoneRecord>> links = new ArrayList<>();
    private DnsName target;

    /** Where the records of the last target are; null where the chain leaves what we know. */
    private @Nullable DnsName found;

    private boolean missing;

    Chain(Node start, @Nullable DnsName asked) {
      this.start = start;
      this.asked = asked;
      target = start.name;
    }

    void compile() {
      found = start.name;
      while (found != null && !set(found, RecordType.CNAME).isEmpty()) {
        List<ZoneRecord> link = set(found, RecordType.CNAME);
        owners.add(target);
        links.add(link);
        target = link.getFirst().data().nameAt(0);
        found = owners.contains(target) || links.size() >= LONGEST_CHAIN ? null : locate(target);
      }
      AnswerWriter alone = writer(asked, start.name);
      add(alone, asked, links.getFirst());
      Answer alias = alone.finish(Wire.NOERROR, Wire.AA);
      start.any = alias;
      Map<Integer, List<ZoneRecord>> last =
          found == null ? Map.of() : sets.getOrDefault(found, Map.of());
      int[] types = new int[last.size() + 1];
      Answer[] answers = new Answer[types.length];
      types[0] = RecordType.CNAME;
      answers[0] = alias;
      int i = 1;
      for (int type : last.keySet()) {
        AnswerWriter writer = links();
        add(writer, target, set(found == null ? target : found, type));
        types[i] = type;
        answers[i++] = writer.finish(Wire.NOERROR, Wire.AA);
      }
      start.answers(types, answers);
      start.other = end();
    }

    private AnswerWriter links() {
      AnswerWriter writer = writer(asked, start.name);
      for (int i = 0; i < links.size(); i++) {
        add(writer, i == 0 ? asked : owners.get(i), links.get(i));
      }
      return writer;
    }

    /** For types that the last target has not; RFC 6604: the code is that of the last name. */
    private Answer end() {
      if (missing) {
        return negative(Wire.NXDOMAIN, links());
      }
      return found == null
          ? links().finish(Wire.NOERROR, Wire.AA)
          : negative(Wire.NOERROR, links());
    }

    private @Nullable DnsName locate(DnsName name) {
      if (!name.isIn(zone.name()) || !isOurs(name)) {
        return null;
      }
      Node exact = nodes.get(name);
      if (exact != null) {
        return exact.instead == null ? name : null;
      }
      Node encloser = null;
      for (DnsName at = name.parent(); encloser == null; at = at.parent()) {
        encloser = nodes.get(at);
      }
      if (encloser.instead != null) {
        return null;
      }
      missing = encloser.wildcard == null;
      return encloser.wildcard == null ? null : encloser.wildcard.name;
    }
  }
}
