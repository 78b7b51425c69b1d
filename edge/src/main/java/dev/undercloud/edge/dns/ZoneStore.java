package dev.undercloud.edge.dns;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Rdata;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.core.zone.Soa;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.ZoneRecord;
import dev.undercloud.core.zone.Zones;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Every zone we are the authority for: those of a folder, whose edits are on disk before they are
 * served, and those that others keep (the developer's zone, secondaries). Several processes may
 * share a folder: an edit waits for its turn, begins with what is there, and is served by the
 * others when they {@link #reload}. Any thread; edits block.
 */
public final class ZoneStore {
  /** Seconds of records added without a time of their own. */
  public static final int USUAL_TTL = 300;

  private static final int REFRESH = 3_600;
  private static final int RETRY = 600;
  private static final int EXPIRE = 1_209_600;
  private static final int NEGATIVE = 60;

  private final ZoneFolder folder;
  private final Watch<Zones> watch = new Watch<>(Zones.EMPTY);
  private final Map<DnsName, Zone> filed = new TreeMap<>();
  private final Map<DnsName, Zone> held = new TreeMap<>();
  private final Set<DnsName> failing = new HashSet<>();
  private final Map<DnsName, List<ZoneRecord>> challenges = new HashMap<>();

  /** Records of the zones that follow the apps; each of those zones is a key. */
  private Map<DnsName, List<ZoneRecord>> followed = Map.of();

  private ZoneStore(ZoneFolder folder) {
    this.folder = folder;
  }

  /**
   * Reads every {@code <zone>.zone} of {@code folder}, which need not exist.
   *
   * @throws CloudException where a file is no zone
   */
  public static ZoneStore open(Path folder) {
    ZoneStore store = new ZoneStore(new ZoneFolder(folder));
    store.reload();
    return store;
  }

  /** What the server answers by. */
  public Watch<Zones> zones() {
    return watch;
  }

  /**
   * Reads the folder again: what was edited by hand is served. All or, where one is wrong, nothing.
   *
   * @throws CloudException where a file is no zone
   */
  public synchronized void reload() {
    catchUp();
    publish();
  }

  /** What another process or a person has written since. */
  private void catchUp() {
    Map<DnsName, Zone> read = folder.read();
    for (DnsName name : read.keySet()) {
      if (held.containsKey(name)) {
        throw ZoneProblems.taken(name);
      }
    }
    // The same object where nothing changed: its answers are kept.
    read.replaceAll((name, zone) -> zone.equals(filed.get(name)) ? filed.get(name) : zone);
    filed.clear();
    filed.putAll(read);
  }

  /** The zones of the folder as their files have them. */
  public synchronized List<Zone> files() {
    return List.copyOf(filed.values());
  }

  /**
   * Looks whether a zone of another primary can be kept here.
   *
   * @throws CloudException where it has a file
   */
  public synchronized void free(DnsName zone) {
    if (filed.containsKey(zone)) {
      throw ZoneProblems.taken(zone);
    }
  }

  /** The zones of the folder, absolute. */
  public synchronized List<String> names() {
    return filed.keySet().stream().map(DnsName::toString).toList();
  }

  /**
   * Adds a zone with an SOA and one NS record.
   *
   * @param server its name server; where that is in the zone it needs an address record, too
   * @param mailbox as a name: {@code hostmaster.example.com} for hostmaster@example.com
   * @throws CloudException where it exists or a name is none
   */
  public synchronized Zone create(String zone, String server, String mailbox) {
    DnsName name = name(zone);
    DnsName primary = name(server);
    DnsName host = name(mailbox);
    try (ZoneFolder.Turn turn = folder.turn()) {
      catchUp();
      return create(name, List.of(primary), host);
    }
  }

  private Zone create(DnsName name, List<DnsName> servers, DnsName mailbox) {
    if (filed.containsKey(name) || held.containsKey(name) || failing.contains(name)) {
      throw ZoneProblems.taken(name);
    }
    DnsName primary = servers.getFirst();
    Soa soa = new Soa(primary, mailbox, 1, REFRESH, RETRY, EXPIRE, NEGATIVE, USUAL_TTL);
    List<ZoneRecord> records =
        servers.stream()
            .map(server -> new ZoneRecord(name, RecordType.NS, USUAL_TTL, Rdata.name(server)))
            .toList();
    return save(new Zone(name, soa, records));
  }

  /**
   * Removes a zone and its file.
   *
   * @throws CloudException where there is none of that name
   */
  public synchronized void delete(String zone) {
    try (ZoneFolder.Turn turn = folder.turn()) {
      catchUp();
      DnsName name = filed(name(zone)).name();
      folder.delete(name);
      filed.remove(name);
      publish();
    }
  }

  /**
   * Every record of a zone as lines of a zone file, the SOA first; temporary ones too.
   *
   * @throws CloudException where there is no such zone
   */
  public synchronized List<String> list(String zone) {
    DnsName name = name(zone);
    return watch.get().zones().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .map(ZoneFile::lines)
        .orElseThrow(() -> ZoneProblems.unknown(name));
  }

  /**
   * Adds a record to the zone that {@code name} is in, and raises its serial.
   *
   * @param name absolute, with or without the final dot
   * @param data as in a zone file; names in it that do not end with a dot are relative to the zone,
   *     unless they end with its name
   * @throws CloudException where there is no zone for it, it is no record, or the zone cannot have
   *     it
   */
  public synchronized ZoneRecord add(String name, String type, int ttl, String data) {
    try (ZoneFolder.Turn turn = folder.turn()) {
      catchUp();
      return added(name, type, ttl, data);
    }
  }

  private ZoneRecord added(String name, String type, int ttl, String data) {
    Zone zone = zoneOf(name(name));
    ZoneRecord record = record(zone, name, type, ttl, data);
    if (zone.records().stream().anyMatch(record::isSame)) {
      throw CloudException.user(
          "dns-record-exists",
          "The record is there already: " + RecordText.line(record),
          "a set of records has none twice",
          "Remove it first to change its time to live.");
    }
    List<ZoneRecord> records = new ArrayList<>(zone.records());
    records.add(record);
    save(changed(zone, records));
    return record;
  }

  /**
   * Removes records, and raises the zone's serial.
   *
   * @param data which of the set; null: all of them
   * @return what was removed
   * @throws CloudException where there is none
   */
  public synchronized List<ZoneRecord> remove(String name, String type, @Nullable String data) {
    try (ZoneFolder.Turn turn = folder.turn()) {
      catchUp();
      return removed(name, type, data);
    }
  }

  private List<ZoneRecord> removed(String name, String type, @Nullable String data) {
    DnsName owner = name(name);
    Zone zone = zoneOf(owner);
    int number = data == null ? type(type) : 0;
    ZoneRecord wanted = data == null ? null : record(zone, name, type, 0, data);
    List<ZoneRecord> gone = new ArrayList<>();
    List<ZoneRecord> left = new ArrayList<>();
    for (ZoneRecord record : zone.records()) {
      boolean matches =
          wanted == null
              ? record.type() == number && record.name().equals(owner)
              : record.isSame(wanted);
      (matches ? gone : left).add(record);
    }
    if (gone.isEmpty()) {
      boolean app =
          followed.getOrDefault(zone.name(), List.of()).stream()
              .anyMatch(record -> record.name().equals(owner));
      throw ZoneProblems.noRecord(
          owner + " " + type + (data == null ? "" : " " + data), zone.name(), app);
    }
    if (left.stream().noneMatch(r -> r.type() == RecordType.NS && r.name().equals(zone.name()))) {
      throw CloudException.user(
          "dns-zone-needs-server",
          "The last NS record of " + zone.name() + " stays",
          "a zone without one cannot be found",
          "Add another before you remove it.");
    }
    save(changed(zone, left));
    return gone;
  }

  /** Serves a zone that somebody else keeps, in place of the one of that name held before. */
  public synchronized void hold(Zone zone) {
    if (filed.containsKey(zone.name())) {
      throw ZoneProblems.taken(zone.name());
    }
    failing.remove(zone.name());
    held.put(zone.name(), zone);
    publish();
  }

  /** Says that a held zone is ours but its data is not known now: SERVFAIL. */
  public synchronized void fail(DnsName zone) {
    if (filed.containsKey(zone)) {
      throw ZoneProblems.taken(zone);
    }
    held.remove(zone);
    failing.add(zone);
    publish();
  }

  /** Serves a held zone no more. */
  public synchronized void release(DnsName zone) {
    boolean was = held.remove(zone) != null;
    if (failing.remove(zone) || was) {
      publish();
    }
  }

  /**
   * Serves these records beside those of zone files, in place of the ones before: they are not
   * written there, but the serial of each zone that changes so is raised.
   *
   * @param zones that may have such records; those without a file have none
   * @param records in any zone; of a name with an alias, and of other zones, none are served
   * @throws CloudException where a serial could not be raised; they are served all the same
   */
  public synchronized void follow(Set<DnsName> zones, List<ZoneRecord> records) {
    Map<DnsName, List<ZoneRecord>> byZone = AppRecords.byZone(records, zones);
    Map<DnsName, List<ZoneRecord>> before = followed;
    zones.forEach(zone -> byZone.putIfAbsent(zone, List.of()));
    byZone.replaceAll((zone, list) -> list.stream().distinct().toList());
    followed = byZone;
    Set<DnsName> changed = new HashSet<>(before.keySet());
    changed.addAll(byZone.keySet());
    changed.removeIf(
        zone -> before.getOrDefault(zone, List.of()).equals(byZone.getOrDefault(zone, List.of())));
    CloudException unwritable = null;
    for (DnsName zone : changed) {
      try {
        announce(zone);
      } catch (CloudException failure) {
        unwritable = failure;
      }
    }
    publish();
    if (unwritable != null) {
      throw unwritable;
    }
  }

  /** Whether a zone with a file follows the apps. */
  public synchronized boolean follows(DnsName zone) {
    return followed.containsKey(zone);
  }

  /**
   * Makes a zone that has no file, as {@link #create} does; one that has is left as it is.
   *
   * @return whether it was made
   * @throws CloudException where somebody else keeps a zone of that name
   */
  public synchronized boolean ensure(DnsName zone, List<DnsName> servers) {
    try (ZoneFolder.Turn turn = folder.turn()) {
      catchUp();
      if (filed.containsKey(zone)) {
        return false;
      }
      create(zone, servers, DnsName.of("hostmaster." + zone));
      return true;
    }
  }

  /**
   * Serves a TXT record until it is closed, as ACME's DNS-01 wants it (RFC 8555, 8.4). It is not
   * written to disk; the serial is raised there, so that secondaries fetch it.
   *
   * @param name such as {@code _acme-challenge.example.com}
   * @throws CloudException where it is in no zone of ours
   */
  public synchronized Challenge challenge(String name, String text) {
    DnsName owner = name(name);
    Zone zone = anyZoneOf(owner);
    ZoneRecord record = new ZoneRecord(owner, RecordType.TXT, 0, Rdata.txt(text));
    List<ZoneRecord> more = challenges.computeIfAbsent(zone.name(), z -> new ArrayList<>());
    more.add(record);
    try {
      merged(zone);
      announce(zone.name());
    } catch (IllegalArgumentException impossible) {
      more.remove(record);
      throw ZoneProblems.invalid(zone.name(), impossible);
    } catch (CloudException unwritable) {
      more.remove(record);
      throw unwritable;
    }
    return () -> withdraw(zone.name(), record);
  }

  private synchronized void withdraw(DnsName zone, ZoneRecord record) {
    List<ZoneRecord> left = challenges.get(zone);
    if (left != null && left.remove(record)) {
      announce(zone);
    }
  }

  private void announce(DnsName name) {
    if (!filed.containsKey(name)) {
      publish();
      return;
    }
    try (ZoneFolder.Turn turn = folder.turn()) {
      // Only this file: a mistake in another is no reason to go without a certificate.
      Zone zone = folder.read(name);
      if (zone == null) {
        filed.remove(name);
        publish();
      } else {
        save(changed(zone, zone.records()));
      }
    }
  }

  private Zone save(Zone zone) {
    folder.write(zone);
    filed.put(zone.name(), zone);
    publish();
    return zone;
  }

  private void publish() {
    Map<DnsName, Zone> before = new HashMap<>();
    watch.get().zones().forEach(zone -> before.put(zone.name(), zone));
    List<Zone> all = new ArrayList<>();
    filed.values().forEach(zone -> all.add(merged(zone)));
    held.values().forEach(zone -> all.add(merged(zone)));
    all.replaceAll(zone -> zone.equals(before.get(zone.name())) ? before.get(zone.name()) : zone);
    watch.update(zones -> new Zones(zones.version() + 1, all, failing));
  }

  private Zone merged(Zone zone) {
    Zone all = AppRecords.with(zone, followed.getOrDefault(zone.name(), List.of()));
    List<ZoneRecord> more = challenges.getOrDefault(zone.name(), List.of());
    if (more.isEmpty()) {
      return all;
    }
    List<ZoneRecord> records = new ArrayList<>(all.records());
    more.stream().filter(m -> records.stream().noneMatch(m::isSame)).forEach(records::add);
    return all.with(all.soa(), records);
  }

  private static Zone changed(Zone zone, List<ZoneRecord> records) {
    try {
      return zone.with(zone.soa().raised(), records);
    } catch (IllegalArgumentException impossible) {
      throw ZoneProblems.invalid(zone.name(), impossible);
    }
  }

  private static ZoneRecord record(Zone zone, String name, String type, int ttl, String data) {
    return RecordText.parse(name(name), type, ttl, data, zone.name());
  }

  private Zone zoneOf(DnsName name) {
    for (DnsName at = name; ; at = at.parent()) {
      if (filed.containsKey(at) || held.containsKey(at) || failing.contains(at)) {
        return filed(at);
      }
      if (at.isRoot()) {
        throw ZoneProblems.unknown(name);
      }
    }
  }

  private Zone anyZoneOf(DnsName name) {
    for (DnsName at = name; ; at = at.parent()) {
      Zone zone = filed.getOrDefault(at, held.get(at));
      if (zone != null) {
        return zone;
      }
      if (at.isRoot()) {
        throw ZoneProblems.unknown(name);
      }
    }
  }

  private Zone filed(DnsName name) {
    Zone zone = filed.get(name);
    if (zone != null) {
      return zone;
    }
    if (held.containsKey(name) || failing.contains(name)) {
      throw CloudException.user(
          "dns-zone-not-editable",
          "The zone " + name + " cannot be edited",
          "its records come from the apps' hosts or from a primary",
          "Edit it where it comes from.");
    }
    throw ZoneProblems.unknown(name);
  }

  private static DnsName name(String text) {
    try {
      return DnsName.fromWire(DnsName.of(text).toLowerWire(), 0);
    } catch (IllegalArgumentException wrong) {
      throw CloudException.user(
          "dns-name-invalid",
          "Not a domain name: " + text,
          RecordText.because(wrong),
          "Write it as www.example.com.");
    }
  }

  private static int type(String text) {
    try {
      return RecordType.of(text);
    } catch (IllegalArgumentException wrong) {
      throw CloudException.user(
          "dns-type-unknown",
          "Not a record type: " + text,
          RecordText.because(wrong),
          "A, AAAA, CNAME, TXT, SRV, CAA, MX, NS are.");
    }
  }

  /** A record as {@link #list} has it. */
  public static String text(ZoneRecord record) {
    return RecordText.line(record);
  }

  /** A temporary record; closing removes it. */
  public interface Challenge extends AutoCloseable {
    @Override
    void close();
  }
}
