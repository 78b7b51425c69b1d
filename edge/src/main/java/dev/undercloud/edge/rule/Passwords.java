package dev.undercloud.edge.rule;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.edge.net.ClientAddress;
import dev.undercloud.edge.rule.AccessGate.Credentials;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Verifies passwords on threads of its own, a few at a time, and remembers the outcome for a
 * moment: a browser sends them with every request. Any thread; nothing here waits but those
 * threads.
 */
public final class Passwords {
  /** How long a password that was right stays so; one that was wrong as long, so it costs once. */
  private static final long REMEMBERED_NANOS = Duration.ofMinutes(5).toNanos();

  /** Outcomes kept; when it is full all are forgotten. */
  private static final int MOST_REMEMBERED = 4096;

  /** Verifications that wait for their turn; one takes a good part of a second. */
  private static final int MOST_WAITING = 16;

  /** What is remembered: never the password, only a keyed digest of it and its hash. */
  private record Outcome(boolean right, long until) {}

  /** What is known of credentials. */
  public enum Known {
    RIGHT,
    WRONG,
    UNKNOWN
  }

  /** New passwords that one address may try: enough for a person, for no dictionary. */
  private static final int TRIES_A_MINUTE = 20;

  /** What became of the wish to verify. */
  public enum Begun {
    YES,
    /** This address has tried too many. */
    TOO_MANY_TRIES,
    /** Too many wait already. */
    BUSY
  }

  private final Gcra tries =
      new Gcra(TRIES_A_MINUTE, Duration.ofMinutes(1), TRIES_A_MINUTE, Gcra.CLIENTS / 8);
  private final Hash hash;
  private final Map<ByteBuffer, Outcome> remembered = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Semaphore turns;
  private final byte[] key = new byte[32];

  /**
   * @param entropy unpredictable
   * @param cores of the machine, half of which may verify at once
   */
  public Passwords(Entropy entropy, int cores) {
    hash = new Hash(entropy.nextLong(), entropy.nextLong());
    turns = new Semaphore(Math.max(1, cores / 2), true);
    ByteBuffer.wrap(key)
        .putLong(entropy.nextLong())
        .putLong(entropy.nextLong())
        .putLong(entropy.nextLong())
        .putLong(entropy.nextLong());
  }

  /** What was found out about them in the last minutes. */
  public Known known(Credentials credentials, long now) {
    Outcome outcome = remembered.get(digest(credentials));
    if (outcome == null || outcome.until() - now < 0) {
      return Known.UNKNOWN;
    }
    return outcome.right() ? Known.RIGHT : Known.WRONG;
  }

  /**
   * Finds it out.
   *
   * @param now monotonic nanoseconds
   * @param done called when {@link #known} knows it, on a thread of this class
   * @return only with YES is {@code done} called
   */
  public Begun verify(Credentials credentials, ClientAddress client, long now, Runnable done) {
    Gcra.Reading reading = new Gcra.Reading();
    tries.take(hash.of(client.key()), now, reading);
    if (!reading.allowed) {
      return Begun.TOO_MANY_TRIES;
    }
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      return Begun.BUSY;
    }
    Thread.ofVirtual()
        .name("password")
        .start(() -> {
          turns.acquireUninterruptibly();
          try {
            boolean right =
                credentials.hash().verify(credentials.password()) && credentials.known();
            remember(credentials, right, now);
          } finally {
            turns.release();
            waiting.decrementAndGet();
            done.run();
          }
        });
    return Begun.YES;
  }

  private void remember(Credentials credentials, boolean right, long now) {
    if (remembered.size() >= MOST_REMEMBERED) {
      remembered.clear();
    }
    remembered.put(digest(credentials), new Outcome(right, now + REMEMBERED_NANOS));
  }

  private ByteBuffer digest(Credentials credentials) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(key);
      part(sha, credentials.hash().text());
      part(sha, credentials.user());
      part(sha, new String(credentials.password()));
      return ByteBuffer.wrap(sha.digest(key));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("this Java has no SHA-256", missing);
    }
  }

  /** With its length, so that two parts cannot be told as two others. */
  private static void part(MessageDigest sha, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sha.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
    sha.update(bytes);
  }
}
