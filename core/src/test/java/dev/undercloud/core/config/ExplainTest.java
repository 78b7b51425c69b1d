package dev.undercloud.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code config explain} shows: every value in force and where it came from. */
class ExplainTest {
  @TempDir private Path temporary;
  private final Resolver resolver = new Resolver(Projects.NO_PYTHON);

  /** The one place that pins every default. */
  @Test
  void defaults() throws IOException {
    Path directory = Projects.make(temporary, "Procfile", "web: ./serve $PORT\nworker: ./work");
    assertThat(explain(directory, CliOverrides.NONE))
        .isEqualTo(
            """
            build.files = none (no file names dependencies)
            build.installer = none (no file names dependencies)
            build.packages = none (beyond what files name)
            build.python = none (default)
            edge.proxy_protocol = false (default)
            edge.trusted_proxies = none (default)
            isolation = process (default)
            name = shop (default; the folder's name)
            processes.web = ./serve $PORT (Procfile:1 names $PORT) Procfile:1
            processes.worker = ./work (Procfile names it) Procfile:2
            tls.certificate = from the local authority (default)
            tls.hsts = 0s (default)
            tls.redirect = false (default)
            web.balance = latency (default)
            web.env.FORWARDED_ALLOW_IPS = * (the edge is the only client of a replica)
            web.hash_by = address (default)
            web.health.grace = 30s (default)
            web.health.interval = 5s (default)
            web.health.path = / (default; 2xx, 3xx, 401 and 404 count as alive)
            web.health.timeout = 2s (default)
            web.hosts = shop.localhost (default; the app's name)
            web.in_flight = 128 (default)
            web.limits.cpu = none (default; the machine is the limit)
            web.limits.memory = none (default; the machine is the limit)
            web.limits.pids = none (default; the machine is the limit)
            web.listen = tcp (`./serve $PORT`)
            web.protocol = http/1.1 (default)
            web.queue = 1024 (default)
            web.queue_timeout = 10s (default)
            web.replicas = 2 (default)
            web.retry_percent = 10 (default)
            web.slow_start = 0s (default)
            web.sticky = none (default)
            web.timeouts.chain = connect 2s < response 30s < request 1m < idle client 65s (each has to be longer than the one before it)
            web.timeouts.connect = 2s (default)
            web.timeouts.drain = 30s (default)
            web.timeouts.idle = 65s (default)
            web.timeouts.request = 1m (default)
            web.timeouts.response = 30s (default)
            web.upstream_idle = 1s (shorter than the server's own keep-alive)
            worker.limits.cpu = none (default; the machine is the limit)
            worker.limits.memory = none (default; the machine is the limit)
            worker.limits.pids = none (default; the machine is the limit)
            worker.replicas = 1 (default)
            worker.timeouts.drain = 30s (default)\
            """);
  }

  @Test
  void everyValueSaysWhereItCameFrom() throws IOException {
    Path directory =
        Projects.make(
            temporary,
            "undercloud.toml",
            """
            name = "store"
            [env]
            LEVEL = "debug"
            API_KEY = "abcdefghijkl"
            [web]
            replicas = 3
            hosts = "Shop.Example"
            limits = { cpu = 1.5, memory = "512MB", pids = 64 }
            [web.timeouts]
            request = "90s"
            """,
            "Procfile",
            "web: MODE=x ./serve $PORT",
            ".env",
            "SECRET=hunter2\nLEVEL=info\n");
    CliOverrides cli = new CliOverrides(null, Map.of("web", 5), Map.of("TOKEN", "t"));
    assertThat(explain(directory, cli).lines())
        .contains(
            "name = store (set there) undercloud.toml:1",
            "env.LEVEL = debug (set there) undercloud.toml:3",
            "env.API_KEY = (12 characters) (set there) undercloud.toml:4",
            "env.SECRET = (7 characters) (set there) .env:1",
            "env.TOKEN = (1 character) (command line)",
            "web.env.MODE = x (set there) Procfile:1",
            "web.hosts = store.localhost, shop.example (set there) undercloud.toml:7",
            "web.limits.cpu = 1.5 (set there) undercloud.toml:8",
            "web.limits.memory = 488.3 MiB (set there) undercloud.toml:8",
            "web.limits.pids = 64 (set there) undercloud.toml:8",
            "web.replicas = 5 (command line)",
            "web.timeouts.request = 90s (set there) undercloud.toml:10");
  }

  @Test
  void ourFileIsOverTheProcfile() throws IOException {
    Path directory =
        Projects.make(
            temporary,
            "undercloud.toml",
            "[processes]\nweb = \"./ours $PORT\"",
            "Procfile",
            "web: ./theirs $PORT\nrelease: ./once",
            ".env",
            "PORT=1");
    Resolution found = resolver.resolve(directory, CliOverrides.NONE);
    assertThat(found.spec().web().command().words()).containsExactly("./ours", "$PORT");
    assertThat(found.spec().release().words()).containsExactly("./once");
    assertThat(found.spec().environment()).isEmpty();
    assertThat(found.warnings()).anyMatch(w -> w.startsWith(".env:1 sets PORT, which is ignored"));
  }

  @Test
  void withoutPythonTheProcfileSuffices() throws IOException {
    Path directory =
        Projects.make(
            temporary, "Procfile", "web: gunicorn app:app", "requirements.txt", "gunicorn");
    Resolution found = resolver.resolve(directory, CliOverrides.NONE);
    assertThat(found.spec().web().command().text())
        .isEqualTo("gunicorn app:app --bind unix:$SOCKET --keep-alive 75");
    assertThat(found.warnings())
        .containsExactly(
            "the Python sources were not read: no python3 was found on PATH; install Python 3.8 or"
                + " later for detection");
    assertThat(found.findings()).hasSize(3);
  }

  @Test
  void namesAnAppAfterItsFolder() throws IOException {
    for (String[] pair :
        new String[][] {
          {"My App_2", "my-app-2"},
          {"--x--", "x"},
          {"日本", "app"},
          {"a".repeat(39) + "-b", "a".repeat(39)},
        }) {
      Path directory = Projects.make(temporary.resolve(pair[0]).resolve("x"), "Procfile", "web: a");
      Path named = directory.resolveSibling(pair[0]);
      java.nio.file.Files.move(directory, named);
      assertThat(resolver.resolve(named, CliOverrides.NONE).spec().name()).isEqualTo(pair[1]);
    }
  }

  private String explain(Path directory, CliOverrides cli) {
    return resolver.resolve(directory, cli).settings().stream()
        .map(s ->
            s.key()
                + " = "
                + s.value()
                + " ("
                + s.reason()
                + ")"
                + (s.file() == null ? "" : " " + s.file() + ":" + s.line()))
        .collect(Collectors.joining("\n"));
  }
}
