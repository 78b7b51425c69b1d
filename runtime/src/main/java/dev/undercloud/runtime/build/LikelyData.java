package dev.undercloud.runtime.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SQLite files that the source names and that are not there yet, because the app makes them when it
 * first runs: {@code sqlite3.connect("app.db")}. Without a place for them the first start would
 * fail, the release being read-only, or lose what it wrote at the next deploy. A guess from string
 * literals; one too many is a link that nobody follows.
 */
final class LikelyData {
  /** A generated module can be larger; it names no database. */
  private static final long LARGEST_SOURCE = 512 * 1024;

  /** More than this are test data or a misunderstanding. */
  private static final int MOST = 16;

  private static final Pattern LITERAL =
      Pattern.compile(
          "[\"'](?:sqlite(?:\\+\\w+)?:///)?(?:\\./)?([\\w-]+(?:[./][\\w-]+)*\\.(?:db|db3|sqlite|sqlite3))[\"'?]");

  private static final Pattern TEST = Pattern.compile("(?:^|/)(?:tests?/|test_|conftest)");

  private LikelyData() {}

  /** Further entries for the snapshot at {@code source}, which was made of {@code entries}. */
  static List<Entry> find(Path source, List<Entry> entries) throws IOException {
    Set<String> taken = new HashSet<>();
    entries.forEach(entry -> taken.add(entry.path()));
    Set<String> named = new TreeSet<>();
    for (Entry entry : entries) {
      boolean code = entry.kind() == Entry.Kind.FILE && entry.path().endsWith(".py");
      if (code && entry.stat().size() <= LARGEST_SOURCE && !TEST.matcher(entry.path()).find()) {
        named(source, entry.path(), named);
      }
    }
    List<Entry> likely = new ArrayList<>();
    for (String path : named) {
      Entry entry = place(path, taken, entries);
      if (entry != null && likely.size() < MOST && taken.add(entry.path())) {
        likely.add(entry);
      }
    }
    return likely;
  }

  /** A relative name means the folder the app runs in or, joined to __file__, the module's own. */
  private static void named(Path source, String module, Set<String> named) throws IOException {
    Matcher literal = LITERAL.matcher(read(source.resolve(module)));
    int slash = module.lastIndexOf('/');
    while (literal.find()) {
      named.add(literal.group(1));
      if (slash > 0) {
        named.add(module.substring(0, slash + 1) + literal.group(1));
      }
    }
  }

  /** The file itself where its folder is there, else the folder that the app would make. */
  private static @Nullable Entry place(String path, Set<String> taken, List<Entry> entries) {
    String[] names = path.split("/");
    StringBuilder here = new StringBuilder();
    for (int i = 0; i < names.length; i++) {
      here.append(i == 0 ? "" : "/").append(names[i]);
      String prefix = here.toString();
      if (!taken.contains(prefix)) {
        Entry.Kind kind = i == names.length - 1 ? Entry.Kind.LIKELY_FILE : Entry.Kind.LIKELY_FOLDER;
        return new Entry(kind, prefix, "", false, Entry.Stat.NONE);
      }
      boolean folder =
          entries.stream().anyMatch(e -> e.kind() == Entry.Kind.FOLDER && e.path().equals(prefix));
      if (!folder) {
        return null;
      }
    }
    return null;
  }

  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (UncheckedIOException unreadable) {
      throw unreadable.getCause();
    }
  }
}
