package dev.undercloud.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.app.render.QueryText;
import dev.undercloud.core.error.CloudException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code undercloud dns …}: the zones that the DNS server answers for, and what it was asked. */
@Command(
    name = "dns",
    description = "Show and change the zones of the DNS server, and see what it was asked.")
final class DnsVerb extends Act implements Callable<Integer> {
  /** A page that a script takes at once. */
  private static final int MOST_QUERIES = 10_000;

  private enum Action {
    zones,
    queries,
    create,
    delete,
    list,
    add,
    remove
  }

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "zones|queries|create|delete|list|add|remove",
      description = "what to do; default: zones")
  Action action = Action.zones;

  @Parameters(
      index = "1..*",
      paramLabel = "WORDS",
      description =
          "create ZONE SERVER; delete ZONE; list ZONE; add NAME TYPE DATA; remove NAME TYPE [DATA]")
  List<String> words = List.of();

  @Option(names = "--ttl", paramLabel = "SECONDS", description = "of a record that is added")
  int ttl = -1;

  @Option(
      names = "--mailbox",
      paramLabel = "NAME",
      description = "of a zone that is created; default: hostmaster.ZONE")
  @Nullable String mailbox;

  @Option(
      names = "--name",
      paramLabel = "TEXT",
      description = "queries: only those whose name contains this")
  @Nullable String name;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "queries: only the last 10m, 2h, 7d …")
  @Nullable String since;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "queries: at most this many; default 25",
      defaultValue = "25")
  int limit;

  DnsVerb(Context context) {
    super(context);
  }

  @Override
  public Integer call() {
    ObjectNode arguments = Json.object();
    switch (action) {
      case zones -> take(arguments, 0, "undercloud dns zones");
      case queries -> {
        take(arguments, 0, "undercloud dns queries --name shop.test");
        return queries(arguments);
      }
      case list, delete -> take(arguments, 1, "undercloud dns " + action + " example.com", "zone");
      case create -> {
        take(arguments, 2, "undercloud dns create example.com ns1.example.net", "zone", "server");
        arguments.put("mailbox", mailbox == null ? "hostmaster." + words.getFirst() : mailbox);
      }
      case add -> {
        String example = "undercloud dns add www.example.com A 192.0.2.1";
        take(arguments, words.size(), example, "name", "type");
        require(words.size() > 2, example);
        arguments.put("data", data());
        if (ttl >= 0) {
          arguments.put("ttl", ttl);
        }
      }
      case remove -> {
        String example = "undercloud dns remove www.example.com A";
        take(arguments, words.size(), example, "name", "type");
        if (words.size() > 2) {
          arguments.put("data", data());
        }
      }
    }
    int code = perform("dns-" + action, arguments);
    if (action != Action.zones && action != Action.list) {
      refresh();
    }
    return code;
  }

  /** All that are up share one folder of zones; each answers with what is in it now. */
  private void refresh() {
    for (Target.Running one : Target.running(context)) {
      try {
        one.client().call("dns-refresh", Json.object(), line -> {});
      } catch (CloudException later) {
        // It ends just now, or is of an earlier version: it reads the folder when it starts or
        // reloads.
      }
    }
  }

  private int queries(ObjectNode arguments) {
    arguments.put("limit", Math.clamp(limit, 1, MOST_QUERIES));
    if (name != null) {
      arguments.put("name", name);
    }
    if (since != null) {
      arguments.put("since", LogsVerb.checked(since));
    }
    JsonNode queries = Stored.of(context, target).queries(arguments).path("queries");
    if (json) {
      context.terminal().lines(Json.pretty(queries));
    } else {
      new QueryText(context.terminal()).list(queries);
    }
    return 0;
  }

  /** Data of several words, as MX and SRV have it, may come without quotes. */
  private String data() {
    return String.join(" ", words.subList(2, words.size()));
  }

  private void take(ObjectNode to, int count, String example, String... names) {
    require(words.size() == count && count >= names.length, example);
    for (int i = 0; i < names.length; i++) {
      to.put(names[i], words.get(i));
    }
  }

  private void require(boolean holds, String example) {
    if (!holds) {
      throw CloudException.user(
          "bad-argument",
          "nothing was done",
          "`dns " + action + "` takes other words than " + words,
          "For example: " + example);
    }
  }
}
