package dev.undercloud.edge.dns;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.zone.DnsName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import org.xbill.DNS.TSIG;

/**
 * A secret that two servers share to sign their messages with (RFC 8945), by HMAC-SHA256. Never
 * shown. Any thread.
 */
public final class TsigKey {
  private static final String ALGORITHM = "hmac-sha256";

  /** Octets: a shorter one can be guessed (RFC 8945, 8). */
  private static final int SHORTEST = 16;

  private static final int LONGEST_FILE = 4_096;

  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));

  private final DnsName name;
  private final byte[] secret;
  private final TSIG tsig;

  private TsigKey(DnsName name, byte[] secret) {
    this.name = name;
    this.secret = secret.clone();
    tsig = new TSIG(TSIG.HMAC_SHA256, RecordText.name(name), secret.clone());
  }

  /**
   * @throws IllegalArgumentException where the secret is under 16 octets
   */
  public static TsigKey of(DnsName name, byte[] secret) {
    if (secret.length < SHORTEST) {
      throw new IllegalArgumentException("a key has at least " + SHORTEST + " octets");
    }
    return new TsigKey(DnsName.fromWire(name.toLowerWire(), 0), secret);
  }

  /**
   * Reads a file with a line {@code hmac-sha256:NAME:BASE64}, as {@code dig -y} and {@code kdig -y}
   * take it; lines that begin with {@code #} are left out.
   *
   * @throws CloudException where it is no such file, or others may read it
   */
  public static TsigKey read(Path file) {
    try {
      if (Files.size(file) > LONGEST_FILE) {
        throw new IllegalArgumentException("it is too long for a key");
      }
      for (PosixFilePermission permission : Files.getPosixFilePermissions(file)) {
        if (OTHERS.contains(permission)) {
          throw new IllegalArgumentException("others than its owner may use it: chmod 600");
        }
      }
      return parse(Files.readString(file, StandardCharsets.US_ASCII));
    } catch (IOException | IllegalArgumentException wrong) {
      // The message of a decoder could hold a part of the secret: only ours are told.
      String why = wrong instanceof IOException ? wrong.toString() : wrong.getMessage();
      throw CloudException.user(
          "dns-key",
          "cannot use the key in " + file,
          String.valueOf(why),
          "It holds one line, hmac-sha256:NAME:BASE64, and is its owner's alone.");
    }
  }

  private static TsigKey parse(String text) {
    String line =
        text.lines()
            .map(String::strip)
            .filter(each -> !each.isEmpty() && !each.startsWith("#"))
            .reduce((one, other) -> "")
            .orElse("");
    String[] parts = line.split(":");
    if (parts.length != 3 || !parts[0].equalsIgnoreCase(ALGORITHM)) {
      throw new IllegalArgumentException(
          "it has no line " + ALGORITHM + ":NAME:BASE64, or several");
    }
    byte[] secret;
    try {
      secret = Base64.getDecoder().decode(parts[2]);
    } catch (IllegalArgumentException secretOrWorse) {
      throw new IllegalArgumentException("what follows the name is not Base64");
    }
    return of(DnsName.of(parts[1]), secret);
  }

  public DnsName name() {
    return name;
  }

  TSIG tsig() {
    return tsig;
  }

  /** The same name and the same secret. */
  @Override
  public boolean equals(Object other) {
    return other instanceof TsigKey key
        && name.equals(key.name)
        && MessageDigest.isEqual(secret, key.secret);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  /** Its name alone. */
  @Override
  public String toString() {
    return "key " + name;
  }
}
