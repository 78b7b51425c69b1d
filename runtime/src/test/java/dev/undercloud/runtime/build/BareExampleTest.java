package dev.undercloud.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.model.BuildSpec;
import dev.undercloud.core.model.BuildSpec.Installer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** examples/bare, built without a package index and served by what the release holds. */
@Timeout(120)
class BareExampleTest {
  @TempDir Path root;
  @AutoClose Project project;

  @Test
  void itIsBuiltAndServedWithoutAnyPackage() throws Exception {
    project = new Project(root);
    Trees.copy(Path.of("../examples/bare"), project.directory);
    project.spec = new BuildSpec(Installer.NONE, List.of(), List.of(), null, true);
    project.host.put("PIP_FIND_LINKS", "/nonexistent");
    Release release = project.build();
    try (WsgiServer server = new WsgiServer(release.source(), release.variables(), "app:app")) {
      server.awaitLine("undercloud_wsgi: serving app:app");
      String page = server.ask("GET / HTTP/1.1\nHost: x\nX-Request-Id: r-1\n\n").body();
      assertThat(page).contains("<h1>", "r-1", "/style.css").doesNotContain("{{");
      assertThat(server.ask("GET /style.css HTTP/1.1\nHost: x\n\n").headers())
          .containsEntry("content-type", "text/css; charset=utf-8");
      assertThat(server.ask("GET /healthz HTTP/1.1\nHost: x\n\n").body()).isEqualTo("ok\n");
      assertThat(server.ask("POST /echo?a=1 HTTP/1.1\nHost: x\nContent-Length: 5\n\nhello").body())
          .contains("\"body\": \"hello\"", "\"method\": \"POST\"");
      assertThat(server.ask("GET /slow?s=0.1 HTTP/1.1\nHost: x\n\n").body())
          .startsWith("that took 0.1");
      assertThat(server.ask("GET /slow?s=nan HTTP/1.1\nHost: x\n\n").status()).isEqualTo(400);
      assertThat(server.ask("GET /nowhere HTTP/1.1\nHost: x\n\n").status()).isEqualTo(404);
      server.awaitLine("\"request_id\": \"r-1\"");
    }
  }
}
