package dev.undercloud.runtime.process;

import dev.undercloud.core.model.Listen;
import dev.undercloud.core.route.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gives replicas an address of their own to listen on. Any thread. */
final class Addresses {
  /** Tries to get a port of the kernel's that no other replica is about to take. */
  private static final int TRIES = 100;

  private static final String SOCKET = "http";

  private final int self = ProcStat.euid();
  private final String mark;
  private final Set<Integer> ports = new HashSet<>();

  Addresses(String mark) {
    this.mark = mark;
  }

  /**
   * An address, and the directory of its socket.
   *
   * @param directory null for a port, or none
   * @param elsewhere whether that directory is none of the replica's own files
   */
  record Place(@Nullable Address address, @Nullable Path directory, boolean elsewhere) {}

  /**
   * Decides where a replica listens; makes nothing.
   *
   * @param passable whether the replica's user can pass to the replica's own files
   */
  Place place(Listen listen, RunFiles files, String id, boolean passable) throws IOException {
    return switch (listen) {
      case NONE -> new Place(null, null, false);
      case TCP -> new Place(new Address.Tcp("127.0.0.1", port()), null, false);
      case UNIX -> {
        Path own = files.sockets();
        boolean fits =
            own.resolve(SOCKET).toString().getBytes(StandardCharsets.UTF_8).length
                <= Address.LONGEST_UNIX_PATH;
        Path directory = fits && passable ? own : shortBase().resolve(hash(mark + "/" + id));
        Address address = new Address.Unix(directory.resolve(SOCKET));
        yield new Place(address, directory, !directory.equals(own));
      }
    };
  }

  /** Makes the directory of a socket, for {@code user} and us alone. */
  void make(Place place, int user) throws IOException {
    Path directory = place.directory();
    if (directory == null) {
      return;
    }
    if (place.elsewhere()) {
      makeShortBase();
    }
    RunFiles.makePrivate(directory, false);
    Files.deleteIfExists(directory.resolve(SOCKET));
    RunFiles.own(directory, user);
  }

  /**
   * Removes a directory that {@link #make} made elsewhere, and the one above if it was the last.
   */
  static void removeElsewhere(Path directory) throws IOException {
    RunFiles.removeTree(directory);
    Path base = directory.getParent();
    if (base != null) {
      try {
        Files.deleteIfExists(base);
      } catch (DirectoryNotEmptyException others) {
        return;
      }
    }
  }

  private Path shortBase() {
    Path run = Path.of("/run");
    return self == 0 && Files.isWritable(run)
        ? run.resolve("undercloud")
        : Path.of("/tmp/undercloud-" + self);
  }

  /** A folder with a short path that belongs to us and that nobody else can write to. */
  private void makeShortBase() throws IOException {
    Path base = shortBase();
    if (!Files.exists(base, LinkOption.NOFOLLOW_LINKS)) {
      RunFiles.makePrivate(base, self == 0);
    }
    boolean safe =
        Files.isDirectory(base, LinkOption.NOFOLLOW_LINKS)
            && RunFiles.owner(base) == self
            && !Files.getPosixFilePermissions(base, LinkOption.NOFOLLOW_LINKS)
                .contains(PosixFilePermission.OTHERS_WRITE);
    if (!safe) {
      throw new IOException(base + " is not ours alone: remove it");
    }
  }

  /** 16 hexadecimal digits: short, and the same for the same text. */
  static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A port that is free now. Until {@link #release} we give it to nobody else; another program may
   * still take it before the replica does, which then fails to start and is started again.
   */
  private int port() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
        synchronized (ports) {
          if (ports.add(socket.getLocalPort())) {
            return socket.getLocalPort();
          }
        }
      }
    }
    throw new IOException("no free TCP port on 127.0.0.1");
  }

  void taken(@Nullable Address address) {
    if (address instanceof Address.Tcp tcp) {
      synchronized (ports) {
        ports.add(tcp.port());
      }
    }
  }

  void release(@Nullable Address address) {
    if (address instanceof Address.Tcp tcp) {
      synchronized (ports) {
        ports.remove(tcp.port());
      }
    }
  }
}
