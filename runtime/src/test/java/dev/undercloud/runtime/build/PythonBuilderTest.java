package dev.undercloud.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.model.BuildSpec.Installer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PythonBuilderTest {
  @TempDir Path root;
  @AutoClose Project project;

  @BeforeEach
  void project() throws IOException {
    project = new Project(root);
  }

  @Test
  void anAppWithoutPackagesNeedsNoIndexAndRuns() throws Exception {
    project.file("app.py", "print('hello from', __file__)\n");
    Release release = project.build();
    assertThat(Project.run(release, "python", "app.py"))
        .isEqualTo("hello from " + release.source().resolve("app.py"));
    assertThat(release.variables())
        .containsKeys("VIRTUAL_ENV", "UNDERCLOUD_WSGI", "UNDERCLOUD_DATA");
    assertThat(Path.of(release.variables().get("UNDERCLOUD_WSGI"))).isRegularFile();
    assertThat(release.variables()).doesNotContainKey("PYTHONPATH");
  }

  @Test
  void requirementsAreInstalledWithTheirIncludesAndScripts() throws Exception {
    Wheels.pure(project.wheels, "alpha", "1.0", "beta>=2");
    Wheels.pure(project.wheels, "beta", "2.0");
    Wheels.pure(project.wheels, "gamma", "3.0");
    project.file("requirements.txt", "-r requirements/base.txt\ngamma==3.0\n");
    project.file("requirements/base.txt", "alpha # the first\n");
    Release release = project.installs(Installer.REQUIREMENTS, "requirements.txt").build();
    assertThat(
            Project.python(
                release,
                "import alpha, beta, gamma; print(alpha.version, beta.version, gamma.version)"))
        .isEqualTo("1.0 2.0 3.0");
    assertThat(Project.run(release, "alpha")).isEqualTo("alpha 1.0");
    assertThat(project.log).anyMatch(line -> line.contains("Successfully installed"));
  }

  @Test
  void requirementsFromWindowsAreRead() throws Exception {
    Wheels.pure(project.wheels, "alpha", "1.0");
    Wheels.pure(project.wheels, "beta", "2.0");
    Files.write(
        project.directory.resolve("requirements.txt"),
        "\uFEFF-r more.txt\r\nalpha==1.0\r\n".getBytes(StandardCharsets.UTF_16LE));
    project.file("more.txt", "beta\r\n");
    Release release = project.installs(Installer.REQUIREMENTS, "requirements.txt").build();
    assertThat(Project.python(release, "import alpha, beta; print(beta.version)")).isEqualTo("2.0");
  }

  @Test
  void anUnchangedProjectIsNotBuiltAgain() throws Exception {
    Wheels.pure(project.wheels, "alpha", "1.0");
    project.file("requirements.txt", "alpha\n");
    project.file("app.py", "print(1)\n");
    project.installs(Installer.REQUIREMENTS, "requirements.txt");
    Release first = project.build();
    project.log.clear();
    Files.delete(project.wheels.resolve("alpha-1.0-py3-none-any.whl"));
    Release second = project.build();
    assertThat(second).isEqualTo(first);
    assertThat(project.log).isEmpty();
  }

  @Test
  void aChangeOfSourceVariablesOrCommandIsAnotherReleaseOfTheSameEnvironment() throws Exception {
    project.file("app.py", "print(1)\n");
    Release first = project.build();
    project.environment.put("COLOUR", "green");
    Release second = project.build();
    project.command = "python other.py";
    Release third = project.build();
    project.file("app.py", "print(2)\n");
    Release fourth = project.build();
    assertThat(List.of(first.id(), second.id(), third.id(), fourth.id())).doesNotHaveDuplicates();
    assertThat(
            Stream.of(first, second, third, fourth)
                .map(r -> r.variables().get("VIRTUAL_ENV"))
                .distinct())
        .hasSize(1);
    assertThat(Project.run(third, "python", "app.py")).isEqualTo("1");
    assertThat(Project.run(fourth, "python", "app.py")).isEqualTo("2");
    project.file("app.py", "print(1)\n");
    assertThat(project.build().id()).as("back to what it was").isEqualTo(third.id());
  }

  @Test
  void aFailedInstallChangesNothingAndSaysWhatIsMissing() throws Exception {
    project.file("requirements.txt", "flaskk==9\n");
    project.installs(Installer.REQUIREMENTS, "requirements.txt");
    assertThatThrownBy(project::build)
        .isInstanceOfSatisfying(
            CloudException.class,
            failed -> {
              assertThat(failed.problem().code()).isEqualTo("build-failed");
              assertThat(failed.problem().why())
                  .contains("No matching distribution found for flaskk==9");
              assertThat(failed.problem().remedy())
                  .contains("name and version")
                  .contains("PIP_FIND_LINKS");
            });
    try (Stream<Path> left = Files.list(project.state.resolve("envs"))) {
      assertThat(left.filter(Files::isDirectory)).isEmpty();
    }
    try (Stream<Path> left = Files.list(project.state.resolve("apps/app/releases"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void oldReleasesAreRemovedWithTheirEnvironments() throws Exception {
    project.file("app.py", "print(1)\n");
    Release first = project.build();
    project.file("app.py", "print(2)\n");
    Release second = project.build();
    Path killed = Files.createDirectories(project.state.resolve("envs/0123456789abcdef/bin"));
    project.builder().retain(List.of(second.id()));
    assertThat(killed).as("the rest of a killed build").doesNotExist();
    assertThat(first.source()).doesNotExist();
    assertThat(second.source()).exists();
    assertThat(Project.run(second, "python", "app.py")).isEqualTo("2");
  }
}
