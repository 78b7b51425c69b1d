package dev.undercloud.edge.file;

import dev.undercloud.edge.compress.Coding;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One form of a file, as it is or compressed, with the fields that tell of it. Its owner closes
 * what it reads from; immutable.
 *
 * @param bytes whose descriptor it is read from
 * @param memory its bytes, where they are not in a file
 * @param tag the opaque part of its entity tag, in quotes
 * @param weak whether the tag is weak
 * @param modifiedSeconds since 1970, or {@link HttpDate#NONE}
 * @param modified the same as a date; empty for none
 * @param always lines of every response, 304 included
 * @param lasting the same where the request names the content itself, so that it never changes
 * @param described lines of responses with the content, or the part of one
 * @param type the line with the media type
 */
record Representation(
    OpenFile bytes,
    @Nullable ByteBuf memory,
    long length,
    byte[] tag,
    boolean weak,
    long modifiedSeconds,
    byte[] modified,
    byte[] always,
    byte[] lasting,
    byte[] described,
    byte[] type) {

  private static final String IMMUTABLE = "public, max-age=31536000, immutable";

  /** Stored by anybody, and asked about each time: who edits a file sees it at once. */
  private static final String REVALIDATED = "no-cache";

  /**
   * @param origin the file that was asked for
   * @param bytes where its content is: the same, or a compressed sibling
   * @param memory the content, where it is in memory
   */
  static Representation of(
      OpenFile origin, OpenFile bytes, @Nullable Coding coding, @Nullable ByteBuf memory) {
    boolean weak = origin.racy || bytes.racy;
    String tag = bytes.tag;
    if (coding != null) {
      String name = new String(coding.token(), StandardCharsets.US_ASCII);
      tag = (bytes == origin ? tag : origin.tag + "." + tag) + "-" + name;
    }
    byte[] quoted = ascii('"' + tag + '"');
    boolean dated = origin.modifiedSeconds != HttpDate.NONE;
    byte[] modified = dated ? HttpDate.format(origin.modifiedSeconds) : new byte[0];
    StringBuilder always = new StringBuilder();
    always.append("ETag: ").append(weak ? "W/\"" : "\"").append(tag).append("\"\r\n");
    if (dated) {
      String date = new String(modified, StandardCharsets.US_ASCII);
      always.append("Last-Modified: ").append(date).append("\r\n");
    }
    String vary = origin.compressible ? "\r\nVary: Accept-Encoding\r\n" : "\r\n";
    byte[] lasting = ascii(always + "Cache-Control: " + IMMUTABLE + vary);
    always.append("Cache-Control: ").append(REVALIDATED).append(vary);
    StringBuilder described = new StringBuilder("Accept-Ranges: bytes\r\n");
    described.append("X-Content-Type-Options: nosniff\r\n");
    if (coding != null) {
      described.append("Content-Encoding: ");
      described.append(new String(coding.token(), StandardCharsets.US_ASCII)).append("\r\n");
    }
    return new Representation(
        bytes,
        memory,
        memory == null ? bytes.size : memory.readableBytes(),
        quoted,
        weak,
        origin.modifiedSeconds,
        modified,
        origin.hashed ? lasting : ascii(always.toString()),
        lasting,
        ascii(described.toString()),
        ascii("Content-Type: " + origin.type + "\r\n"));
  }

  byte[] always(boolean lasts) {
    return lasts ? lasting : always;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
