package dev.undercloud.app.home;

import dev.undercloud.core.error.CloudException;
import java.io.IOException;
import java.nio.channels.FileChannel;
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
    Path file = state.root().resolve("ports.lock");
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

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException goneAnyway) {
      // The descriptor is closed; the lock went with it.
    }
  }
}
