package dev.undercloud.runtime.process;

import dev.undercloud.core.error.CloudException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The users that replicas run as. When we are root, each app has one of its own, from the range
 * that systemd's DynamicUser takes its users from: such a user has no name, no home and no rights
 * but to what is given to it. When we are not, there is only ourselves. Any thread; blocking.
 */
public final class RunAs {
  /** First and last user of the range: see systemd.exec(5), DynamicUser. */
  static final int FIRST = 61_184;

  static final int LAST = 65_519;

  /** Goes through pairs of a test and a path; prints the first path that fails. */
  private static final String ACCESS =
      "while [ $# -gt 0 ]; do test \"$1\" \"$2\" || { printf %s \"$2\"; exit 0; }; shift 2; done";

  private static final Object FILE_LOCK = new Object();

  private final Path table;
  private final List<String> drop;
  private final String why;

  private RunAs(Path table, List<String> drop, String why) {
    this.table = table;
    this.drop = List.copyOf(drop);
    this.why = why;
  }

  /**
   * Finds out whether privileges can be dropped here.
   *
   * @param stateHome the state folder, whose file {@code users} says which app has which user
   */
  public static RunAs probe(Path stateHome) {
    Path table = stateHome.resolve("users");
    if (ProcStat.euid() != 0) {
      return new RunAs(table, List.of(), "Undercloud itself does not run as root");
    }
    Optional<Path> setpriv = Tools.find("setpriv");
    if (setpriv.isEmpty()) {
      return new RunAs(table, List.of(), "there is no setpriv (of util-linux)");
    }
    List<String> base = List.of("--clear-groups", "--no-new-privs", "--inh-caps=-all");
    List<String> most = new ArrayList<>(base);
    most.add("--bounding-set=-all");
    for (List<String> options : List.of(most, base)) {
      List<String> words = new ArrayList<>(List.of(setpriv.get().toString()));
      words.addAll(options);
      List<String> probe = new ArrayList<>(words);
      probe.addAll(List.of("--reuid=" + FIRST, "--regid=" + FIRST, "--", "/bin/sh", "-c", "exit"));
      if (Tools.succeeds(probe)) {
        return new RunAs(table, words, "");
      }
    }
    return new RunAs(table, List.of(), "this root may not change its user (setpriv fails)");
  }

  /** Whether replicas run as users of their own. */
  public boolean drops() {
    return !drop.isEmpty();
  }

  /** Why {@link #drops} is false. */
  String why() {
    return why;
  }

  /**
   * Whether an app's replica could execute a program: as the user of its own that it will have, or
   * as ourselves. Follows links and {@code #!} lines. A program out of its reach still runs, but
   * with our own rights.
   */
  public boolean reachable(Path executable) {
    return Files.isExecutable(executable)
        && (!drops()
            || refused(FIRST, Executables.needs(executable, Executables.DEFAULT_PATH)).isEmpty());
  }

  /** The words that run what follows them as {@code user}. */
  List<String> words(int user) {
    List<String> words = new ArrayList<>(drop);
    words.addAll(List.of("--reuid=" + user, "--regid=" + user, "--"));
    return words;
  }

  /** One thing a user must be able to do: {@code -x}, {@code -r} or {@code -w}, as test(1). */
  record Need(String test, Path path) {}

  /** The first path that {@code user} may not use so, tried as that user. */
  Optional<String> refused(int user, List<Need> needs) {
    List<String> command = words(user);
    command.addAll(List.of("/bin/sh", "-c", ACCESS, "access"));
    for (Need need : needs) {
      command.add(need.test);
      command.add(need.path.toString());
    }
    String answer = Tools.output(command).orElse(needs.getFirst().path.toString()).strip();
    return Optional.of(answer).filter(path -> !path.isEmpty());
  }

  /**
   * The user of an app, the same for ever in one state folder: from a hash of its key, the next one
   * where that is taken. Safe against other processes of the state folder.
   */
  int userOf(String app) {
    synchronized (FILE_LOCK) {
      try {
        Files.createDirectories(table.getParent());
        // A file of its own: closing any descriptor of a file drops the locks a process has on it.
        try (FileChannel file =
                FileChannel.open(
                    table.resolveSibling("users.lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            var lock = file.lock()) {
          Map<String, Integer> users = read(table);
          Integer known = users.get(app);
          if (known != null && lock.isValid()) {
            return known;
          }
          int user = free(app, users);
          Files.writeString(
              table, user + " " + app + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
          return user;
        }
      } catch (IOException e) {
        throw new UncheckedIOException("the users of apps in " + table, e);
      }
    }
  }

  private static int free(String app, Map<String, Integer> users) {
    CRC32 hash = new CRC32();
    hash.update(app.getBytes(StandardCharsets.UTF_8));
    int size = LAST - FIRST + 1;
    int start = (int) (hash.getValue() % size);
    for (int i = 0; i < size; i++) {
      int user = FIRST + (start + i) % size;
      if (!users.containsValue(user)) {
        return user;
      }
    }
    throw CloudException.resource(
        "users-exhausted",
        "the app " + app + " cannot have a user of its own",
        "all " + size + " are taken in this state folder",
        "remove apps that are no longer used");
  }

  private static Map<String, Integer> read(Path table) throws IOException {
    Map<String, Integer> users = new LinkedHashMap<>();
    if (!Files.exists(table)) {
      return users;
    }
    for (String line : Files.readAllLines(table)) {
      String[] part = line.split(" ", 2);
      if (part.length == 2 && part[0].matches("\\d{1,9}")) {
        users.put(part[1], Integer.valueOf(part[0]));
      }
    }
    return users;
  }
}
