package dev.undercloud.core.policy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files served by the edge.
 *
 * @param folders absolute, looked into one after another; nothing outside of them is ever served,
 *     not through links either
 * @param prefix of the request's path that stands for the folders: {@code /static/}
 * @param index name of the file that a folder is answered with; null for none
 * @param orApp whether the app gets the request where there is no such file: such folders were
 *     found in the app's source, which each release has its own copy of; see {@link
 *     AppPolicy#inReleases}
 */
public record Files(List<Path> folders, String prefix, @Nullable String index, boolean orApp) {
  private static final String USUAL_INDEX = "index.html";
  private static final int NAME_BYTES = 255;

  public Files {
    folders = List.copyOf(folders);
    if (folders.isEmpty() || !folders.stream().allMatch(Path::isAbsolute)) {
      throw new IllegalArgumentException("files need absolute folders: " + folders);
    }
    if (!prefix.startsWith("/") || !prefix.endsWith("/")) {
      throw new IllegalArgumentException("files need a prefix in slashes: " + prefix);
    }
    if (index != null && !isName(index)) {
      throw new IllegalArgumentException("no name of a file that is served: " + index);
    }
  }

  /** Found in a source: what serves an index calls it so. */
  public Files(List<Path> folders, String prefix, boolean index, boolean orApp) {
    this(folders, prefix, index ? USUAL_INDEX : null, orApp);
  }

  /** Whether a file of that name, without folders, can be served at all. */
  public static boolean isName(String name) {
    return !name.isEmpty()
        && name.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES
        && name.charAt(0) != '.'
        && name.indexOf('/') < 0
        && name.indexOf('\0') < 0;
  }

  /** The files of one folder and nothing else. */
  public Files(Path folder, String prefix) {
    this(List.of(folder), prefix, null, false);
  }

  /** The one that is looked into first. */
  public Path folder() {
    return folders.getFirst();
  }

  /** The same folders of other copies of {@code source}, those of the first copy first. */
  Files in(Path source, List<Path> copies) {
    List<Path> there = new ArrayList<>();
    for (Path copy : copies) {
      folders.forEach(folder -> there.add(copy.resolve(source.relativize(folder))));
    }
    return new Files(there, prefix, index, orApp);
  }
}
