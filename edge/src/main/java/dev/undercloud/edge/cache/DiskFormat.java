package dev.undercloud.edge.cache;

import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.cache.Freshness.By;
import dev.undercloud.edge.cache.Freshness.Lifetime;
import dev.undercloud.edge.http1.HeadLimits;
import dev.undercloud.edge.http1.Octets;
import dev.undercloud.edge.http1.ResponseHead;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A stored response as bytes of a file: a label that finds it, with its checksum, then head and
 * body, with theirs. What does not add up is no response.
 */
final class DiskFormat {
  /** Changes with the format: older files are dropped. */
  private static final int MAGIC = 0x55434332;

  /** Longer labels are not believed. */
  private static final int MOST_LABEL = 64 << 10;

  /** Bytes before the label. */
  static final int PREFIX = 12;

  /**
   * What is known of a file without its response.
   *
   * @param until seconds since 1970 after which it is of no use
   */
  record Label(Key key, Variation variation, Set<String> tags, long received, long until) {}

  private DiskFormat() {}

  static byte[] write(Entry entry) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) entry.weight());
      byte[] label = label(entry);
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeInt(MAGIC);
      out.writeInt(label.length);
      out.writeInt(checksum(label, 0, label.length));
      out.write(label);
      int from = bytes.size();
      out.writeInt(entry.initialAge);
      out.writeInt(entry.lifetime.seconds());
      out.writeByte(entry.lifetime.by().ordinal());
      out.writeInt(entry.staleWhileRevalidate);
      out.writeInt(entry.saysIfError ? entry.staleIfError : Directives.ABSENT);
      out.writeInt(entry.head.length);
      out.write(entry.head);
      out.writeInt((int) entry.length);
      for (byte[] piece : entry.body) {
        out.write(piece);
      }
      byte[] all = bytes.toByteArray();
      out.writeInt(checksum(all, from, all.length));
      return bytes.toByteArray();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static byte[] label(Entry entry) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    byte[] key = entry.key.written();
    out.writeInt(key.length);
    out.write(key);
    out.writeInt(entry.key.pathAt());
    out.writeInt(entry.variation.names.length);
    for (int i = 0; i < entry.variation.names.length; i++) {
      text(out, entry.variation.names[i]);
      String value = entry.variation.values[i];
      out.writeBoolean(value != null);
      text(out, value == null ? "" : value);
    }
    out.writeInt(entry.tags.size());
    for (String tag : entry.tags) {
      text(out, tag);
    }
    out.writeLong(entry.received);
    out.writeLong(entry.usefulUntil());
    return bytes.toByteArray();
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /** The length of the label that a file begins with; -1 where it is none of ours. */
  static int labelLength(byte[] prefix) {
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(prefix));
      boolean ours = in.readInt() == MAGIC;
      int length = in.readInt();
      return ours && length > 0 && length <= MOST_LABEL ? length : -1;
    } catch (IOException tooShort) {
      return -1;
    }
  }

  /** The label in the first bytes of a file; null where they are damaged. */
  static @Nullable Label label(byte[] file, long seed) {
    int length = labelLength(file);
    if (length < 0 || file.length < PREFIX + length) {
      return null;
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(file))) {
      in.skipNBytes(8);
      if (in.readInt() != checksum(file, PREFIX, PREFIX + length)) {
        return null;
      }
      byte[] key = bytes(in);
      int pathAt = in.readInt();
      int count = in.readInt();
      String[] names = new String[Math.min(count, Facts.MOST_VARY)];
      @Nullable String[] values = new @Nullable String[names.length];
      for (int i = 0; i < names.length; i++) {
        names[i] = text(in);
        boolean is = in.readBoolean();
        String value = text(in);
        values[i] = is ? value : null;
      }
      Set<String> tags = new LinkedHashSet<>();
      for (int left = in.readInt(); left > 0; left--) {
        tags.add(text(in));
      }
      return new Label(
          Key.read(key, pathAt, seed),
          new Variation(names, values),
          tags,
          in.readLong(),
          in.readLong());
    } catch (IOException | IllegalArgumentException damaged) {
      return null;
    }
  }

  /** The response in a file; null where it is damaged. */
  static @Nullable Entry read(byte[] file, Clock clock, long seed) {
    Label label = label(file, seed);
    if (label == null) {
      return null;
    }
    int from = PREFIX + labelLength(file);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(file))) {
      in.skipNBytes(from);
      int initialAge = in.readInt();
      int seconds = in.readInt();
      By by = By.values()[Math.floorMod(in.readByte(), By.values().length)];
      int staleWhileRevalidate = in.readInt();
      int staleIfError = in.readInt();
      byte[] head = bytes(in);
      byte[] body = bytes(in);
      int end = file.length - in.available();
      if (in.readInt() != checksum(file, from, end) || in.available() > 0) {
        return null;
      }
      Facts facts = facts(head);
      if (facts == null) {
        return null;
      }
      long since = Math.max(0, clock.now().getEpochSecond() - label.received());
      return new Entry(
          new Made(
              label.key(),
              label.variation(),
              facts,
              head,
              body.length == 0 ? new byte[0][] : new byte[][] {body},
              body.length,
              clock.nanos() - since * 1_000_000_000,
              label.received(),
              initialAge,
              new Lifetime(seconds, by),
              staleWhileRevalidate,
              staleIfError,
              label.tags()));
    } catch (IOException damaged) {
      return null;
    }
  }

  private static @Nullable Facts facts(byte[] head) {
    byte[] whole = Arrays.copyOf(head, head.length + 2);
    Octets.put(new byte[] {'\r', '\n'}, whole, head.length);
    ResponseHead parsed = new ResponseHead(HeadLimits.DEFAULT);
    if (parsed.parse(whole, 0, whole.length, true) != whole.length) {
      return null;
    }
    Facts facts = new Facts();
    facts.read(parsed, whole);
    return facts;
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("a length that cannot be");
    }
    return in.readNBytes(length);
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(bytes(in), java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private static int checksum(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }
}
