package dev.undercloud.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import dev.undercloud.core.model.BuildSpec;
import dev.undercloud.core.model.BuildSpec.Installer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real installs, most of them from wheels made here. */
@Timeout(240)
class InstallTest {
  /** A build backend inside the project, as PEP 517 allows: needs no package index. */
  private static final String BACKEND =
      """
      import os, subprocess, sys, time, zipfile

      def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
      %s
          name = "local-1.0-py3-none-any.whl"
          with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
              wheel.writestr("local.py", "where = 'installed'\\n")
              wheel.writestr("local-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: local\\nVersion: 1.0\\nRequires-Dist: alpha\\n")
              wheel.writestr("local-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
              wheel.writestr("local-1.0.dist-info/RECORD", "local.py,,\\nlocal-1.0.dist-info/METADATA,,\\nlocal-1.0.dist-info/WHEEL,,\\nlocal-1.0.dist-info/RECORD,,\\n")
          open("built-here", "w").close()
          return name
      """;

  private static final String IN_TREE =
      "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n";

  @TempDir Path root;
  @AutoClose Project project;

  @BeforeEach
  void project() throws IOException {
    project = new Project(root);
    project.installs(Installer.REQUIREMENTS, "requirements.txt");
  }

  @Test
  void aSyntaxErrorIsNamedByFileAndLine() throws Exception {
    project.file("requirements.txt", "-r base/common.txt\n");
    project.file("base/common.txt", "alpha\nbeta = 1\n");
    Problem problem = failure();
    assertThat(problem.why())
        .contains("base/common.txt", "beta = 1")
        .doesNotContain(project.state.toString());
    assertThat(problem.remedy()).isEqualTo("Correct the line that is named");
  }

  @Test
  void aMissingIncludeIsNamed() throws Exception {
    project.file("requirements.txt", "-r common.txt\n");
    assertThat(failure().why()).contains("common.txt");
    project.installs(Installer.REQUIREMENTS, "gone.txt");
    assertThat(failure().why()).contains("gone.txt is not in the project");
  }

  @Test
  void noNetworkIsToldFromNoSuchPackage() throws Exception {
    project.host.remove("PIP_NO_INDEX");
    project.host.put("PIP_INDEX_URL", "http://127.0.0.1:" + WsgiServer.freePort() + "/simple");
    project.host.put("PIP_RETRIES", "0");
    project.file("requirements.txt", "alpha\n");
    Problem problem = failure();
    assertThat(problem.why()).contains("Connection refused");
    assertThat(problem.remedy()).contains("cannot be reached").contains("proxy");
  }

  @Test
  void aCompilersFirstAndLastLinesAreShown() throws Exception {
    Wheels.pure(project.wheels, "alpha", "1.0");
    project.file("libs/local/pyproject.toml", IN_TREE);
    project.file(
        "libs/local/backend.py",
        BACKEND.formatted(
            "    print('x.c:1:10: fatal error: Python.h: No such file or directory')\n"
                + "    [print('noise', i) for i in range(500)]\n    print(\"error: command 'gcc' failed with exit code 1\")\n    sys.exit(1)"));
    project.file("requirements.txt", "./libs/local\n");
    Problem problem = failure();
    assertThat(problem.why())
        .contains("fatal error: Python.h")
        .contains("command 'gcc' failed")
        .doesNotContain("noise");
    assertThat(problem.why().lines().count()).isLessThanOrEqualTo(15);
    assertThat(problem.remedy()).contains("apt-get install python3-dev");
  }

  @Test
  void nothingIsWrittenIntoTheProjectAndEditableBecomesACopy() throws Exception {
    Wheels.pure(project.wheels, "alpha", "1.0");
    project.file("libs/local/pyproject.toml", IN_TREE);
    project.file("libs/local/backend.py", BACKEND.formatted("    pass"));
    project.file("requirements.txt", "-e ./libs/local\n");
    Release first = project.build();
    assertThat(
            Project.python(
                first,
                "import local, alpha; print(local.where, local.__file__.startswith('"
                    + project.state
                    + "'))"))
        .isEqualTo("installed True");
    assertThat(project.directory.resolve("libs/local/built-here")).doesNotExist();
    assertThat(first.source().resolve("libs/local/built-here")).doesNotExist();
    project.file("libs/local/more.py", "");
    assertThat(project.build().variables().get("VIRTUAL_ENV"))
        .as("its content is part of the key")
        .isNotEqualTo(first.variables().get("VIRTUAL_ENV"));
  }

  @Test
  void beyondItsTimeABuildEndsAndLeavesNothing() throws Exception {
    project.file("libs/local/pyproject.toml", IN_TREE);
    project.file("libs/local/backend.py", BACKEND.formatted("    time.sleep(300)"));
    project.file("requirements.txt", "./libs/local\n");
    project.installLimit = Duration.ofSeconds(6);
    assertThat(failure().why()).contains("still running after 6s");
    assertThat(left()).isEmpty();
  }

  @Test
  void anInterruptedBuildLeavesNothing() throws Exception {
    project.file("libs/local/pyproject.toml", IN_TREE);
    project.file(
        "libs/local/backend.py",
        BACKEND
            .formatted("    open(%s, 'w').close(); time.sleep(300)")
            .formatted("'" + root.resolve("building") + "'"));
    project.file("requirements.txt", "./libs/local\n");
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread build =
        Thread.ofVirtual()
            .start(() -> {
              try {
                project.build();
                ended.complete(new AssertionError("built"));
              } catch (Throwable failed) {
                ended.complete(failed);
              }
            });
    while (!Files.exists(root.resolve("building"))) {
      Thread.sleep(20);
    }
    build.interrupt();
    assertThat(ended.get())
        .isInstanceOfSatisfying(
            CloudException.class,
            e -> assertThat(e.problem().code()).isEqualTo("build-interrupted"));
    assertThat(left()).isEmpty();
  }

  @Test
  void anEnvironmentWithoutItsMarkerIsBuiltAnew() throws Exception {
    Wheels.pure(project.wheels, "alpha", "1.0");
    project.file("requirements.txt", "alpha\n");
    Path environment = Path.of(project.build().variables().get("VIRTUAL_ENV"));
    Files.delete(environment.resolve(Environments.MARKER));
    Files.writeString(environment.resolve("half"), "");
    Release again = project.build();
    assertThat(environment.resolve("half")).doesNotExist();
    assertThat(Project.run(again, "alpha")).isEqualTo("alpha 1.0");
  }

  @Test
  void twoBuildsOfOneEnvironmentInstallOnce() throws Exception {
    Wheels.pure(project.wheels, "alpha", "1.0");
    project.file("requirements.txt", "alpha\n");
    List<String> log = new CopyOnWriteArrayList<>();
    List<CompletableFuture<Release>> builds =
        Stream.of("one", "two")
            .map(app ->
                CompletableFuture.supplyAsync(
                    () ->
                        new PythonBuilder(
                                project.state,
                                project.state.resolve("apps/" + app),
                                project.host,
                                dev.undercloud.core.time.Clock.system(),
                                Access.same(),
                                dev.undercloud.runtime.driver.Confinement.NONE)
                            .build(project.app(), log::add),
                    Thread::startVirtualThread))
            .toList();
    for (CompletableFuture<Release> build : builds) {
      assertThat(Project.run(build.get(), "alpha")).isEqualTo("alpha 1.0");
    }
    assertThat(log.stream().filter(line -> line.contains("Successfully installed"))).hasSize(1);
    project.host.remove("PIP_NO_INDEX");
    new PythonBuilder(
            project.state,
            project.state.resolve("apps/one"),
            project.host,
            dev.undercloud.core.time.Clock.system(),
            Access.same(),
            dev.undercloud.runtime.driver.Confinement.NONE)
        .retain(List.of());
    assertThat(Project.run(builds.get(1).get(), "alpha"))
        .as("still used by the other app")
        .isEqualTo("alpha 1.0");
  }

  @Test
  void aBuildOfAnotherProcessIsWaitedFor() throws Exception {
    project.file("requirements.txt", "# nothing\n");
    Release first = project.build();
    Path environment = Path.of(first.variables().get("VIRTUAL_ENV"));
    Trees.delete(environment);
    String hold =
        "import fcntl, time; f = open('%s.lock', 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); input()";
    Process other = new ProcessBuilder("python3", "-c", hold.formatted(environment)).start();
    assertThat(other.inputReader().readLine()).isEqualTo("held");
    CompletableFuture<Release> build =
        CompletableFuture.supplyAsync(project::build, Thread::startVirtualThread);
    while (project.log.stream().noneMatch(line -> line.contains("waiting for another build"))) {
      Thread.sleep(10);
    }
    assertThat(environment).doesNotExist();
    other.outputWriter().append("\n").close();
    assertThat(build.get().id()).isEqualTo(first.id());
    assertThat(environment).exists();
  }

  @Test
  void aPythonWithoutPipUsesTheOneOfAnother() throws Exception {
    Interpreter real = real();
    Interpreter bare =
        new Interpreter(
            real.path(), real.version(), real.platform(), real.library(), null, true, false);
    assertInstalls(bare, Tuning.DEBIAN_WHEELS);
  }

  @Test
  void aPythonWithAnOldPipUsesEnsurepip() throws Exception {
    Interpreter real = real();
    assumeTrue(real.ensurepip(), "this Python has ensurepip");
    assertInstalls(
        new Interpreter(
            real.path(), real.version(), real.platform(), real.library(), "19.0", true, true),
        root);
  }

  @Test
  void noPipAnywhereUsesDebiansWheelOrSaysWhatToInstall() throws Exception {
    Interpreter real = real();
    Interpreter bare =
        new Interpreter(
            real.path(), real.version(), real.platform(), real.library(), null, true, false);
    project.pythons = List.of();
    project.host.put("PATH", "/nonexistent");
    project.host.put("HOME", "/nonexistent");
    project.host.remove("PYENV_ROOT");
    assertThatThrownBy(() -> assertInstalls(bare, root))
        .isInstanceOfSatisfying(
            CloudException.class,
            e -> {
              assertThat(e.problem().code()).isEqualTo("no-pip");
              assertThat(e.problem().remedy())
                  .contains("python" + Interpreter.minor(real.version()) + "-venv");
            });
    assumeTrue(Files.isDirectory(Tuning.DEBIAN_WHEELS), "Debian's wheels are here");
    assertInstalls(bare, Tuning.DEBIAN_WHEELS);
  }

  @Test
  void noPythonStopsOnlyAppsThatNeedOne() throws Exception {
    project.pythons = List.of();
    project.host.put("PATH", "/nonexistent");
    project.host.put("HOME", "/nonexistent");
    project.host.remove("PYENV_ROOT");
    project.file("requirements.txt", "");
    project.file("server", "#!/bin/sh\n");
    assertThat(failure().code()).isEqualTo("no-python");
    project.spec = new BuildSpec(Installer.NONE, List.of(), List.of(), null, false);
    Release release = project.build();
    assertThat(release.source().resolve("server")).exists();
    assertThat(release.variables()).doesNotContainKey("VIRTUAL_ENV");
  }

  @Test
  void aPackageOnPypiIsInstalledWhereTheIndexAnswers() throws Exception {
    project.host.putAll(System.getenv());
    project.host.remove("PIP_NO_INDEX");
    project.file(
        "requirements.txt",
        "six==1.16.0 --hash=sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254\n");
    project.spec =
        new BuildSpec(
            Installer.REQUIREMENTS, List.of("requirements.txt"), List.of("alpha"), null, true);
    Wheels.pure(project.wheels, "alpha", "1.0");
    project.host.put("PIP_FIND_LINKS", project.wheels.toString());
    try {
      Release release = project.build();
      assertThat(
              Project.python(release, "import six, alpha; print(six.__version__, alpha.version)"))
          .isEqualTo("1.16.0 1.0");
    } catch (CloudException failed) {
      assumeTrue(!failed.problem().remedy().contains("cannot be reached"), "the index answers");
      throw failed;
    }
  }

  @Test
  void variablesThatRequirementsNameComeFromTheApp() throws Exception {
    Wheels.pure(root.resolve("private/s3cret"), "alpha", "1.0");
    project.file(
        "requirements.txt", "--find-links " + root.resolve("private") + "/${TOKEN}\nalpha\n");
    project.environment.put("TOKEN", "s3cret");
    assertThat(Project.run(project.build(), "alpha")).isEqualTo("alpha 1.0");
  }

  @Test
  void uvIsUsedWhereItIsOnPath() throws Exception {
    assumeTrue(Executables.find("uv", project.host).isPresent(), "uv is on PATH");
    Wheels.pure(project.wheels, "alpha", "1.0");
    project.file("requirements.txt", "alpha\n");
    Release release = project.build();
    assertThat(Project.run(release, "alpha")).isEqualTo("alpha 1.0");
    assertThat(project.log).anyMatch(line -> line.contains("installing with uv"));
    project.file("requirements.txt", "alpha==9\n");
    assertThat(failure().remedy()).contains("name and version");
  }

  private Interpreter real() {
    return interpreters(Map.copyOf(System.getenv())).all().findFirst().orElseThrow();
  }

  private Interpreters interpreters(Map<String, String> environment) {
    InterpreterProbe probe = new InterpreterProbe(root.resolve("interpreters.json"), environment);
    return new Interpreters(environment, probe, Access.same(), project.pythons);
  }

  private void assertInstalls(Interpreter python, Path wheels) throws IOException {
    Wheels.pure(project.wheels, "alpha", "1.0");
    project.file("requirements.txt", "alpha\n");
    Path target = Trees.openFolder(project.state.resolve("envs")).resolve("env");
    PackageInstaller installer =
        new PackageInstaller(project.host, interpreters(project.host), project.tuning(wheels));
    Dependencies wanted = Dependencies.read(project.directory, project.directory, project.spec);
    installer.install(target, python, wanted, Map.of(), project.log::add);
    assertThat(target.resolve("bin/alpha")).isExecutable();
  }

  private Problem failure() {
    try {
      project.build();
    } catch (CloudException failed) {
      assertThat(failed.problem().remedy()).isNotBlank();
      return failed.problem();
    }
    throw new AssertionError("it was built");
  }

  private List<String> left() throws IOException {
    try (Stream<Path> environments = Files.list(project.state.resolve("envs"))) {
      return environments.filter(Files::isDirectory).map(Path::toString).toList();
    }
  }
}
