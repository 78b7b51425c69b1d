package dev.undercloud.app.home;

import dev.undercloud.core.error.CloudException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The turn to choose ports and to listen on them: two projects that come up in the same moment
 * would else choose the same ones. The kernel takes it back when its holder dies.
 */
public final class PortsLock implements AutoCloseable {
  private final FileChannel channel;

  private PortsLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Waits for the turn; one at a time in a process. */
  public static PortsLock take(StateHome state) {
    Path file = folder(state).resolve("undercloud-ports.lock");
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.lock();
      return new PortsLock(channel);
    } catch (IOException e) {
      throw CloudException.resource(
          "state-folder", "cannot lock " + file, e.toString(), "Check its permissions.");
    }
  }

  /** Where all of this user's state folders meet, as far as there is such a place. */
  private static Path folder(StateHome state) {
    String own = System.getenv("XDG_RUNTIME_DIR");
    Path shared = Path.of(own == null || own.isEmpty() ? "/run" : own);
    return Files.isWritable(shared) ? shared : state.root();
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
