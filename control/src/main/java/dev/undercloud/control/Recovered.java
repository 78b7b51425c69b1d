package dev.undercloud.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a controller found when it started.
 *
 * @param release what is to run; null where nothing is
 * @param adopted replicas of an earlier process that live on
 * @param lost replicas that had ended meanwhile; they will be started again
 * @param ended ids of what had no place any more
 * @param rolledBack the release of a deploy that had not reached its switch; null for none
 */
public record Recovered(
    @Nullable String release,
    List<String> adopted,
    List<String> lost,
    List<String> ended,
    @Nullable String rolledBack) {
  public Recovered {
    adopted = List.copyOf(adopted);
    lost = List.copyOf(lost);
    ended = List.copyOf(ended);
  }

  /** Whether there was anything to recover. */
  public boolean isEmpty() {
    return adopted.isEmpty() && lost.isEmpty() && ended.isEmpty() && rolledBack == null;
  }

  /** For people; empty where nothing was found. */
  public String sentence() {
    if (isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder("An earlier run did not end by itself: ");
    out.append(adopted.isEmpty() ? "adopted no replica" : "adopted " + String.join(", ", adopted));
    if (!lost.isEmpty()) {
      out.append("; ").append(String.join(", ", lost)).append(" had ended");
    }
    if (!ended.isEmpty()) {
      out.append("; ended ").append(ended.size()).append(" left over");
    }
    if (rolledBack != null) {
      out.append("; rolled back the unfinished deploy of release ").append(rolledBack);
    }
    return out.toString();
  }
}
