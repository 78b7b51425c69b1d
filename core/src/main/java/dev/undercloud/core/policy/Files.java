package dev.undercloud.core.policy;

import java.nio.file.Path;

/**
 * Files served by the edge.
 *
 * @param folder absolute; nothing outside it is ever served, not through links either
 * @param prefix of the request's path that stands for the folder: {@code /static/}
 */
public record Files(Path folder, String prefix) {
  public Files {
    if (!folder.isAbsolute() || !prefix.startsWith("/") || !prefix.endsWith("/")) {
      throw new IllegalArgumentException("files need an absolute folder and a prefix in slashes");
    }
  }
}
