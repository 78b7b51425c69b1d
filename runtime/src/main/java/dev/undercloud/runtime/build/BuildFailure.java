package dev.undercloud.runtime.build;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** Finds in an installer's output the lines that say why it failed, and what to do about it. */
final class BuildFailure {
  /** What fits on a screen together with the rest of the message. */
  private static final int MOST_LINES = 15;

  private static final int FIRST_LINES = 6;

  /** pip lists every version that exists in one line. */
  private static final int LONGEST_LINE = 300;

  /** A cause that can be told from the output, the more certain before the less. */
  private enum Cause {
    DISK(
        "No space left on device|os error 28",
        "Free some space, or set UNDERCLOUD_HOME to a folder on another disk"),
    NETWORK(
        "Temporary failure in name resolution|Name or service not known|Network is unreachable"
            + "|Failed to establish a new connection|NewConnectionError|ConnectTimeoutError"
            + "|ReadTimeoutError|ProxyError|dns error|error sending request|Could not connect"
            + "|Connection refused",
        "The package index cannot be reached: check the network, the proxy (HTTPS_PROXY) and"
            + " PIP_INDEX_URL, or install from a folder of wheels with PIP_NO_INDEX=1 and"
            + " PIP_FIND_LINKS"),
    CERTIFICATE(
        "CERTIFICATE_VERIFY_FAILED|invalid peer certificate|SSLError",
        "The package index's certificate is not trusted here: set SSL_CERT_FILE and PIP_CERT to"
            + " your organisation's certificates"),
    CREDENTIALS(
        "\\b401\\b.*(?:Unauthorized|Client Error)|\\b403\\b.*(?:Forbidden|Client Error)",
        "The package index refuses: check the credentials in PIP_INDEX_URL or ~/.netrc"),
    HASH(
        "THESE PACKAGES DO NOT MATCH THE HASHES|Hash mismatch",
        "The lock file and the package index disagree: lock again, and ask why if it repeats"),
    SYNTAX(
        "Invalid requirement|Couldn't parse requirement|InvalidRequirement|Expected .* in requirement",
        "Correct the line that is named"),
    FILE(
        "Could not open requirements file|File not found: ",
        "Add the file that is named, or the line that includes it is wrong"),
    PYTHON(
        "requires a different Python|Requires-Python|does not satisfy Python",
        "Choose a version of the package for this Python, or another Python with .python-version"),
    CONFLICT(
        "ResolutionImpossible|conflicting dependencies|No solution found.*conflict",
        "Loosen one of the versions that exclude each other"),
    PG_CONFIG(
        "pg_config executable not found",
        "Use psycopg[binary] or psycopg2-binary, or: apt-get install libpq-dev gcc python3-dev"),
    MYSQL(
        "mysql_config|mysqlclient.*pkg-config",
        "apt-get install default-libmysqlclient-dev pkg-config gcc python3-dev"),
    HEADERS(
        "Python\\.h: No such file",
        "A package is compiled and Python's headers are missing: apt-get install python3-dev"),
    LIBRARY(
        "fatal error: \\S+\\.h(?:pp)?: No such file",
        "A package is compiled and needs the library whose header is named: apt-get install its"
            + " -dev package, or pin a version that has a wheel"),
    COMPILER(
        "unable to execute '\\S*(?:gcc|cc|clang)\\S*'|command '\\S*(?:gcc|cc|clang)\\S*' failed: No such"
            + "|Microsoft Visual C|error: linker `cc` not found|can't find Rust compiler|Unable to find a compiler"
            + "|\\bcc: not found|gcc: not found|cargo.*not found",
        "A package is compiled and this machine has no compiler: apt-get install build-essential"
            + " python3-dev (and cargo for Rust), or pin a version that has a wheel"),
    MEMORY(
        "MemoryError|Cannot allocate memory|memory allocation of",
        "The build wanted more memory than it may have: pin versions that have wheels"),
    MISSING(
        "No matching distribution found|was not found in the package registry|there is no version of"
            + "|were not found in the provided|No solution found",
        "Check the package's name and version; with PIP_NO_INDEX only PIP_FIND_LINKS is looked at");

    private final Pattern pattern;
    private final String remedy;

    Cause(String pattern, String remedy) {
      this.pattern = Pattern.compile(pattern);
      this.remedy = remedy;
    }
  }

  private static final Pattern TELLING =
      Pattern.compile(
          "^\\s*(?:ERROR|error|fatal|FATAL|Error)\\b|\\berror:|Error:|[×╰]─?[▶>]?|No such file|not found"
              + "|does not|THESE PACKAGES|hint:|^\\s+cause:|Got\\s|Expected sha");
  private static final Pattern IDLE =
      Pattern.compile(
          "note: This error originates|\\[end of output]|This is an issue with the package|\\[notice]|pip's dependency resolver");

  private static final String CONTINUED = " ".repeat(9);

  private BuildFailure() {}

  /**
   * @param said what the installer printed, a line each
   * @param code its exit code
   */
  static CloudException of(List<String> said, int code) {
    String remedy = "Its whole output is above";
    List<String> lines = new ArrayList<>();
    for (Cause cause : Cause.values()) {
      if (said.stream().anyMatch(line -> cause.pattern.matcher(line).find())) {
        remedy = cause.remedy;
        if (cause == Cause.NETWORK) {
          said.stream()
              .filter(line -> cause.pattern.matcher(line).find())
              .findFirst()
              .ifPresent(lines::add);
        }
        break;
      }
    }
    telling(said).stream().filter(line -> !lines.contains(line)).forEach(lines::add);
    if (lines.isEmpty()) {
      lines.addAll(said.subList(Math.max(0, said.size() - MOST_LINES), said.size()));
    }
    if (lines.isEmpty()) {
      lines.add("the installer ended with exit code " + code + " and said nothing");
    }
    return CloudException.external(
        "build-failed", "the app's packages could not be installed", some(lines), remedy);
  }

  private static List<String> telling(List<String> said) {
    List<String> telling = new ArrayList<>();
    boolean cause = false;
    for (String line : said) {
      // uv shows the place of an error below its cause, indented further.
      cause = cause && line.startsWith(CONTINUED);
      if (cause || (TELLING.matcher(line).find() && !IDLE.matcher(line).find())) {
        telling.add(line);
        cause |= line.strip().startsWith("cause:");
      }
    }
    return telling;
  }

  /** Our own reading and writing failed: mostly a full disk or a folder that is not ours. */
  static Problem ofDisk(IOException failed) {
    String why = String.valueOf(failed.getMessage());
    if (failed instanceof FileSystemException file) {
      why =
          file.getFile()
              + ": "
              + Objects.requireNonNullElse(file.getReason(), file.getClass().getSimpleName());
    }
    boolean full = why.contains("No space left") || why.contains("Disk quota");
    return new Problem(
        full ? "disk-full" : "build-failed",
        Problem.Kind.RESOURCE,
        "the release could not be written",
        null,
        why,
        full
            ? Cause.DISK.remedy
            : "Let this user write there, or set UNDERCLOUD_HOME to another folder");
  }

  private static String some(List<String> lines) {
    List<String> short_ = lines.stream().map(BuildFailure::cut).toList();
    if (short_.size() > MOST_LINES) {
      int last = MOST_LINES - FIRST_LINES - 1;
      List<String> some = new ArrayList<>(short_.subList(0, FIRST_LINES));
      some.add("… " + (short_.size() - MOST_LINES + 1) + " lines …");
      some.addAll(short_.subList(short_.size() - last, short_.size()));
      short_ = some;
    }
    return String.join("\n", short_);
  }

  private static String cut(String line) {
    int half = LONGEST_LINE / 2;
    return line.length() <= LONGEST_LINE
        ? line.strip()
        : line.strip().substring(0, half) + " … " + line.substring(line.length() - half);
  }
}
