package dev.undercloud.observe.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which day files go. */
final class Retention {
  private Retention() {}

  /** A file and what it takes. */
  record Sized(DayFile file, long bytes) {}

  static List<Sized> measure(Path directory) throws IOException {
    List<Sized> sized = new ArrayList<>();
    for (DayFile file : DayFile.in(directory)) {
      sized.add(new Sized(file, file.bytes(directory)));
    }
    return sized;
  }

  /**
   * The files to delete, oldest first: whole days beyond the age, then as many as bring the rest
   * under the budget. Never the one that is written.
   *
   * @param files oldest first
   * @param oldest the first day that is kept; null to keep all days
   */
  static List<DayFile> doomed(
      List<Sized> files, @Nullable DayFile writing, @Nullable LocalDate oldest, long budget) {
    List<DayFile> doomed = new ArrayList<>();
    long total = files.stream().mapToLong(Sized::bytes).sum();
    for (Sized sized : files) {
      boolean old = oldest != null && sized.file.day().isBefore(oldest);
      if (!sized.file.equals(writing) && (old || total > budget)) {
        doomed.add(sized.file);
        total -= sized.bytes;
      }
    }
    return doomed;
  }
}
