package dev.undercloud.edge.cache;

import static dev.undercloud.edge.http1.Octets.ascii;
import static dev.undercloud.edge.http1.Octets.put;

import dev.undercloud.edge.compress.Coding;
import dev.undercloud.edge.http1.FieldSection;
import dev.undercloud.edge.http1.Octets;
import dev.undercloud.edge.reply.Source;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A stored response on its way to one client: whole, in part (RFC 9110, 14), or only the word that
 * the client has it already. One for each connection, reused. Its loop's thread only.
 */
public final class Reply implements Source {
  private static final byte[] NOT_MODIFIED = ascii("HTTP/1.1 304 Not Modified\r\n");
  private static final byte[] PARTIAL = ascii("HTTP/1.1 206 Partial Content\r\n");
  private static final byte[] UNSATISFIABLE =
      ascii("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */");
  private static final byte[] CONTENT_RANGE = ascii("Content-Range: bytes ");
  private static final byte[] CONTENT_LENGTH = ascii("Content-Length: ");
  private static final byte[] NO_LENGTH = ascii("Content-Length: 0\r\n");
  private static final byte[] AGE = ascii("Age: ");
  private static final byte[] STATUS = ascii("Cache-Status: undercloud; ");
  private static final byte[] TTL = ascii("; ttl=");
  private static final byte[] CRLF = ascii("\r\n");

  /** What a 304 has of the stored fields (RFC 9110, 15.4.5). */
  private static final Set<String> OF_NOT_MODIFIED =
      Set.of(
          "cache-control",
          "cdn-cache-control",
          "content-location",
          "date",
          "etag",
          "expires",
          "last-modified",
          "vary");

  private static final byte[][] NOTHING = {};

  private final ByteBufAllocator alloc;
  private @Nullable Entry entry;
  private byte[] stored = CRLF;
  private byte[][] body = NOTHING;
  private long length;
  private long now;
  private byte[] status = CRLF;
  private boolean notModified;
  private boolean plain;
  private @Nullable ByteRange range;

  /** What is stored, where that is a part of which {@link #range} is one. */
  private @Nullable Part cut;

  private int piece;
  private int offset;
  private long left;

  public Reply(ByteBufAllocator alloc) {
    this.alloc = alloc;
  }

  /**
   * Makes it the answer to a request.
   *
   * @param asked read from {@code fields}, which are of {@code in}
   * @param coding what the client gets where that is stored, too; null for the plain form
   * @param status what Cache-Status says behind the cache's name (RFC 9211)
   */
  public Reply of(
      Entry entry,
      Asked asked,
      FieldSection fields,
      byte[] in,
      @Nullable Coding coding,
      byte[] status,
      long now) {
    this.entry = entry;
    this.status = status;
    this.now = now;
    piece = offset = 0;
    notModified =
        (asked.ifNoneMatch || asked.ifModifiedSince)
            && Conditions.notModified(entry, asked, fields, in);
    range = null;
    plain = false;
    cut = null;
    Part part = entry.part;
    if (part != null && !notModified) {
      ByteRange wanted = ByteRange.parse(in, asked.rangeAt, asked.rangeEnd, part.total());
      if (wanted != null && part.has(wanted)) {
        stored = entry.head;
        body = entry.body;
        length = entry.length;
        cut = part;
        range = wanted;
        seek(new ByteRange(wanted.from() - part.from(), wanted.to() - part.from()));
        return this;
      }
    }
    if (asked.range && !notModified && entry.isWhole() && Conditions.rangeHolds(entry, asked, in)) {
      range = ByteRange.parse(in, asked.rangeAt, asked.rangeEnd, entry.length);
      if (range != null) {
        stored = entry.head;
        body = entry.body;
        length = entry.length;
        seek(range);
        return this;
      }
    }
    Coded form = entry.coded(coding);
    stored = form == null ? entry.head : form.head();
    body = form == null ? entry.body : form.body();
    length = form == null ? entry.length : form.length();
    left = length;
    plain = form == null && !notModified;
    return this;
  }

  /** Whether the whole is sent as it is stored, not a part or a form of it. */
  public boolean isPlain() {
    return plain;
  }

  private void seek(ByteRange range) {
    long skip = range.from();
    while (piece < body.length && skip >= body[piece].length) {
      skip -= body[piece++].length;
    }
    offset = (int) skip;
    left = range.to() - range.from();
  }

  @Override
  public int head(byte[] out) {
    Entry from = java.util.Objects.requireNonNull(entry);
    ByteRange part = range;
    int o;
    if (notModified) {
      o = notModified(out);
    } else if (part == null) {
      o = put(stored, out, 0);
      boolean hasLength = from.status != 204;
      o = hasLength ? length(length, out, o) : o;
    } else if (part.isSatisfiable()) {
      o = partial(from, part, out);
    } else {
      o = put(UNSATISFIABLE, out, 0);
      o = Octets.putDecimal(from.length, out, o);
      o = put(NO_LENGTH, out, put(CRLF, out, o));
      left = 0;
    }
    o = put(AGE, out, o);
    o = Octets.putDecimal(Math.max(0, from.age(now)), out, o);
    o = put(CRLF, out, o);
    o = put(STATUS, out, o);
    o = put(status, out, o);
    o = put(TTL, out, o);
    o = ttl(from.left(now), out, o);
    return put(CRLF, out, put(CRLF, out, o));
  }

  private static int ttl(long left, byte[] out, int o) {
    if (left < 0) {
      out[o++] = '-';
    }
    return Octets.putDecimal(Math.abs(left), out, o);
  }

  private static int length(long length, byte[] out, int o) {
    o = put(CONTENT_LENGTH, out, o);
    return put(CRLF, out, Octets.putDecimal(length, out, o));
  }

  private int partial(Entry from, ByteRange part, byte[] out) {
    int line = Heads.lineEnd(from.head);
    Part of = cut;
    int o = put(PARTIAL, out, 0);
    o =
        of == null
            ? put(from.head, line, from.head.length, out, o)
            : lines(from.head, name -> !name.equals("content-range"), out, o);
    o = put(CONTENT_RANGE, out, o);
    o = Octets.putDecimal(part.from(), out, o);
    out[o++] = '-';
    o = Octets.putDecimal(part.to() - 1, out, o);
    out[o++] = '/';
    o = Octets.putDecimal(of == null ? from.length : of.total(), out, o);
    return length(left, out, put(CRLF, out, o));
  }

  private int notModified(byte[] out) {
    return lines(stored, OF_NOT_MODIFIED::contains, out, put(NOT_MODIFIED, out, 0));
  }

  /** Those fields of a stored head whose names, in lower case, are wanted. */
  private static int lines(byte[] head, Predicate<String> wanted, byte[] out, int at) {
    int o = at;
    int line = Heads.lineEnd(head);
    while (line < head.length) {
      int colon = line;
      while (head[colon] != ':') {
        colon++;
      }
      int end = colon;
      while (head[end] != '\n') {
        end++;
      }
      String name = Facts.text(head, line, colon).toLowerCase(java.util.Locale.ROOT);
      if (wanted.test(name)) {
        o = put(head, line, end + 1, out, o);
      }
      line = end + 1;
    }
    return o;
  }

  @Override
  public @Nullable ByteBuf next(int most) {
    if (left == 0 || entry == null) {
      return null;
    }
    int length = (int) Math.min(most, left);
    ByteBuf out = alloc.directBuffer(length);
    int missing = length;
    while (missing > 0) {
      byte[] bytes = body[piece];
      int take = Math.min(missing, bytes.length - offset);
      out.writeBytes(bytes, offset, take);
      missing -= take;
      offset += take;
      if (offset == bytes.length) {
        piece++;
        offset = 0;
      }
    }
    left -= length;
    return out;
  }

  @Override
  public void close() {
    entry = null;
    body = NOTHING;
  }
}
