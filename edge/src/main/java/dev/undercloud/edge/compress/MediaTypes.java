package dev.undercloud.edge.compress;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Which media types shrink when compressed (RFC 9110, 8.3.1). Any thread. */
public final class MediaTypes {
  private static final byte[] TEXT = ascii("text/");
  private static final byte[] EVENT_STREAM = ascii("text/event-stream");

  /** Structured text under other names (RFC 6839). */
  private static final List<byte[]> SUFFIXES = all("+json", "+xml", "+text", "+yaml");

  private static final List<byte[]> OTHERS =
      all(
          "application/json",
          "application/javascript",
          "application/ecmascript",
          "application/x-javascript",
          "application/xml",
          "application/yaml",
          "application/x-ndjson",
          "application/jsonl",
          "application/sql",
          "application/graphql",
          "application/rtf",
          "application/wasm",
          "application/x-tar",
          "application/x-www-form-urlencoded",
          "application/vnd.ms-fontobject",
          "font/ttf",
          "font/otf",
          "image/bmp",
          "image/vnd.microsoft.icon",
          "image/x-icon");

  private MediaTypes() {}

  /**
   * Whether bodies of the type in {@code in[from, to)} shrink; its parameters say nothing. Not
   * those that come event by event, whose readers wait for each.
   */
  public static boolean compressible(byte[] in, int from, int to) {
    int end = from;
    while (end < to && in[end] != ';' && in[end] != ' ' && in[end] != '\t') {
      end++;
    }
    if (startsWith(in, from, end, TEXT)) {
      return !is(in, from, end, EVENT_STREAM);
    }
    for (byte[] other : OTHERS) {
      if (is(in, from, end, other)) {
        return true;
      }
    }
    for (byte[] suffix : SUFFIXES) {
      if (end - from > suffix.length && startsWith(in, end - suffix.length, end, suffix)) {
        return true;
      }
    }
    return false;
  }

  private static boolean is(byte[] in, int from, int to, byte[] lower) {
    return to - from == lower.length && startsWith(in, from, to, lower);
  }

  private static boolean startsWith(byte[] in, int from, int to, byte[] lower) {
    if (to - from < lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      int c = in[from + i];
      if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  private static List<byte[]> all(String... types) {
    return Stream.of(types).map(MediaTypes::ascii).toList();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
