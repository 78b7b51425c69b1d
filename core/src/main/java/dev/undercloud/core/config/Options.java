package dev.undercloud.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds and removes options in the arguments of a program. */
final class Options {
  /** What is left, and what was taken out as it was written. */
  record Split(List<String> kept, List<String> taken) {}

  private Options() {}

  /**
   * Takes out every occurrence of options.
   *
   * @param valued options that take a value: {@code --bind X}, {@code --bind=X}, {@code -b X},
   *     {@code -bX}
   * @param flags options without one
   */
  static Split take(List<String> arguments, Set<String> valued, Set<String> flags) {
    List<String> kept = new ArrayList<>();
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      if (flags.contains(word)) {
        taken.add(word);
      } else if (valued.contains(word)) {
        boolean last = i + 1 == arguments.size();
        taken.add(last ? word : word + " " + arguments.get(i + 1));
        i++;
      } else if (valued.stream().anyMatch(option -> attached(word, option))) {
        taken.add(word);
      } else {
        kept.add(word);
      }
    }
    return new Split(List.copyOf(kept), List.copyOf(taken));
  }

  /** The last value given to one of the options; null where none is given. */
  static @Nullable String value(List<String> arguments, Set<String> options) {
    String found = null;
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      if (options.contains(word) && i + 1 < arguments.size()) {
        found = arguments.get(++i);
        continue;
      }
      for (String option : options) {
        if (attached(word, option)) {
          String value = word.substring(option.length());
          found = value.startsWith("=") ? value.substring(1) : value;
        }
      }
    }
    return found;
  }

  /** The first word that is neither an option nor the value of one of {@code valued}. */
  static @Nullable String positional(List<String> arguments, Set<String> valued) {
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      if (valued.contains(word)) {
        i++;
      } else if (!word.startsWith("-")) {
        return word;
      }
    }
    return null;
  }

  private static boolean attached(String word, String option) {
    boolean isLong = option.startsWith("--");
    return isLong
        ? word.startsWith(option + "=")
        : word.length() > 2 && word.startsWith(option) && !word.startsWith("--");
  }
}
