package dev.undercloud.core.model;

import java.util.List;

/**
 * A command as it will be executed. Words may hold {@code $NAME} or <code>${NAME}</code>, replaced
 * from the replica's environment (PORT, SOCKET and the app's own) when it starts, without a shell.
 *
 * @param text as the user wrote it, for people
 * @param words program and arguments; for a {@link #shell} command exactly {@code sh -c text}
 * @param shell whether the text needs a shell (pipes, {@code &&}, redirection); such words are
 *     never replaced by us
 */
public record Command(String text, List<String> words, boolean shell) {
  public Command {
    words = List.copyOf(words);
    if (words.isEmpty() || words.getFirst().isBlank()) {
      throw new IllegalArgumentException("an empty command");
    }
  }
}
