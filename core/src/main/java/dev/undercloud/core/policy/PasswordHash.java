package dev.undercloud.core.policy;

import dev.undercloud.core.id.Entropy;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password as it is kept: PBKDF2-HMAC-SHA-256 (RFC 8018), written {@code
 * pbkdf2-sha256$<iterations>$<salt>$<hash>}, salt and hash in Base64 without padding. Making and
 * verifying one takes a good part of a second of one core: never on an event loop.
 */
public record PasswordHash(int iterations, byte[] salt, byte[] hash) {
  /** What OWASP asks of this function in 2025. */
  private static final int ITERATIONS = 600_000;

  /** Fewer are no protection; more would let one line of a file hold a core for minutes. */
  private static final int FEWEST = 10_000;

  private static final int MOST = 10_000_000;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final Pattern FORM =
      Pattern.compile("pbkdf2-sha256\\$(\\d{1,8})\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{43})");

  public PasswordHash {
    salt = salt.clone();
    hash = hash.clone();
    if (iterations < FEWEST || iterations > MOST) {
      throw new IllegalArgumentException(
          "a password hash has from " + FEWEST + " to " + MOST + " iterations");
    }
  }

  /**
   * Reads the written form.
   *
   * @throws IllegalArgumentException when it is none; the message does not repeat it
   */
  public static PasswordHash parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "not a password hash; `undercloud config password` makes one");
    }
    Base64.Decoder base64 = Base64.getDecoder();
    return new PasswordHash(
        Integer.parseInt(form.group(1)),
        base64.decode(form.group(2)),
        base64.decode(form.group(3)));
  }

  /** A new one of {@code password}. */
  public static PasswordHash of(char[] password, Entropy entropy) {
    byte[] salt = new byte[SALT_BYTES];
    for (int i = 0; i < SALT_BYTES; i++) {
      salt[i] = (byte) entropy.nextLong();
    }
    return new PasswordHash(ITERATIONS, salt, derive(password, salt, ITERATIONS));
  }

  public boolean verify(char[] password) {
    return MessageDigest.isEqual(hash, derive(password, salt, iterations));
  }

  private static byte[] derive(char[] password, byte[] salt, int iterations) {
    PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, HASH_BYTES * 8);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("this Java has no PBKDF2", missing);
    } finally {
      spec.clearPassword();
    }
  }

  /** The written form. */
  public String text() {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "pbkdf2-sha256$%d$%s$%s"
        .formatted(iterations, base64.encodeToString(salt), base64.encodeToString(hash));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PasswordHash that && text().equals(that.text());
  }

  @Override
  public int hashCode() {
    return text().hashCode();
  }

  /** Without the hash: this may land in a log. */
  @Override
  public String toString() {
    return "pbkdf2-sha256$" + iterations + "$…";
  }
}
