package dev.undercloud.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that speak HTTP/2: gRPC's own for Python with its own client, and an ASGI server. */
@Timeout(300)
class GrpcIT {
  @TempDir Path scratch;

  private Cloud project(String name, String... files) throws IOException {
    new Projects(scratch);
    Path folder = Files.createDirectories(scratch.resolve(name));
    for (String file : files) {
      try (InputStream from = GrpcIT.class.getResourceAsStream("/" + name + "/" + file)) {
        Files.copy(from, folder.resolve(file));
      }
    }
    return new Cloud(scratch.resolve("home-" + name), folder, Map.of());
  }

  @Test
  void everyKindOfCallPassesWithAndWithoutTls() throws Exception {
    String[] files = {"server.py", "client.py", "requirements.txt", "Procfile", "undercloud.toml"};
    try (Cloud cloud = project("grpc", files).up()) {
      assertThat(call(cloud, "127.0.0.1:" + cloud.port())).endsWith("all\n");
      Path authority = scratch.resolve("ca.pem");
      Files.writeString(authority, cloud.ok("trust", "--print").out());
      assertThat(call(cloud, "127.0.0.1:" + httpsPort(cloud), authority.toString()))
          .endsWith("all\n");
      assertThat(cloud.ok("requests", "--json", "-n", "300").out())
          .contains("/probe.Probe/Talk", "grpc-status 5");
      assertThat(cloud.ok("config", "explain").out()).containsPattern("web\\.protocol +h2c");
    }
  }

  @Test
  void anAsgiServerIsReachedByHttp2WhateverTheClientSpeaks() throws Exception {
    try (Cloud cloud =
        project("h2c", "app.py", "requirements.txt", "Procfile", "undercloud.toml")) {
      cloud.up();
      assertThat(Wire.get(cloud, "/hello").body()).isEqualTo("2 GET /hello 0");
      List<String> curl = new ArrayList<>(List.of("curl", "-s", "--http2-prior-knowledge"));
      curl.addAll(List.of("-H", "Host: " + cloud.host(), "-d", "12345"));
      curl.add("http://127.0.0.1:" + cloud.port() + "/post");
      assertThat(run(curl)).isEqualTo("2 POST /post 5");
    }
  }

  @Test
  void aGrpcServerThatIsTakenForAnotherIsNamed() throws Exception {
    try (Cloud cloud = project("grpc", "server.py", "requirements.txt", "Procfile")) {
      Files.writeString(
          cloud.project.resolve("undercloud.toml"),
          "[web]\nreplicas = 1\nhealth = { grace = \"5s\" }\n");
      cloud.begin();
      Cloud.eventually(
          Duration.ofMinutes(2),
          () -> String.join("\n", cloud.output).contains("protocol = \"h2c\" under [web]"));
    }
  }

  private static String call(Cloud cloud, String target, String... authority) throws Exception {
    String host = cloud.host();
    List<String> command = new ArrayList<>(List.of(python(cloud).toString()));
    command.add(cloud.project.resolve("client.py").toString());
    command.add(target);
    command.add(host.substring(0, host.indexOf(':')));
    command.addAll(List.of(authority));
    return run(command);
  }

  /** The interpreter of the environment that was made for the app. */
  private static Path python(Cloud cloud) throws IOException {
    try (Stream<Path> all = Files.list(cloud.home.resolve("envs"))) {
      return all.map(env -> env.resolve("bin/python"))
          .filter(Files::exists)
          .findFirst()
          .orElseThrow();
    }
  }

  private static int httpsPort(Cloud cloud) {
    return cloud.output.stream()
        .filter(line -> line.startsWith("https"))
        .map(line -> Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).strip()))
        .findFirst()
        .orElseThrow();
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
