package dev.undercloud.runtime.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.config.CliOverrides;
import dev.undercloud.core.config.Resolution;
import dev.undercloud.core.config.Resolver;
import dev.undercloud.core.model.Listen;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples that a stranger tries first resolve to what they are, with nothing to warn of. */
class ExamplesResolutionTest {
  private final Resolver resolver = new Resolver(new ChildScanner(System.getenv("PATH")));

  @ParameterizedTest
  @Timeout(60)
  @CsvSource(
      delimiter = '|',
      value = {
        "articles | Flask app articles:app     | gunicorn | dependencies from requirements.txt",
        "fastapi  | FastAPI app main:app       | uvicorn  | dependencies from pyproject.toml",
        "django   | Django project toolshed    | gunicorn | dependencies from requirements.txt",
        "bare     | WSGI app app:app           | python   | no dependencies",
      })
  void resolves(String example, String app, String program, String needs) {
    Resolution found = resolver.resolve(Path.of("..", "examples", example), CliOverrides.NONE);
    assertThat(found.spec().name()).isEqualTo(example);
    assertThat(found.findings()).hasSize(example.equals("bare") ? 3 : 4);
    assertThat(found.findings().getFirst().what()).isEqualTo(app);
    assertThat(found.findings().get(2).what()).startsWith(needs);
    assertThat(found.spec().web().command().words().getFirst()).isEqualTo(program);
    assertThat(found.spec().web().listen()).isEqualTo(Listen.UNIX);
    assertThat(found.warnings()).isEmpty();
  }
}
