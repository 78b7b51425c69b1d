package dev.undercloud.core.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What Python sources hold, as far as their syntax tells. Paths are relative to the project.
 *
 * @param python the version of the interpreter that parsed them; null where there was none
 * @param unavailable why nothing could be read; null where it was
 * @param sources how many Python files there are
 * @param objects application objects, best first
 * @param django the Django project, or null
 * @param gunicorn constants of gunicorn settings files, by path
 * @param mains scripts that start a server by themselves, by path
 * @param streamlit a script of a framework that brings its own server, or null
 * @param statics folders whose files the best application object gives out as they are
 * @param troubles sources that could not be parsed
 * @param truncated why not everything was looked at; null where it was
 */
public record PythonScan(
    @Nullable String python,
    @Nullable String unavailable,
    int sources,
    List<AppObject> objects,
    @Nullable Django django,
    Map<String, Map<String, Constant>> gunicorn,
    Map<String, Main> mains,
    @Nullable Place streamlit,
    List<StaticFolder> statics,
    List<Trouble> troubles,
    @Nullable String truncated) {

  public PythonScan {
    objects = List.copyOf(objects);
    gunicorn = Collections.unmodifiableMap(new LinkedHashMap<>(gunicorn));
    mains = Collections.unmodifiableMap(new LinkedHashMap<>(mains));
    statics = List.copyOf(statics);
    troubles = List.copyOf(troubles);
  }

  /** Nothing could be read, for {@code reason}. */
  public static PythonScan unavailable(String reason) {
    return new PythonScan(
        null, reason, 0, List.of(), null, Map.of(), Map.of(), null, List.of(), List.of(), null);
  }

  /** The best object that a WSGI or ASGI server can run. */
  Optional<AppObject> best() {
    return objects.stream().filter(AppObject::servable).findFirst();
  }

  /** How an application object is called. */
  public enum Interface {
    WSGI,
    ASGI,
    /** By a server of the framework's own. */
    OTHER
  }

  /** A line of a file. */
  public record Place(String file, int line) {
    @Override
    public String toString() {
      return line > 0 ? file + ":" + line : file;
    }
  }

  /** A source that could not be parsed. */
  public record Trouble(Place place, String reason) {}

  /**
   * @param module dotted, from {@code root}
   * @param root folder to be on the module path, relative; empty for the project itself
   * @param expression {@code app} or {@code create_app()}
   * @param framework {@code Flask}; null for a plain callable
   */
  public record AppObject(
      String module,
      String root,
      Place place,
      String expression,
      Interface kind,
      @Nullable String framework,
      boolean factory) {

    boolean servable() {
      return kind != Interface.OTHER;
    }

    /** As servers take it: {@code app:create_app()}. */
    String reference() {
      return module + ":" + expression;
    }
  }

  /**
   * A folder whose files are given out as they are.
   *
   * @param prefix of the request's path, in slashes: {@code /static/}
   * @param folder relative, perhaps not there yet
   * @param index whether a folder is answered with its index.html
   * @param why what the source says at that place: {@code mounts them}
   */
  public record StaticFolder(
      String prefix, String folder, boolean index, Place place, String why) {}

  /**
   * A setting in a source.
   *
   * @param value a String, Number, Boolean or List of them; null where it is computed
   */
  public record Constant(@Nullable Object value, Place place) {}

  /**
   * A script that starts a server by itself.
   *
   * @param call {@code app.run()}
   * @param server {@code flask}, {@code uvicorn}, {@code waitress}, {@code werkzeug}, …
   * @param reference {@code module:name} of what it serves; null where that cannot be told
   * @param port its literal port; null where there is none
   * @param guarded whether it does so as the main program only; else importing it starts the server
   * @param more whether its main block does other things, too
   */
  public record Main(
      Place place,
      String call,
      String server,
      @Nullable String reference,
      @Nullable Integer port,
      boolean guarded,
      boolean more) {}

  /**
   * A Django project.
   *
   * @param manage manage.py and the line that names the settings
   * @param root the folder of manage.py, empty for the project itself
   * @param settings dotted name of the settings that are served
   * @param manageSettings dotted name of the settings that manage.py uses
   * @param settingsFile null where it is not in the project
   * @param migrations a folder of migrations, or null
   * @param contrib whether django.contrib apps, which bring migrations, are installed
   * @param staticApp whether django.contrib.staticfiles is installed
   * @param whitenoise whether WhiteNoise serves the static files
   * @param finders whether WhiteNoise is told to do so without collectstatic
   * @param collected STATIC_ROOT within the project, and where its files are found; or null
   */
  public record Django(
      Place manage,
      String root,
      String settings,
      String manageSettings,
      @Nullable String settingsFile,
      @Nullable String wsgiFile,
      @Nullable String asgiFile,
      @Nullable Constant allowedHosts,
      @Nullable Constant debug,
      @Nullable Constant staticRoot,
      @Nullable Constant wsgiApplication,
      @Nullable Constant asgiApplication,
      @Nullable String migrations,
      boolean contrib,
      boolean staticApp,
      boolean whitenoise,
      boolean finders,
      @Nullable StaticFolder collected) {}
}
