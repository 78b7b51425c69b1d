package dev.undercloud.edge.rule;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The path of a rule as bytes: whole, or with a {@code *} at its end the beginning of paths. */
final class PathPattern {
  private final byte[] plain;
  private final byte[] raw;
  private final boolean rest;

  PathPattern(String path) {
    rest = path.endsWith("*");
    String text = rest ? path.substring(0, path.length() - 1) : path;
    raw = text.getBytes(StandardCharsets.ISO_8859_1);
    PathForms forms = new PathForms(raw.length);
    boolean sound = raw.length > 0 && forms.read(raw, 0, raw.length) == null;
    plain =
        sound
            ? Arrays.copyOfRange(
                forms.bytes(PathForms.PLAIN),
                forms.at(PathForms.PLAIN),
                forms.at(PathForms.PLAIN) + forms.length(PathForms.PLAIN))
            : raw;
  }

  /** How much of the path the {@code *} does not stand for. */
  int fixedLength() {
    return plain.length;
  }

  boolean matches(PathForms paths, int form) {
    return matches(form == PathForms.RAW ? raw : plain, paths, form);
  }

  private boolean matches(byte[] wanted, PathForms paths, int form) {
    byte[] bytes = paths.bytes(form);
    int at = paths.at(form);
    int length = paths.length(form);
    if (rest ? length < wanted.length : length != wanted.length) {
      return false;
    }
    return Arrays.equals(wanted, 0, wanted.length, bytes, at, at + wanted.length);
  }

  /** Whether the path is the folder of {@code /folder/*} itself, which protection covers too. */
  boolean isFolder(PathForms paths, int form) {
    byte[] wanted = form == PathForms.RAW ? raw : plain;
    int length = wanted.length - 1;
    if (!rest || length < 1 || wanted[length] != '/' || paths.length(form) != length) {
      return false;
    }
    int at = paths.at(form);
    return Arrays.equals(wanted, 0, length, paths.bytes(form), at, at + length);
  }
}
