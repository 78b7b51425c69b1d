package dev.undercloud.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.config.PythonScan.Place;
import dev.undercloud.core.model.BuildSpec.Installer;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.unit.Durations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Web commands as people write them, and what runs: no Python is asked. */
class WebCommandTest {
  private static final List<String> INSTALLED =
      List.of("gunicorn", "uvicorn", "hypercorn", "waitress", "daphne", "granian", "flask");

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '§',
      value = {
        "gunicorn app:app → gunicorn app:app --bind unix:$SOCKET --keep-alive 75 → 74s",
        "gunicorn -b0.0.0.0:80 app:app → gunicorn app:app --bind unix:$SOCKET --keep-alive 75 → 74s",
        "gunicorn app:app --bind=:$PORT → gunicorn app:app --bind unix:$SOCKET --keep-alive 75 → 74s",
        "gunicorn a -b :1 -b :2 → gunicorn a --bind unix:$SOCKET --keep-alive 75 → 74s",
        "gunicorn a --keep-alive 5 → gunicorn a --keep-alive 5 --bind unix:$SOCKET → 4s",
        "gunicorn a --keep-alive 0 → gunicorn a --keep-alive 0 --bind unix:$SOCKET → 100ms",
        "gunicorn a --bind unix:$SOCKET → gunicorn a --bind unix:$SOCKET --keep-alive 75 → 74s",
        "gunicorn a -p pid --daemon → gunicorn a -p pid --bind unix:$SOCKET --keep-alive 75 → 74s",
        "exec gunicorn a → gunicorn a --bind unix:$SOCKET --keep-alive 75 → 74s",
        "poetry run gunicorn a → gunicorn a --bind unix:$SOCKET --keep-alive 75 → 74s",
        "pipenv run gunicorn a → gunicorn a --bind unix:$SOCKET --keep-alive 75 → 74s",
        "uv run gunicorn a → gunicorn a --bind unix:$SOCKET --keep-alive 75 → 74s",
        "uv run --with b --no-sync -- gunicorn a → gunicorn a --bind unix:$SOCKET --keep-alive 75 → 74s",
        "uv run -m gunicorn a → python -m gunicorn a --bind unix:$SOCKET --keep-alive 75 → 74s",
        "env A=1 B=2 gunicorn a → gunicorn a --bind unix:$SOCKET --keep-alive 75 → 74s",
        ".venv/bin/gunicorn a → gunicorn a --bind unix:$SOCKET --keep-alive 75 → 74s",
        "venv/bin/python -m gunicorn a → python -m gunicorn a --bind unix:$SOCKET --keep-alive 75 → 74s",
        "ddtrace-run gunicorn a → ddtrace-run gunicorn a --bind unix:$SOCKET --keep-alive 75 → 74s",
        "python3.12 -u -m uvicorn m:a --host 0.0.0.0 --port 80 → python3.12 -u -m uvicorn m:a --uds $SOCKET --timeout-keep-alive 75 → 74s",
        "uvicorn m:a --timeout-keep-alive=10 → uvicorn m:a --timeout-keep-alive=10 --uds $SOCKET → 9s",
        "hypercorn m:a -b :80 --keep-alive 20 → hypercorn m:a --keep-alive 20 --bind unix:$SOCKET → 19s",
        "waitress-serve --listen=*:80 a:b → waitress-serve --unix-socket=$SOCKET --trusted-proxy=* --trusted-proxy-headers=x-forwarded-for x-forwarded-proto x-forwarded-host a:b → 74s",
        "waitress-serve --listen *:80 a:b → waitress-serve --unix-socket=$SOCKET --trusted-proxy=* --trusted-proxy-headers=x-forwarded-for x-forwarded-proto x-forwarded-host a:b → 74s",
        "waitress-serve --trusted-proxy=1.2.3.4 a:b → waitress-serve --unix-socket=$SOCKET --trusted-proxy=1.2.3.4 a:b → 74s",
        "daphne -p $PORT -b 0.0.0.0 c.asgi:app → daphne c.asgi:app -u $SOCKET --proxy-headers → 1s",
        "granian --interface asgi m:a --port 80 → granian --interface asgi m:a --host 127.0.0.1 --port $PORT → 1s",
        "python manage.py migrate && gunicorn a → python manage.py migrate && exec gunicorn a --bind \"unix:$SOCKET\" --keep-alive 75 → 74s",
        "cd web && gunicorn a -b :1 → cd web && exec gunicorn a --bind \"unix:$SOCKET\" --keep-alive 75 → 74s",
        "flask --app hello run → gunicorn hello:app --bind unix:$SOCKET --workers 1 --threads 8 --keep-alive 75 → 74s",
        "FLASK_APP=src/web.py flask run → gunicorn web:app --bind unix:$SOCKET --pythonpath src --workers 1 --threads 8 --keep-alive 75 → 74s",
        "python -m flask -A \"pkg.web:make('x')\" run → gunicorn pkg.web:make('x') --bind unix:$SOCKET --workers 1 --threads 8 --keep-alive 75 → 74s",
        "fastapi run m.py → uvicorn m:app --uds $SOCKET --timeout-keep-alive 75 → 74s",
        "fastapi dev m.py --app api → uvicorn m:api --uds $SOCKET --timeout-keep-alive 75 → 74s",
        "./serve $PORT → ./serve $PORT → 1s",
        "uwsgi --http :$PORT -w a → uwsgi --http :$PORT -w a → 1s",
      })
  void runs(String written, String runs, String idle) {
    WebPlan plan = plan(written);
    String words =
        plan.command().shell()
            ? plan.command().words().get(2)
            : String.join(" ", plan.command().words());
    assertThat(words).isEqualTo(runs);
    assertThat(Durations.format(plan.upstreamIdle())).isEqualTo(idle);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '§',
      value = {
        "./serve --unix $SOCKET → UNIX",
        "./serve --unix \"${SOCKET}\" | tee log → UNIX",
        "gunicorn app:app → UNIX",
        "gunicorn app:app > log → TCP",
        "gunicorn $UNKNOWN_ARGS app:app → TCP",
        "./serve → TCP",
        "node server.js --port ${PORT} → TCP",
        "granian m:a → TCP",
      })
  void listens(String written, Listen where) {
    assertThat(plan(written).listen()).isEqualTo(where);
  }

  @ParameterizedTest
  @CsvSource({
    "python -m http.server 8000, 8000",
    "./serve --listen 0.0.0.0:8080, 8080",
    "./serve -p 3000, 3000",
    "node a.js --port=3000, 3000",
    "streamlit run a.py --server.port 8501, 8501"
  })
  void tellsOfAFixedPort(String written, String port) {
    assertThat(plan(written).warnings())
        .containsExactly(
            "Procfile:1 names the port "
                + port
                + ", which only one replica can have; write $PORT"
                + " in its place");
  }

  @Test
  void aFixedPortIsNotSeenWhereThereIsNone() {
    for (String harmless : List.of("./serve --workers 3000", "./serve 12:30", "./a --port $PORT")) {
      assertThat(plan(harmless).warnings()).isEmpty();
    }
  }

  @Test
  void aParenthesisNeedsQuotes() {
    WebPlan plan = plan("gunicorn app:create_app()");
    assertThat(plan.command().shell()).isTrue();
    assertThat(plan.why()).contains("a shell runs it, for it has a subshell");
  }

  @Test
  void saysThatTheDevelopmentServerIsReplaced() {
    WebPlan plan = plan("flask run --port $PORT --app a");
    assertThat(plan.what()).isEqualTo("gunicorn in place of the development server `flask run`");
    assertThat(plan("uvicorn a:b --reload").what())
        .isEqualTo("uvicorn in place of the development server `uvicorn --reload`");
  }

  @Test
  void keepsTheVariablesOfTheCommand() {
    assertThat(plan("A=1 env B=2 gunicorn a").environment())
        .containsOnly(
            Map.entry("A", "1"), Map.entry("B", "2"), Map.entry("FORWARDED_ALLOW_IPS", "*"));
    assertThat(plan("FORWARDED_ALLOW_IPS=10.0.0.1 gunicorn a").environment())
        .containsOnly(Map.entry("FORWARDED_ALLOW_IPS", "10.0.0.1"));
  }

  @Test
  void migrationsBelongToTheRelease() {
    assertThat(plan("python manage.py migrate && gunicorn a").warnings())
        .singleElement()
        .asString()
        .contains("a line \"release: python manage.py migrate\" in the Procfile");
  }

  private static WebPlan plan(String written) {
    Map<String, Place> names = new LinkedHashMap<>();
    INSTALLED.forEach(name -> names.put(name, new Place("requirements.txt", 1)));
    Dependencies dependencies =
        new Dependencies(
            Installer.REQUIREMENTS, List.of("requirements.txt"), List.of(), names, true);
    Facts facts = new Facts(dependencies, PythonScan.unavailable("none"), Map.of());
    return new WebCommand(facts)
        .written(new Sourced<>(written, "Procfile", 1, "Procfile names it"));
  }
}
