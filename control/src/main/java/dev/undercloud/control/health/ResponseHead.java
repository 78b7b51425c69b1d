package dev.undercloud.control.health;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a response, as far as a health check needs it.
 *
 * @param status of the final response; 1xx are passed over
 * @param phrase the reason phrase, may be empty
 * @param length of the body; -1 where the head does not say
 * @param begun body bytes read together with the head
 */
record ResponseHead(int status, String phrase, long length, int begun) {
  /** More than any head of a page that is well. */
  private static final int LONGEST_HEAD = 64 * 1024;

  /** A page that is longer is not read to its end. */
  private static final int LONGEST_BODY = 4 << 20;

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: ([^\r\n]*))?");
  private static final Pattern LENGTH =
      Pattern.compile(
          "^content-length:[ \t]*(\\d{1,15})[ \t]*\r?$",
          Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  static ResponseHead read(SocketChannel channel) throws IOException {
    StringBuilder text = new StringBuilder();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (true) {
      int end = text.indexOf("\r\n\r\n");
      if (end >= 0) {
        Matcher status = STATUS.matcher(text);
        if (!status.lookingAt()) {
          throw notHttp(text);
        }
        int code = Integer.parseInt(status.group(1));
        if (code >= 200) {
          String phrase = status.group(2) == null ? "" : status.group(2);
          Matcher length = LENGTH.matcher(text.substring(0, end));
          long bytes = length.find() ? Long.parseLong(length.group(1)) : -1;
          return new ResponseHead(code, phrase, bytes, text.length() - end - 4);
        }
        text.delete(0, end + 4);
        continue;
      }
      if (text.length() >= 8 && !text.substring(0, 7).equals("HTTP/1.")) {
        throw notHttp(text);
      }
      if (text.length() > LONGEST_HEAD) {
        throw new BadAnswer("answers with a head of over 64 KiB");
      }
      if (channel.read(buffer.clear()) < 0) {
        throw new BadAnswer(
            text.isEmpty() ? "closes the connection without an answer" : "breaks off its answer");
      }
      text.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
    }
  }

  /**
   * Reads the body and throws it away: some servers log a broken pipe where a client leaves early.
   */
  void skipBody(SocketChannel channel) throws IOException {
    long most = length < 0 ? LONGEST_BODY : Math.min(length, LONGEST_BODY);
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    for (long seen = begun; seen < most; ) {
      int count = channel.read(buffer.clear());
      if (count < 0) {
        return;
      }
      seen += count;
    }
  }

  private static BadAnswer notHttp(CharSequence text) {
    if (Http2Exchange.isSettings(text)) {
      return new BadAnswer(
          "speaks HTTP/2 alone, as gRPC servers do; protocol = \"h2c\" under [web] says so");
    }
    return new BadAnswer(
        "does not speak HTTP: its answer begins with \"%s\""
            .formatted(
                text.subSequence(0, Math.min(text.length(), 20))
                    .toString()
                    .replaceAll("[^\\x20-\\x7e]", "?")));
  }
}
