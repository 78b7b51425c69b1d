package dev.undercloud.control.journal;

import dev.undercloud.core.model.AppSpec;
import dev.undercloud.runtime.build.Release;
import dev.undercloud.runtime.driver.Handle;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What survives the controller. Each call is durable when it returns. Safe for any thread.
 *
 * <p>Every method throws {@link dev.undercloud.core.error.CloudException} when the state cannot be
 * read or written (disk full, folder read-only); then nothing of the call has happened.
 */
public interface Journal extends AutoCloseable {
  Wish wish();

  void save(Wish wish);

  /** Adds a revision; its number is greater than any before. */
  Revision add(Release release, AppSpec spec, Instant created);

  Optional<Revision> revision(long number);

  /** Replaces the settings of a revision that needs no new replicas for them. */
  void update(long revision, AppSpec spec);

  /** Forgets revisions before {@code number} that no replica row names. */
  void forgetBefore(long number);

  /** Ids of the releases that any revision we remember is of. */
  Set<String> releases();

  List<ReplicaRow> replicas();

  /** Records the intent to start a replica, before it is started. */
  void intend(ReplicaRow row);

  void launched(Handle handle);

  /** Nothing is left of the replica. */
  void gone(String id);

  /** Whether the release command has run to its end for this release. */
  boolean releaseCommandDone(String release, String command);

  void releaseCommandIsDone(String release, String command, Instant when);

  Map<String, ScaleRow> scales();

  void scale(String process, ScaleRow row);

  /** Keeps the latest thousand. */
  void event(EventRow event);

  /** The latest, oldest first. */
  List<EventRow> events(int most);

  @Override
  void close();
}
