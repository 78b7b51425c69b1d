package dev.undercloud.edge.rule;

import dev.undercloud.core.policy.Maintenance;
import dev.undercloud.edge.net.ClientAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An app under maintenance. Immutable. */
public final class Closed {
  /** A page of maintenance that is larger is a mistake. */
  private static final long MOST_PAGE_BYTES = 1 << 20;

  private final List<PathPattern> except;
  private final Blocks exempt;

  /** HTML of the user's own; null for ours, or where theirs cannot be read. */
  public final @Nullable String page;

  public final int retryAfter;

  Closed(Maintenance maintenance) {
    except = maintenance.exceptPaths().stream().map(PathPattern::new).toList();
    exempt = new Blocks(maintenance.exceptAddresses());
    page = maintenance.page().map(Closed::read).orElse(null);
    retryAfter = (int) Math.clamp(maintenance.retryAfter().toSeconds(), 1, Integer.MAX_VALUE);
  }

  private static @Nullable String read(Path page) {
    try {
      return Files.size(page) > MOST_PAGE_BYTES ? null : Files.readString(page);
    } catch (IOException unreadable) {
      // The app is closed all the same, with our page.
      return null;
    }
  }

  /** Whether a request gets in all the same: its path is exempt in whatever way one reads it. */
  boolean admits(PathForms paths, ClientAddress client) {
    return exempt.contains(client)
        || isExempt(paths, PathForms.PLAIN)
            && (!paths.odd()
                || isExempt(paths, PathForms.DECODED) && isExempt(paths, PathForms.RAW));
  }

  private boolean isExempt(PathForms paths, int form) {
    for (int i = 0; i < except.size(); i++) {
      if (except.get(i).matches(paths, form)) {
        return true;
      }
    }
    return false;
  }
}
