package dev.undercloud.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong before anything serves: each says what, why, and what to do. */
@Timeout(120)
class TroubleIT {
  @TempDir Path scratch;
  private Projects projects;

  @BeforeEach
  void prepare() {
    projects = new Projects(scratch);
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    Cloud cloud = projects.probe("port");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      Cloud.Done done = cloud.run("up", cloud.project.toString(), "--port", port);
      assertThat(done.status()).isNotZero();
      assertThat(done.all()).contains(port, "--port", "→");
    }
    assertThat(cloud.processes()).isEmpty();
  }

  @Test
  void anUnwritableStateFolderIsNamed() throws Exception {
    Path file = Files.writeString(scratch.resolve("a-file"), "not a folder");
    Cloud cloud = new Cloud(file.resolve("state"), projects.probeFolder("unwritable"), Map.of());
    Cloud.Done done = cloud.run("up", cloud.project.toString());
    assertThat(done.status()).isNotZero();
    assertThat(done.all()).contains("state folder", "UNDERCLOUD_HOME");
  }

  @Test
  void aBrokenBuildEndsWithTheLinesThatMatter() throws Exception {
    Cloud cloud = projects.probe("build");
    Files.writeString(
        cloud.project.resolve("requirements.txt"), "no-such-package-of-undercloud==9.9.9\n");
    Cloud withoutIndex =
        new Cloud(cloud.home, cloud.project, Map.of("PIP_NO_INDEX", "1", "UV_NO_INDEX", "1"));
    Cloud.Done done =
        withoutIndex.run("up", cloud.project.toString(), "--port", String.valueOf(Wire.freePort()));
    assertThat(done.status()).isNotZero();
    assertThat(done.all()).contains("no-such-package-of-undercloud", "→");
    assertThat(cloud.processes()).isEmpty();
  }

  @Test
  void anAppThatCannotStartIsTold() throws Exception {
    Cloud cloud = projects.probe("broken");
    Files.writeString(
        cloud.project.resolve("app.py"),
        "import no_such_module_here\n\ndef app(environ, start_response):\n    return []\n");
    Cloud.Done done =
        cloud.run("up", cloud.project.toString(), "--port", String.valueOf(Wire.freePort()));
    assertThat(done.status()).isNotZero();
    assertThat(done.all()).contains("no_such_module_here");
    assertThat(cloud.processes()).isEmpty();
  }

  @Test
  void aProjectWithNothingToRunIsTold() throws Exception {
    Path empty = Files.createDirectories(scratch.resolve("empty"));
    Cloud cloud = new Cloud(scratch.resolve("home"), empty, Map.of());
    Cloud.Done done = cloud.run("up", empty.toString());
    assertThat(done.status()).isNotZero();
    assertThat(done.all()).contains("Procfile");
  }

  @Test
  void withoutPythonItIsTold() throws Exception {
    Cloud cloud = projects.probe("no-python");
    Path tools = Files.createDirectories(scratch.resolve("tools"));
    for (String tool :
        new String[] {
          "sh",
          "dirname",
          "readlink",
          "sed",
          "find",
          "flock",
          "mvn",
          "cat",
          "setsid",
          "setpriv",
          "prlimit",
          "nice"
        }) {
      Path real = Path.of("/usr/bin", tool);
      if (Files.exists(real)) {
        Files.createSymbolicLink(tools.resolve(tool), real);
      }
    }
    Cloud without =
        new Cloud(
            cloud.home,
            cloud.project,
            Map.of(
                "PATH",
                tools.toString(),
                "UNDERCLOUD_PYTHON",
                "none",
                "HOME",
                scratch.toString(),
                "JAVA_HOME",
                System.getProperty("java.home")));
    Cloud.Done done =
        without.run("up", cloud.project.toString(), "--port", String.valueOf(Wire.freePort()));
    assertThat(done.status()).isNotZero();
    assertThat(done.all()).contains("Python").contains("→");
  }

  @Test
  void commandsWithoutARunningAppSaySo() {
    Cloud cloud = projects.probe("silent");
    for (String verb : new String[] {"deploy", "restart", "stop"}) {
      Cloud.Done done = cloud.run(verb);
      assertThat(done.status()).as(verb).isNotZero();
      assertThat(done.all()).contains("undercloud up");
    }
    assertThat(cloud.run("status").out()).contains("undercloud up");
    assertThat(cloud.run("frobnicate").status()).isNotZero();
  }
}
