package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsName;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TSIGRecord;

/**
 * The signatures of one conversation (RFC 8945): a question's is checked, and each message of its
 * answer is signed, the first with the question's signature in it, the others with that of the one
 * before. One thread. Costs far more than a question without: who signs is trusted, and few.
 */
final class Signing {
  /** Null where the question's signature does not hold. */
  private final @Nullable TsigKey key;

  private final int error;
  private TSIGRecord last;
  private boolean first = true;

  private Signing(@Nullable TsigKey key, int error, TSIGRecord question) {
    this.key = key;
    this.error = error;
    last = question;
  }

  /**
   * Checks the signature of a question; null where it cannot be read.
   *
   * @param keys by their names; null: there is none
   */
  static @Nullable Signing of(byte[] in, int length, Function<DnsName, @Nullable TsigKey> keys) {
    byte[] octets = Arrays.copyOf(in, length);
    try {
      Message question = new Message(octets);
      TSIGRecord record = question.getTSIG();
      if (record == null) {
        return null;
      }
      TsigKey key = keys.apply(DnsName.fromWire(record.getName().toWire(), 0));
      if (key == null || !record.getAlgorithm().equals(TSIG.HMAC_SHA256)) {
        return new Signing(null, Rcode.BADKEY, record);
      }
      int verdict = key.tsig().verify(question, octets, null);
      // A clock that differs is told by a signature, so that it can be believed.
      boolean known = verdict == Rcode.NOERROR || verdict == Rcode.BADTIME;
      return new Signing(known ? key : null, verdict, record);
    } catch (IOException | IllegalArgumentException broken) {
      return null;
    }
  }

  /** Whether the question is from somebody who has {@link #key}. */
  boolean holds() {
    return error == Rcode.NOERROR;
  }

  /** Whether it holds, and by that very key. */
  boolean isBy(TsigKey other) {
    return holds() && key != null && key.name().equals(other.name());
  }

  /** Octets that a signature takes at most. */
  int room() {
    return key == null ? 0 : key.tsig().recordLength();
  }

  /** Adds a signature to the {@code length} octets in {@code out}; their number then. */
  int sign(byte[] out, int length) {
    byte[] message = Arrays.copyOf(out, length);
    TSIGRecord record =
        key == null
            ? refusal()
            : key.tsig().generate(new Message(Wire.u16(out, 0)), message, error, last, first);
    last = record;
    first = false;
    byte[] wire = record.toWire(Section.ADDITIONAL);
    System.arraycopy(wire, 0, out, length, wire.length);
    Wire.u16(out, 10, Wire.u16(out, 10) + 1);
    return length + wire.length;
  }

  /** Without a key there is nothing to sign with (RFC 8945, 5.3.2). */
  private TSIGRecord refusal() {
    return new TSIGRecord(
        last.getName(),
        DClass.ANY,
        0,
        last.getAlgorithm(),
        Instant.EPOCH,
        Duration.ZERO,
        new byte[0],
        last.getOriginalID(),
        error,
        new byte[0]);
  }
}
