package dev.undercloud.runtime.process;

import dev.undercloud.core.route.Address;
import dev.undercloud.runtime.driver.ReplicaSpec;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * From a spec to a process: a chain of programs of this host, each of which executes the next and
 * so stays the same process. {@code setsid} makes it the leader of its own session; a constant
 * script notes who it is, enters the cgroups and sets the limits of descriptors, or ends where a
 * sweep has removed any of that meanwhile; {@code setpriv} drops privileges; then it is the app. No
 * byte of the app's is ever read by a shell of ours.
 */
final class Launch {
  /** Enough for any replica, and few enough for programs that close every possible descriptor. */
  private static final int MOST_FILES = 65_536;

  /** What every process has where nobody has changed it. */
  private static final long PROMISED_FILES = 1024;

  /** Arguments: file for the leader's stat, descriptors, cgroup.procs files, {@code --}, words. */
  private static final String ENTER =
      """
      read -r UNDERCLOUD_STAT </proc/$$/stat
      printf '%s\\n' "$UNDERCLOUD_STAT" >"$1" || exit 125
      ulimit -c 0
      ulimit -S -n "$2"
      shift 2
      while [ "$1" != -- ]; do
        echo $$ >"$1" || exit 125
        shift
      done
      shift
      unset UNDERCLOUD_STAT PWD OLDPWD SHLVL
      exec "$@"
      """;

  /** Gives variables their names back. Arguments: names, {@code --}, words. */
  private static final String UNCOVER =
      """
      while [ "$1" != -- ]; do
        eval "export $1=\\"\\$UNDERCLOUD_COVERED_$1\\"; unset UNDERCLOUD_COVERED_$1"
        shift
      done
      shift
      unset PWD OLDPWD SHLVL
      exec "$@"
      """;

  private static final String COVER = "UNDERCLOUD_COVERED_";

  /** What a shell can hand on. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /**
   * What would make our own programs, while they are still root, load or read what the app names:
   * these travel under another name until privileges are dropped. See ld.so(8), bash(1).
   */
  private static final Pattern DANGEROUS =
      Pattern.compile("LD_.*|GLIBC_TUNABLES|GCONV_PATH|LOCPATH|NLSPATH|MALLOC_.*|BASH_ENV|ENV");

  private Launch() {}

  /**
   * The replica's environment: exactly the spec's, its address, our marks, and what every program
   * may expect (HOME, USER, LOGNAME, PATH) where the spec has none.
   */
  static Map<String, String> environment(ReplicaSpec spec, @Nullable Address address, String mark) {
    Map<String, String> environment = new TreeMap<>(spec.environment());
    environment.keySet().removeIf(name -> !NAME.matcher(name).matches());
    switch (address) {
      case null -> {}
      case Address.Unix unix -> environment.put("SOCKET", unix.path().toString());
      case Address.Tcp tcp -> environment.put("PORT", Integer.toString(tcp.port()));
    }
    environment.putIfAbsent("HOME", spec.dataDirectory().toString());
    environment.putIfAbsent("USER", spec.app());
    environment.putIfAbsent("LOGNAME", spec.app());
    environment.putIfAbsent("PATH", Executables.DEFAULT_PATH);
    environment.put(Members.REPLICA, spec.id());
    environment.put(Members.STATE, mark);
    environment.put(Members.APP, spec.app());
    return environment;
  }

  /** Names of the spec's environment that cannot be handed on. */
  static List<String> impossibleNames(ReplicaSpec spec) {
    return spec.environment().keySet().stream()
        .filter(name -> !NAME.matcher(name).matches())
        .sorted()
        .toList();
  }

  /**
   * Starts the chain.
   *
   * @param words the app's, ready to be executed
   * @param become what drops privileges and then executes what follows; ends with {@code --}
   * @param drops whether it really leaves root
   */
  static Process start(
      ReplicaSpec spec,
      List<String> words,
      Map<String, String> environment,
      RunFiles files,
      Cgroup cgroup,
      List<String> become,
      boolean drops)
      throws IOException {
    List<String> covered =
        drops
            ? environment.keySet().stream()
                .filter(name -> DANGEROUS.matcher(name).matches())
                .toList()
            : List.of();
    List<String> chain = new ArrayList<>();
    chain.add(Tools.find("setsid").orElseThrow(() -> Refusals.noTool(spec, "setsid")).toString());
    chain.addAll(List.of("/bin/sh", "-c", ENTER, "enter", files.leader().toString()));
    chain.add(Long.toString(mostFiles()));
    cgroup.joins().forEach(file -> chain.add(file.toString()));
    chain.add("--");
    chain.addAll(become);
    if (!covered.isEmpty()) {
      chain.addAll(List.of("/bin/sh", "-c", UNCOVER, "uncover"));
      chain.addAll(covered);
      chain.add("--");
    }
    chain.addAll(words);

    ProcessBuilder builder = new ProcessBuilder(chain);
    builder.environment().clear();
    environment.forEach((name, value) ->
        builder.environment().put(covered.contains(name) ? COVER + name : name, value));
    builder.directory(spec.workingDirectory().toFile());
    builder.redirectInput(new File("/dev/null"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(files.output().toFile()));
    return builder.start();
  }

  /** The hard limit of descriptors, as far as it is useful. */
  private static long mostFiles() {
    return Math.min(MOST_FILES, hardLimitOfFiles());
  }

  static long hardLimitOfFiles() {
    String name = "Max open files";
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith(name)) {
          String hard = line.substring(name.length()).strip().split("\\s+")[1];
          return hard.matches("\\d{1,18}") ? Long.parseLong(hard) : Long.MAX_VALUE;
        }
      }
    } catch (IOException unreadable) {
      return PROMISED_FILES;
    }
    return PROMISED_FILES;
  }
}
