package dev.undercloud.app.up;

import dev.undercloud.app.cli.Undercloud;
import dev.undercloud.app.home.AppHome;
import dev.undercloud.app.home.StateHome;
import dev.undercloud.core.config.Resolution;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.edge.net.Ports;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * What {@link AotCache} runs so that Java sees the classes an {@code up} and a command need: a real
 * house around an app of one file, asked a few things, in a state folder that is gone afterwards.
 */
public final class Training {
  private static final int FROM_PORT = 18_080;
  private static final String APP =
      """
      def app(environ, start_response):
          start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
          return [b"ok"]
      """;

  private Training() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Logger.getLogger("").setLevel(Level.OFF);
    Thread main = Thread.currentThread();
    Thread.ofPlatform().daemon().start(() -> endWithParent(main));
    Path folder = Files.createTempDirectory("undercloud-training");
    try {
      Files.setPosixFilePermissions(
          folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
      Path source = Files.createDirectory(folder.resolve("app"));
      Files.writeString(source.resolve("app.py"), APP);
      train(folder.resolve("home"), source);
    } catch (CloudException noPythonHere) {
      // What was loaded until now is worth keeping; whoever runs this by hand sees why.
      System.err.println(noPythonHere.getMessage());
    } catch (InterruptedException orphaned) {
      delete(folder);
      Runtime.getRuntime().halt(1); // Without the cache, which nobody waits for.
    } finally {
      delete(folder);
    }
  }

  /** Our standard input is a pipe of whoever started us: its end is theirs. */
  private static void endWithParent(Thread main) {
    try {
      while (System.in.read() >= 0) {
        // Nothing is ever sent.
      }
    } catch (IOException closed) {
      // As good as its end.
    }
    main.interrupt();
  }

  private static void train(Path root, Path source) throws IOException, InterruptedException {
    Map<String, String> environment = new java.util.HashMap<>(System.getenv());
    environment.put("UNDERCLOUD_HOME", root.toString());
    StateHome state = new StateHome(root);
    state.create();
    Project project = new Project(environment);
    Resolution files = project.resolve(source);
    AppHome home = state.app(files.spec().name(), source);
    home.create();
    List<InetAddress> loopback = Ports.loopback();
    int port = Ports.nextFree(loopback, FROM_PORT).orElseThrow();
    int https = Ports.nextFree(loopback, port + 1).orElseThrow();
    int adminPort = Ports.nextFree(loopback, https + 1).orElseThrow();
    Listening listening = new Listening(port, https, adminPort, 0);
    try (House house =
        new House(state, home, environment, files, listening, () -> files, () -> {})) {
      house.deploy(files, (phase, sentence, done, total) -> {});
      for (int i = 0; i < 50; i++) {
        ask("http://127.0.0.1:" + port + "/" + i);
      }
      house.edge.warmUp();
      ask(listening.admin() + "/metrics");
      ask(listening.admin() + "/index.html");
      for (String verb : List.of("status", "ps", "requests", "logs")) {
        Undercloud.run(new String[] {verb}, environment);
        Undercloud.run(new String[] {verb, "--json"}, environment);
      }
      TimeUnit.SECONDS.sleep(2); // Long enough for the telemetry store to load and write.
    }
  }

  private static void ask(String url) throws IOException {
    try (InputStream answer = URI.create(url).toURL().openStream()) {
      answer.readAllBytes();
    } catch (FileNotFoundException errorPage) {
      // It was answered; what it says does not matter here.
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder, new FileVisitOption[0])) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
