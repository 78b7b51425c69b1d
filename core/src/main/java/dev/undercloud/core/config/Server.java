package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.Interface;
import dev.undercloud.core.model.Listen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The production servers that can be told where to listen; a table of their options. */
enum Server {
  GUNICORN(
      "gunicorn",
      "gunicorn",
      Set.of("-b", "--bind"),
      Set.of("--reload-engine", "--reload-extra-file"),
      Set.of("--reload", "-D", "--daemon"),
      List.of("--bind", "unix:$SOCKET"),
      "--keep-alive",
      2,
      "--pythonpath"),
  UVICORN(
      "uvicorn",
      "uvicorn",
      Set.of("--host", "--port", "--uds", "--fd"),
      Set.of("--reload-dir", "--reload-include", "--reload-exclude", "--reload-delay"),
      Set.of("--reload"),
      List.of("--uds", "$SOCKET"),
      "--timeout-keep-alive",
      5,
      "--app-dir"),
  HYPERCORN(
      "hypercorn",
      "hypercorn",
      Set.of("-b", "--bind", "--insecure-bind", "--quic-bind"),
      Set.of(),
      Set.of("--reload"),
      List.of("--bind", "unix:$SOCKET"),
      "--keep-alive",
      5,
      null),
  WAITRESS(
      "waitress-serve",
      "waitress",
      Set.of("--listen", "--host", "--port", "--unix-socket"),
      Set.of(),
      Set.of(),
      List.of("--unix-socket=$SOCKET"),
      "--channel-timeout",
      120,
      null),
  DAPHNE(
      "daphne",
      "daphne",
      Set.of("-b", "--bind", "-p", "--port", "-u", "--unix-socket", "--fd", "-e", "--endpoint"),
      Set.of(),
      Set.of(),
      List.of("-u", "$SOCKET"),
      null,
      2,
      null),
  /** Its releases before 2.5 know no Unix sockets. */
  GRANIAN(
      "granian",
      "granian",
      Set.of("--host", "--port", "--uds"),
      Set.of("--reload-paths", "--reload-ignore-dirs", "--reload-ignore-patterns", "--reload-tick"),
      Set.of("--reload"),
      List.of("--host", "127.0.0.1", "--port", "$PORT"),
      null,
      2,
      null);

  /** What we set: longer than the edge keeps a connection, so that it is the edge that closes. */
  static final int KEEP_ALIVE_SECONDS = 75;

  /** The edge lets go this long before the server would. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  /** Where keep-alive is shorter than the margin: long enough for nothing but a pipeline. */
  private static final Duration SHORTEST = Duration.ofMillis(100);

  /** For programs whose keep-alive nobody knows. */
  static final Duration UNKNOWN_IDLE = Duration.ofSeconds(1);

  /** The same, where HTTP/2 is spoken: as long as most of them keep a connection at least. */
  static final Duration HTTP2_IDLE = Duration.ofMinutes(1);

  final String program;
  final String distribution;
  final Set<String> binds;
  final Set<String> development;
  final Set<String> developmentFlags;
  final List<String> listening;
  final @Nullable String keepAlive;
  final int keepAliveDefault;

  /** The option that names the folder modules lie in; null where only PYTHONPATH does. */
  final @Nullable String moduleFolder;

  Server(
      String program,
      String distribution,
      Set<String> binds,
      Set<String> development,
      Set<String> developmentFlags,
      List<String> listening,
      @Nullable String keepAlive,
      int keepAliveDefault,
      @Nullable String moduleFolder) {
    this.program = program;
    this.distribution = distribution;
    this.binds = binds;
    this.development = development;
    this.developmentFlags = developmentFlags;
    this.listening = listening;
    this.keepAlive = keepAlive;
    this.keepAliveDefault = keepAliveDefault;
    this.moduleFolder = moduleFolder;
  }

  Listen listen() {
    return listening.toString().contains("$SOCKET") ? Listen.UNIX : Listen.TCP;
  }

  /** What waitress-serve has behind the application's name it takes for no option at all. */
  boolean optionsFirst() {
    return this == WAITRESS;
  }

  /** Where to listen, and to believe what the edge says of the client unless that is set. */
  List<String> options(List<String> given) {
    List<String> words = new ArrayList<>(listening);
    boolean set =
        given.stream()
            .anyMatch(word -> word.startsWith("--trusted-proxy") || word.startsWith("--proxy-"));
    if (!set) {
      words.addAll(trusting());
    }
    return words;
  }

  /** None where the variable FORWARDED_ALLOW_IPS says it, or where it cannot be told. */
  private List<String> trusting() {
    return switch (this) {
      case WAITRESS ->
          List.of(
              "--trusted-proxy=*",
              "--trusted-proxy-headers=x-forwarded-for x-forwarded-proto x-forwarded-host");
      case DAPHNE -> List.of("--proxy-headers");
      case GUNICORN, UVICORN, HYPERCORN, GRANIAN -> List.of();
    };
  }

  /** Those that run such an object, best first. */
  static List<Server> forInterface(Interface kind) {
    return switch (kind) {
      case WSGI -> List.of(GUNICORN, WAITRESS, GRANIAN, HYPERCORN);
      case ASGI -> List.of(UVICORN, HYPERCORN, DAPHNE, GRANIAN);
      case OTHER -> List.of();
    };
  }

  /** How long the edge keeps an idle connection to a server with that keep-alive. */
  static Duration upstreamIdle(int keepAliveSeconds) {
    Duration idle = Duration.ofSeconds(keepAliveSeconds).minus(MARGIN);
    return idle.compareTo(SHORTEST) < 0 ? SHORTEST : idle;
  }

  /** The arguments by which it serves an object, without where it listens. */
  List<String> serving(String module, String expression, boolean factory, Interface kind) {
    String whole = module + ":" + expression;
    boolean bare = factory && expression.endsWith("()");
    String named = bare ? whole.substring(0, whole.length() - 2) : whole;
    List<String> words = new ArrayList<>();
    words.add(program);
    switch (this) {
      case GUNICORN, HYPERCORN, DAPHNE -> words.add(whole);
      case UVICORN -> {
        if (bare) {
          words.add("--factory");
        }
        words.add(named);
      }
      case WAITRESS -> {
        if (bare) {
          words.add("--call");
        }
        words.add(named);
      }
      case GRANIAN -> {
        words.add("--interface");
        words.add(kind == Interface.WSGI ? "wsgi" : "asgi");
        if (bare) {
          words.add("--factory");
        }
        words.add(named);
      }
    }
    return words;
  }
}
