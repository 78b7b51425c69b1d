package dev.undercloud.app.home;

import dev.undercloud.core.error.CloudException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The right to run an app. The kernel takes it back when its holder dies, however it dies. */
public final class InstanceLock implements AutoCloseable {
  private final FileChannel channel;

  private InstanceLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Takes the lock, or says who has it. */
  public static InstanceLock take(AppHome home) {
    InstanceLock lock = tryTake(home.lock());
    if (lock == null) {
      String holder =
          Instance.read(home.instance())
              .map(i -> "process " + i.pid() + " serves " + i.directory())
              .orElse("another process holds " + home.lock());
      throw CloudException.user(
          "already-running",
          "this project is already up",
          holder,
          "Use `undercloud deploy` to publish a change, or `undercloud stop` to end it.");
    }
    return lock;
  }

  private static @Nullable InstanceLock tryTake(Path file) {
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() != null) {
          return new InstanceLock(channel);
        }
      } catch (OverlappingFileLockException heldHere) {
        // The same as held by another process.
      }
      channel.close();
      return null;
    } catch (IOException e) {
      throw CloudException.resource(
          "state-folder", "cannot lock " + file, e.toString(), "Check its permissions.");
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException goneAnyway) {
      // The descriptor is closed; the lock went with it.
    }
  }
}
