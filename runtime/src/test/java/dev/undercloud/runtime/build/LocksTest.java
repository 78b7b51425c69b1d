package dev.undercloud.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.model.BuildSpec.Installer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the formats of other tools say is installed. */
@Timeout(120)
class LocksTest {
  private static final String UV =
      """
      version = 1
      requires-python = ">=3.9"
      [[package]]
      name = "shop"
      version = "0.1.0"
      source = { virtual = "." }
      dependencies = [
          { name = "alpha", extra = ["fast"] },
          { name = "windows-only", marker = "sys_platform == 'win32'" },
          { name = "twice", version = "1.0", source = { registry = "https://index.example/simple" }, marker = "python_full_version < '3.9'" },
          { name = "twice", version = "2.0", source = { registry = "https://index.example/simple" }, marker = "python_full_version >= '3.9'" },
      ]
      [package.dev-dependencies]
      dev = [{ name = "pytest" }]
      [[package]]
      name = "alpha"
      version = "1.0"
      source = { registry = "https://index.example/simple" }
      dependencies = [{ name = "beta" }, { name = "circle" }]
      sdist = { url = "https://files.example/alpha-1.0.tar.gz", hash = "sha256:aa", size = 1 }
      wheels = [{ url = "https://files.example/alpha-1.0.whl", hash = "sha256:ab", size = 1 }]
      [package.optional-dependencies]
      fast = [{ name = "speed", marker = "platform_python_implementation == 'CPython'" }]
      slow = [{ name = "snail" }]
      [[package]]
      name = "beta"
      version = "2.0"
      source = { registry = "https://index.example/simple" }
      wheels = [{ url = "https://files.example/b.whl", hash = "sha256:bb" }]
      [[package]]
      name = "circle"
      version = "3.0"
      source = { registry = "https://index.example/simple" }
      dependencies = [{ name = "alpha", marker = "os_name == 'posix'" }]
      wheels = [{ url = "https://files.example/c.whl", hash = "sha256:cc" }]
      [[package]]
      name = "speed"
      version = "4.0"
      source = { registry = "https://index.example/simple" }
      wheels = [{ url = "https://files.example/s.whl", hash = "sha256:dd" }]
      [[package]]
      name = "twice"
      version = "1.0"
      source = { registry = "https://index.example/simple" }
      wheels = [{ url = "https://files.example/t1.whl", hash = "sha256:t1" }]
      [[package]]
      name = "twice"
      version = "2.0"
      source = { registry = "https://index.example/simple" }
      wheels = [{ url = "https://files.example/t2.whl", hash = "sha256:t2" }]
      [[package]]
      name = "windows-only"
      version = "5.0"
      source = { registry = "https://index.example/simple" }
      dependencies = [{ name = "beta" }]
      wheels = [{ url = "https://files.example/w.whl", hash = "sha256:ee" }]
      [[package]]
      name = "pytest"
      version = "8.0"
      source = { registry = "https://index.example/simple" }
      """;

  @TempDir Path root;
  @AutoClose Project project;

  @BeforeEach
  void project() throws IOException {
    project = new Project(root);
  }

  @Test
  void uvsLockWithoutDevelopmentAndOptionalPackages() {
    assertThat(UvLock.requirements(UV).lines())
        .containsExactly(
            "alpha==1.0 --hash=sha256:ab --hash=sha256:aa",
            "beta==2.0 --hash=sha256:bb",
            "circle==3.0 --hash=sha256:cc",
            "speed==4.0 ; (platform_python_implementation == 'CPython') --hash=sha256:dd",
            "twice==1.0 ; (python_full_version < '3.9') --hash=sha256:t1",
            "twice==2.0 ; (python_full_version >= '3.9') --hash=sha256:t2",
            "windows-only==5.0 ; (sys_platform == 'win32') --hash=sha256:ee");
  }

  @Test
  void uvsOtherSources() {
    String lock =
        """
        [[package]]
        name = "shop"
        source = { editable = "." }
        dependencies = [{ name = "a" }, { name = "b" }, { name = "c" }]
        [[package]]
        name = "a"
        version = "1"
        source = { git = "https://git.example/a.git?rev=main#0123abc" }
        [[package]]
        name = "b"
        version = "1"
        source = { editable = "packages/b" }
        dependencies = [{ name = "d" }]
        [[package]]
        name = "c"
        version = "1"
        source = { url = "https://files.example/c.whl" }
        wheels = [{ url = "https://files.example/c.whl", hash = "sha256:cc" }]
        [[package]]
        name = "d"
        version = "1"
        source = { registry = "https://index.example/simple" }
        wheels = [{ url = "https://files.example/d.whl", hash = "sha256:dd" }]
        """;
    assertThat(UvLock.requirements(lock).lines())
        .as("one without a hash: none with")
        .containsExactly(
            "a @ git+https://git.example/a.git@0123abc",
            "./packages/b",
            "c @ https://files.example/c.whl",
            "d==1");
  }

  @Test
  void poetrysLockWithGroups() throws Exception {
    String lock =
        """
        [[package]]
        name = "alpha"
        version = "1.0"
        optional = false
        groups = ["main", "dev"]
        markers = {main = "python_version >= \\"3.8\\"", dev = "python_version >= \\"3.12\\""}
        files = [{file = "alpha.whl", hash = "sha256:aa"}]
        [[package]]
        name = "beta"
        version = "2.0"
        optional = true
        groups = ["main"]
        files = [{file = "beta.whl", hash = "sha256:bb"}]
        [[package]]
        name = "pytest"
        version = "8.0"
        optional = false
        groups = ["dev"]
        files = []
        """;
    assertThat(PoetryLock.requirements(lock, Pyproject.read(root)).lines())
        .containsExactly("alpha==1.0 ; (python_version >= \"3.8\") --hash=sha256:aa");
  }

  @Test
  void poetrysOlderLockIsWalkedFromThePyproject() throws Exception {
    project.file(
        "pyproject.toml",
        """
        [tool.poetry.dependencies]
        python = "^3.9"
        Alpha_Lib = {version = "^1.0", extras = ["standard"]}
        maybe = {version = "*", optional = true}
        [tool.poetry.group.dev.dependencies]
        pytest = "*"
        """);
    String lock =
        """
        [[package]]
        name = "alpha-lib"
        version = "1.0"
        optional = false
        [package.dependencies]
        beta = ">=2"
        colour = {version = "*", markers = "sys_platform == \\"win32\\""}
        loop = {version = "*", optional = true, markers = "sys_platform != \\"win32\\" and extra == \\"standard\\""}
        other = {version = "*", optional = true, markers = "extra == \\"other\\""}
        [package.extras]
        standard = ["loop"]
        [[package]]
        name = "beta"
        version = "2.0"
        [[package]]
        name = "colour"
        version = "3.0"
        [[package]]
        name = "loop"
        version = "4.0"
        [[package]]
        name = "other"
        version = "5.0"
        [[package]]
        name = "maybe"
        version = "6.0"
        [[package]]
        name = "pytest"
        version = "8.0"
        [metadata.files]
        alpha-lib = [{file = "a.whl", hash = "sha256:aa"}]
        beta = [{file = "b.whl", hash = "sha256:bb"}]
        colour = [{file = "c.whl", hash = "sha256:cc"}]
        loop = [{file = "l.whl", hash = "sha256:dd"}]
        """;
    assertThat(PoetryLock.requirements(lock, Pyproject.read(project.directory)).lines())
        .containsExactly(
            "alpha-lib==1.0 --hash=sha256:aa",
            "beta==2.0 --hash=sha256:bb",
            "colour==3.0 ; (sys_platform == \"win32\") --hash=sha256:cc",
            "loop==4.0 ; (sys_platform != \"win32\" and python_version >= \"3\") --hash=sha256:dd");
  }

  @Test
  void pipenvsLock() throws Exception {
    String lock =
        """
        {"_meta": {"sources": [{"name": "pypi", "url": "https://index.example"}, {"name": "ours", "url": "https://ours.example"}]},
         "default": {
           "alpha": {"hashes": ["sha256:aa", "sha256:ab"], "version": "==1.0", "markers": "python_version >= '3.8'"},
           "beta": {"hashes": ["sha256:bb"], "extras": ["x", "y"], "version": "==2.0"}},
         "develop": {"pytest": {"version": "==8.0"}}}
        """;
    assertThat(PipfileLock.requirements(lock).lines())
        .containsExactly(
            "--extra-index-url https://ours.example",
            "alpha==1.0 ; python_version >= '3.8' --hash=sha256:aa --hash=sha256:ab",
            "beta[x,y]==2.0 --hash=sha256:bb");
  }

  @Test
  void aLockIsInstalledWithItsHashesAndWhatWeAddWithout() throws Exception {
    String alpha = Digest.ofFile(Wheels.pure(project.wheels, "alpha", "1.0"));
    Wheels.pure(project.wheels, "alpha", "2.0");
    Wheels.pure(project.wheels, "server", "1.0");
    project.file(
        "Pipfile.lock",
        "{\"default\": {\"alpha\": {\"hashes\": [\"sha256:"
            + alpha
            + "\"], \"version\": \"==1.0\"}}}");
    project.spec =
        new dev.undercloud.core.model.BuildSpec(
            Installer.PIPFILE_LOCK,
            java.util.List.of("Pipfile.lock"),
            java.util.List.of("server"),
            null,
            true);
    Release release = project.build();
    assertThat(
            Project.python(release, "import alpha, server; print(alpha.version, server.version)"))
        .isEqualTo("1.0 1.0");
    project.file(
        "Pipfile.lock",
        "{\"default\": {\"alpha\": {\"hashes\": [\"sha256:"
            + "0".repeat(64)
            + "\"], \"version\": \"==1.0\"}}}");
    assertThatThrownBy(project::build)
        .isInstanceOfSatisfying(
            CloudException.class,
            failed -> assertThat(failed.problem().remedy()).contains("lock again"));
  }

  @Test
  void aBrokenLockIsNamed() throws Exception {
    project.file("uv.lock", "[[package]\nname = ");
    project.installs(Installer.UV_LOCK, "uv.lock");
    assertThatThrownBy(project::build)
        .isInstanceOf(CloudException.class)
        .hasMessageContaining("uv.lock cannot be read");
  }

  @Test
  void aProjectThatIsAPackageIsImportedFromItsSnapshotWithItsMetadata() throws Exception {
    Wheels.pure(project.wheels, "alpha", "1.0");
    project.file(
        "pyproject.toml",
        """
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [project]
        name = "my-shop"
        version = "1.2.3"
        dependencies = ["alpha"]
        [project.scripts]
        shop = "my_shop.main:run"
        [project.entry-points."my.plugins"]
        one = "my_shop.main:run"
        """);
    project.file("src/my_shop/__init__.py", "");
    project.file(
        "src/my_shop/main.py",
        "import alpha, sys\n\n\ndef run():\n    print('shop with alpha', alpha.version, *sys.argv[1:])\n");
    project.environment.put("PYTHONPATH", "vendor");
    Release release = project.installs(Installer.PYPROJECT, "pyproject.toml").build();
    assertThat(Project.run(release, "shop", "open")).isEqualTo("shop with alpha 1.0 open");
    assertThat(
            Project.python(
                release,
                "import importlib.metadata as m, my_shop; print(m.version('my-shop'), [e.name for e in m.entry_points(group='my.plugins')], my_shop.__file__)"))
        .isEqualTo("1.2.3 ['one'] " + release.source().resolve("src/my_shop/__init__.py"));
    assertThat(release.variables().get("PYTHONPATH")).startsWith("vendor:");
    project.file("src/my_shop/main.py", "def run():\n    print('changed')\n");
    Release second = project.build();
    assertThat(second.variables().get("VIRTUAL_ENV"))
        .isEqualTo(release.variables().get("VIRTUAL_ENV"));
    assertThat(Project.run(second, "shop")).isEqualTo("changed");
    assertThat(Project.run(release, "shop")).isEqualTo("shop with alpha 1.0");
  }

  @Test
  void otherIndexesAreLookedInto() throws Exception {
    project.file(
        "pyproject.toml",
        "[[tool.uv.index]]\nurl = \"https://a.example/simple\"\n[[tool.uv.index]]\nurl = \"https://b.example/simple\"\ndefault = true\n");
    assertThat(Pyproject.read(project.directory).indexes())
        .isEqualTo(
            "--extra-index-url https://a.example/simple\n--index-url https://b.example/simple\n");
  }

  @Test
  void dependenciesThatAFileStatesAreReadFromIt() throws Exception {
    Wheels.pure(project.wheels, "alpha", "1.0");
    project.file(
        "pyproject.toml",
        "[project]\nname = \"x\"\ndynamic = [\"dependencies\"]\n[tool.setuptools.dynamic]\ndependencies = {file = [\"deps.in\"]}\n");
    project.file("deps.in", "alpha\n");
    Release release = project.installs(Installer.PYPROJECT, "pyproject.toml").build();
    assertThat(Project.run(release, "alpha")).isEqualTo("alpha 1.0");
    Files.delete(project.directory.resolve("deps.in"));
    assertThatThrownBy(project::build).hasMessageContaining("deps.in is not in the project");
  }
}
