package dev.undercloud.edge.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.edge.hostile.Grammar.Field;
import dev.undercloud.edge.hostile.Grammar.Refused;
import dev.undercloud.edge.http1.BodyFraming;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.HeadLimits;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.http1.RequestRewriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Streams of requests, good, ambiguous and damaged: the codec and {@link StrictRequest} agree on
 * every message, where it ends, whom it is for and what follows; and what the codec would pass on
 * says the same to a strict reader and to a {@link LaxReader}, message for message.
 */
class RequestStreamFuzzTest {
  private static final ClientSide CLIENT = new ClientSide(null, null, 80, "http");

  private final RequestHead head = new RequestHead(HeadLimits.DEFAULT);
  private final BodyFraming body = new BodyFraming();
  private final byte[] out = new byte[(64 << 10) + RequestRewriter.GROWTH];
  private int accepted;
  private int refused;

  @Test
  @Timeout(7200)
  void agreesWithTheStrictReader() {
    MessageMaker maker = new MessageMaker(Fuzz.SEED);
    Fuzz.each(maker::requests, this::judge);
    assertThat(accepted).as("whole messages").isGreaterThan(Fuzz.CASES / 6);
    assertThat(refused).as("refusals").isGreaterThan(Fuzz.CASES / 6);
  }

  private void judge(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    StringBuilder forwarded = new StringBuilder();
    List<String> messages = new ArrayList<>();
    int at = 0;
    while (true) {
      StrictRequest strict;
      int length = head.parse(bytes, at, bytes.length);
      try {
        strict = StrictRequest.read(text, at);
      } catch (Refused e) {
        refused++;
        Fuzz.require(length < RequestHead.MORE, () -> e.getMessage() + ", but " + length);
        break;
      }
      if (strict == null) {
        Fuzz.require(length < 0, () -> "no end, but " + length);
        break;
      }
      int from = at;
      Fuzz.require(length == strict.end() - from, () -> "length " + strict.end() + " or " + length);
      try {
        compare(strict, text);
      } catch (Refused e) {
        throw new AssertionError(e);
      }
      forward(strict, bytes, forwarded);
      at += length;
      int end = body(strict, text, in, at, forwarded);
      if (end < 0) {
        return;
      }
      messages.add(strict.method() + " " + strict.target() + " " + payload(strict, text, at));
      accepted++;
      at = end;
      if (!strict.keepAlive()) {
        break;
      }
    }
    passedOn(forwarded.toString(), messages);
  }

  private void compare(StrictRequest strict, String text) throws Refused {
    Fuzz.same("method", strict.method(), at(text, head.methodAt, head.methodLength));
    Fuzz.same("host", strict.host(), key());
    Fuzz.same("minor", strict.minor(), head.minor);
    Fuzz.same("length", strict.contentLength(), head.contentLength);
    Fuzz.same("chunked", strict.chunked(), head.chunked);
    Fuzz.same("keep-alive", strict.keepAlive(), head.keepAlive);
    boolean expects = !Grammar.values(strict.fields(), "expect").isEmpty();
    boolean body = strict.chunked() || strict.contentLength() > 0;
    Fuzz.same("expect", expects && body && strict.minor() > 0, head.expectContinue);
    Fuzz.same("upgrade", strict.upgrades(), head.upgrade);
  }

  private String key() {
    return new String(head.hostKey(), 0, head.hostKeyLength(), StandardCharsets.ISO_8859_1);
  }

  private static String at(String text, int at, int length) {
    return text.substring(at, at + length);
  }

  private void forward(StrictRequest strict, byte[] bytes, StringBuilder forwarded) {
    int length = RequestRewriter.write(head, bytes, CLIENT, 1, 2, 3, true, out);
    String passed = new String(out, 0, length, StandardCharsets.ISO_8859_1);
    canonical(passed, strict);
    forwarded.append(passed);
  }

  /** The index behind the body; -1 where it is not whole or refused, which both must say. */
  private int body(StrictRequest strict, String text, ByteBuf in, int at, StringBuilder forwarded) {
    body.of(head);
    int taken = body.done() ? 0 : body.take(in, at, text.length());
    int end;
    try {
      end = strict.bodyEnd(text, at);
    } catch (Refused e) {
      refused++;
      Fuzz.require(taken < RequestHead.MORE, () -> "body: " + e.getMessage() + ", but " + taken);
      return -1;
    }
    if (end < 0) {
      Fuzz.require(!body.done() || taken < 0, () -> "body has no end, but " + taken);
      return -1;
    }
    Fuzz.require(body.done() && taken == end - at, () -> "body of " + (end - at) + " or " + taken);
    forwarded.append(text, at, end);
    return end;
  }

  private static String payload(StrictRequest strict, String text, int at) {
    try {
      return strict.payload(text, at);
    } catch (Refused e) {
      throw new AssertionError(e);
    }
  }

  /** Nothing in a head that any reader could take for other framing, another host or identity. */
  private static void canonical(String passed, StrictRequest strict) {
    for (int i = 0; i < passed.length(); i++) {
      char c = passed.charAt(i);
      boolean end =
          c == '\r' ? passed.startsWith("\r\n", i) : c == '\n' && passed.charAt(i - 1) == '\r';
      Fuzz.require(end || Grammar.isContent(c), () -> "a stray byte passes: " + passed);
    }
    int framing = 0;
    int hosts = 0;
    for (Field field : parsed(passed).fields()) {
      String name = field.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "-");
      switch (name) {
        case "content-length", "transfer-encoding" -> framing++;
        case "host" -> hosts++;
        case "x-forwarded-for",
            "x-request-id",
            "forwarded",
            "x-real-ip",
            "x-forwarded-host",
            "x-forwarded-proto" ->
            Fuzz.require(!field.value().contains("<spoofed>"), () -> "spoofed: " + passed);
        default -> {}
      }
      Fuzz.require(field.name().matches("[A-Za-z0-9-]+"), () -> "a lookalike passes: " + passed);
    }
    boolean hasBody = strict.chunked() || strict.contentLength() >= 0;
    Fuzz.same("framing fields", hasBody ? 1 : 0, framing);
    Fuzz.require(hosts == 1 || strict.minor() == 0 && hosts == 0, () -> "hosts: " + passed);
  }

  private static StrictRequest parsed(String passed) {
    try {
      StrictRequest request = StrictRequest.read(passed, 0);
      Fuzz.require(
          request != null && request.end() == passed.length(), () -> "not one head: " + passed);
      return request;
    } catch (Refused e) {
      throw new AssertionError("passes nonsense: " + e.getMessage() + ": " + passed, e);
    }
  }

  private static void passedOn(String forwarded, List<String> messages) {
    List<String> seen = LaxReader.requests(forwarded);
    Fuzz.same("messages for a careless server", messages, seen);
  }
}
