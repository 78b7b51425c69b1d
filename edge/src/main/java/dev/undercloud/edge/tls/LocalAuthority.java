package dev.undercloud.edge.tls;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.file.DurableFile;
import dev.undercloud.core.time.Clock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The certificate authority of this machine's user, made on first use and kept in a folder: {@code
 * ca.pem}, {@code ca.key} (readable for its owner alone) and one file for each server certificate.
 * Several processes may share the folder. Any thread; blocks.
 */
public final class LocalAuthority {
  private static final Duration LIFE = Duration.ofDays(3652);

  /** Short enough that nobody has to revoke one, and below what browsers and macOS still accept. */
  private static final Duration LEAF_LIFE = Duration.ofDays(90);

  private final Path folder;
  private final Clock clock;
  private @Nullable Identity identity;

  private LocalAuthority(Path folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /** The authority of {@code folder}; nothing is read or made before it is needed. */
  public static LocalAuthority in(Path folder, Clock clock) {
    return new LocalAuthority(folder, clock);
  }

  /** Where its certificate is, once there is one. */
  public Path file() {
    return folder.resolve("ca.pem");
  }

  /** Its own certificate as PEM: what clients are to trust. Makes the authority where needed. */
  public String pem() {
    return Pem.text(List.of(certificate()));
  }

  /** Its own certificate. Makes the authority where needed. */
  public X509Certificate certificate() {
    return identity().certificate();
  }

  private synchronized Identity identity() {
    Identity known = identity;
    if (known == null || clock.now().isAfter(latestUse(known))) {
      known = locked();
      identity = known;
    }
    return known;
  }

  /** From then on a leaf would outlive its issuer. */
  private static Instant latestUse(Identity authority) {
    return authority.notAfter().minus(LEAF_LIFE);
  }

  /** One process makes it, the others find it. */
  private Identity locked() {
    try {
      DurableFile.privateFolder(folder);
      try (FileChannel lock =
          FileChannel.open(
              folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        synchronized (LocalAuthority.class) {
          var held = lock.lock();
          try {
            return read().orElseGet(this::make);
          } finally {
            held.release();
          }
        }
      }
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private Optional<Identity> read() {
    Path key = folder.resolve("ca.key");
    if (!Files.exists(file()) || !Files.exists(key)) {
      return Optional.empty();
    }
    Identity found = Pem.identity(file(), key);
    return clock.now().isAfter(latestUse(found)) ? Optional.empty() : Optional.of(found);
  }

  private Identity make() {
    String machine = System.getProperty("user.name", "this machine");
    Identity made =
        Certificates.authority("Undercloud local authority (" + machine + ")", clock.now(), LIFE);
    try {
      // The certificate last: where it is, its key is too.
      Files.deleteIfExists(file());
      DurableFile.write(folder.resolve("ca.key"), Pem.text(made.key()));
      DurableFile.write(file(), Pem.text(made.chain()));
    } catch (IOException e) {
      throw unusable(e);
    }
    return made;
  }

  /**
   * A certificate for these names, the kept one where it is good for a while.
   *
   * @param names host names and addresses, the first of which names the file
   */
  public Identity leaf(List<String> names) {
    Identity by = identity();
    Path file = folder.resolve("leafs").resolve(fileName(names));
    Identity kept = kept(file, by);
    if (kept != null && clock.now().isBefore(kept.renewAt())) {
      return kept;
    }
    Instant now = clock.now();
    Identity made = Certificates.server(by, names, now, now.plus(LEAF_LIFE));
    try {
      DurableFile.privateFolder(folder.resolve("leafs"));
      DurableFile.write(file, Pem.text(made.chain()) + Pem.text(made.key()));
    } catch (IOException e) {
      throw unusable(e);
    }
    return made;
  }

  /** What is on disk, unless it is damaged or of another authority. */
  private static @Nullable Identity kept(Path file, Identity by) {
    if (!Files.exists(file)) {
      return null;
    }
    try {
      Identity found = Pem.identity(file, file);
      found.certificate().verify(by.certificate().getPublicKey());
      return found;
    } catch (CloudException | GeneralSecurityException useless) {
      return null;
    }
  }

  /** Every list of names has a file of its own, whatever characters they have. */
  private static String fileName(List<String> names) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join(" ", names).getBytes(StandardCharsets.UTF_8));
      String readable = names.getFirst().replaceAll("[^a-z0-9.-]", "_");
      return readable.substring(0, Math.min(80, readable.length()))
          + "-"
          + HexFormat.of().formatHex(digest, 0, 6)
          + ".pem";
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private CloudException unusable(IOException e) {
    return CloudException.resource(
        "authority-folder",
        "the local certificate authority cannot be kept in " + folder,
        e.getClass().getSimpleName() + ": " + e.getMessage(),
        "Check the folder's permissions and the free space of its disk.");
  }
}
