package dev.undercloud.runtime.build;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The environment that installers and interpreters are run with. */
final class BuildVariables {
  /** What would send an installer somewhere else than into our environment. */
  private static final Set<String> MISLEADING =
      Set.of(
          "VIRTUAL_ENV",
          "PIP_TARGET",
          "PIP_PREFIX",
          "PIP_ROOT",
          "PIP_USER",
          "PIP_PYTHON",
          "PIP_REQUIRE_VIRTUALENV",
          "PIP_REQUIREMENT",
          "PIP_EDITABLE",
          "PIP_SRC",
          "PIP_LOG",
          "PIP_QUIET",
          "UV_PYTHON",
          "UV_PROJECT_ENVIRONMENT",
          "UV_SYSTEM_PYTHON",
          "CONDA_PREFIX",
          "PYENV_VERSION");

  /** pip's settings that uv reads under another name: who has set up one has set up both. */
  private static final Map<String, String> PIP_AS_UV =
      Map.of(
          "PIP_INDEX_URL", "UV_DEFAULT_INDEX",
          "PIP_EXTRA_INDEX_URL", "UV_INDEX",
          "PIP_FIND_LINKS", "UV_FIND_LINKS",
          "PIP_NO_INDEX", "UV_NO_INDEX",
          "PIP_CERT", "SSL_CERT_FILE",
          "PIP_CONSTRAINT", "UV_CONSTRAINT");

  private BuildVariables() {}

  /** {@code host} without what changes how a Python starts or where an installer writes. */
  static Map<String, String> withoutPython(Map<String, String> host) {
    Map<String, String> clean = new HashMap<>(host);
    clean.keySet().removeIf(name -> name.startsWith("PYTHON") || MISLEADING.contains(name));
    return clean;
  }

  /**
   * What a build runs with: the host's proxies, certificates, indexes and caches pass through;
   * nothing asks questions, draws progress bars or colours.
   */
  static Map<String, String> forBuild(Map<String, String> host) {
    Map<String, String> build = withoutPython(host);
    PIP_AS_UV.forEach((pip, uv) -> {
      String value = build.get(pip);
      if (value != null && !value.isBlank()) {
        build.putIfAbsent(uv, value);
      }
    });
    build.put("PIP_NO_INPUT", "1");
    build.put("PIP_NO_COLOR", "1");
    build.put("PIP_PROGRESS_BAR", "off");
    build.put("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    build.put("PIP_ROOT_USER_ACTION", "ignore");
    build.put("PIP_NO_WARN_SCRIPT_LOCATION", "1");
    // Five retries, pip's default, make a machine without network wait a minute for nothing.
    build.putIfAbsent("PIP_RETRIES", "2");
    // Without a retry pip does not say that the index could not be reached.
    build.replace("PIP_RETRIES", "0", "1");
    build.putIfAbsent("UV_HTTP_RETRIES", "1");
    build.put("UV_NO_PROGRESS", "1");
    build.put("UV_COMPILE_BYTECODE", "1");
    build.put("NO_COLOR", "1");
    build.put("PYTHONUNBUFFERED", "1");
    build.putIfAbsent("LC_ALL", "C.UTF-8");
    return build;
  }
}
