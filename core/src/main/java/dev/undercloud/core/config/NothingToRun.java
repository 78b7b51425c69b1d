package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.AppObject;
import dev.undercloud.core.config.PythonScan.Main;
import dev.undercloud.core.config.PythonScan.Place;
import java.util.Map;

/** Says what was looked for, and which line the user could write. */
final class NothingToRun {
  private NothingToRun() {}

  static void explain(Project project, Errors errors) {
    PythonScan scan = project.scan();
    String seen =
        scan.unavailable() != null
            ? "and the Python sources were not read: " + scan.unavailable()
            : "and none of the "
                + scan.sources()
                + " Python sources has a WSGI or ASGI object (app, application, create_app())"
                + troubles(scan);
    errors.add(
        Procfile.FILE,
        0,
        "web",
        "nothing to run: no Procfile or [processes] names a web process, "
            + seen
            + ". Write a file named Procfile with the line \""
            + line(scan)
            + "\"");
  }

  private static String troubles(PythonScan scan) {
    return scan.troubles().isEmpty()
        ? ""
        : " ("
            + scan.troubles().getFirst().place()
            + " could not be parsed: "
            + scan.troubles().getFirst().reason()
            + ")";
  }

  /** The line that fits what is there best. */
  private static String line(PythonScan scan) {
    Place streamlit = scan.streamlit();
    if (streamlit != null) {
      return "web: streamlit run "
          + streamlit.file()
          + " --server.port $PORT --server.headless true";
    }
    for (Map.Entry<String, Main> main : scan.mains().entrySet()) {
      return "web: python " + main.getKey();
    }
    for (AppObject object : scan.objects()) {
      return "web: python " + object.place().file();
    }
    return "web: gunicorn module:app";
  }
}
