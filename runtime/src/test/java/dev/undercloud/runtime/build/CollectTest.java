package dev.undercloud.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.model.BuildSpec;
import dev.undercloud.core.model.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Static files are gathered in the release, by a script in the place of Django's. */
@Timeout(120)
class CollectTest {
  private static final String SCRIPT =
      """
      import os, pathlib, sys
      here = pathlib.Path(__file__).resolve().parent
      assert sys.argv[1:] == ["collectstatic", "--noinput"], sys.argv
      print("collecting with", os.environ["SECRET"], os.environ["VIRTUAL_ENV"] == sys.prefix)
      if os.environ["SECRET"] == "wrong":
          sys.exit("ImproperlyConfigured: SECRET is wrong")
      (here / "out").mkdir(exist_ok=True)
      (here / "out" / "a.css").write_text("collected")
      """;

  @TempDir Path temporary;
  private Project project;

  @BeforeEach
  void make() throws IOException {
    project = new Project(temporary);
    project.file("manage.py", SCRIPT);
    project.environment.put("SECRET", "right");
    String text = "python manage.py collectstatic --noinput";
    project.spec =
        new BuildSpec(
            BuildSpec.Installer.NONE,
            List.of(),
            List.of(),
            null,
            true,
            new Command(text, List.of(text.split(" ")), false));
  }

  @AfterEach
  void clean() throws IOException {
    project.close();
  }

  @Test
  void gathersInTheReleaseAlone() throws IOException {
    Release release = project.build();
    assertThat(release.source().resolve("out/a.css")).hasContent("collected");
    assertThat(project.directory.resolve("out")).doesNotExist();
    assertThat(project.log).contains("collecting with right True");
    int lines = project.log.size();
    assertThat(project.build().id()).isEqualTo(release.id());
    assertThat(project.log).as("an unchanged project collects nothing").hasSize(lines);
  }

  @Test
  void aFailureNamesTheRemedyAndLeavesNoRelease() throws IOException {
    project.environment.put("SECRET", "wrong");
    assertThatThrownBy(project::build)
        .isInstanceOf(CloudException.class)
        .satisfies(thrown -> {
          CloudException failed = (CloudException) thrown;
          assertThat(failed.problem().code()).isEqualTo("collect-failed");
          assertThat(failed.problem().why()).contains("ImproperlyConfigured: SECRET is wrong");
          assertThat(failed.problem().remedy()).contains("DISABLE_COLLECTSTATIC");
        });
    try (var left = Files.list(project.state.resolve("apps/app/releases"))) {
      assertThat(left).isEmpty();
    }
  }
}
