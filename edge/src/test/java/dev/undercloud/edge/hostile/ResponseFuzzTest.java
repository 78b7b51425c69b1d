package dev.undercloud.edge.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.edge.hostile.Grammar.Field;
import dev.undercloud.edge.hostile.Grammar.Refused;
import dev.undercloud.edge.http1.BodyFraming;
import dev.undercloud.edge.http1.Edits;
import dev.undercloud.edge.http1.HeadLimits;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.http1.ResponseRewriter;
import dev.undercloud.edge.http1.ResponseRewriter.Transfer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Responses, good, ambiguous and damaged: the codec and {@link StrictResponse} agree on what they
 * say and where they end, and what the client gets is one response that says the same.
 */
class ResponseFuzzTest {
  private final ResponseHead head = new ResponseHead(HeadLimits.DEFAULT);
  private final BodyFraming body = new BodyFraming();
  private final ResponseRewriter rewriter = new ResponseRewriter();
  private final Edits edits = new Edits();
  private final byte[] out = new byte[(64 << 10) + ResponseRewriter.GROWTH];
  private int cases;
  private int accepted;
  private int refused;

  @Test
  @Timeout(7200)
  void agreesWithTheStrictReader() {
    MessageMaker maker = new MessageMaker(Fuzz.SEED);
    Fuzz.each(maker::response, this::judge);
    assertThat(accepted).as("whole responses").isGreaterThan(Fuzz.CASES / 6);
    assertThat(refused).as("refusals").isGreaterThan(Fuzz.CASES / 5);
  }

  private void judge(String text) {
    byte[] in = text.getBytes(StandardCharsets.ISO_8859_1);
    boolean toHead = ++cases % 5 == 0;
    int length = head.parse(in, 0, in.length, toHead);
    StrictResponse strict;
    try {
      strict = StrictResponse.read(text, 0, toHead);
    } catch (Refused e) {
      refused++;
      Fuzz.require(length < ResponseHead.MORE, () -> e.getMessage() + ", but " + length);
      return;
    }
    if (strict == null) {
      Fuzz.require(length < 0, () -> "no end, but " + length);
      return;
    }
    Fuzz.same("length", strict.end(), length);
    Fuzz.same("status", strict.status(), head.status);
    Fuzz.same("minor", strict.minor(), head.minor);
    Fuzz.same("content length", strict.contentLength(), head.contentLength);
    Fuzz.same("body", strict.body().name(), head.body.name());
    Fuzz.same("interim", strict.status() < 200 && strict.status() != 101, head.interim);
    Fuzz.same("reusable", strict.reusable(), head.reusable);
    body(strict, text, Unpooled.wrappedBuffer(in));
    delivered(strict, in, toHead, cases % 3 == 0 ? 0 : 1);
  }

  private void body(StrictResponse strict, String text, ByteBuf in) {
    int at = strict.end();
    body.of(head);
    int taken = body.done() ? 0 : body.take(in, at, text.length());
    int end;
    try {
      end = strict.bodyEnd(text);
    } catch (Refused e) {
      refused++;
      Fuzz.require(taken < ResponseHead.MORE, () -> "body: " + e.getMessage() + ", but " + taken);
      return;
    }
    if (end < 0) {
      Fuzz.require(!body.done() || taken < 0, () -> "body has no end, but " + taken);
      return;
    }
    accepted++;
    Fuzz.same("body's end", end, at + taken);
    Fuzz.same("whole", strict.body() != StrictResponse.Body.UNTIL_CLOSE, body.done());
  }

  /** What the client gets, read strictly. */
  private void delivered(StrictResponse sent, byte[] in, boolean toHead, int clientMinor) {
    int length = rewriter.write(head, in, clientMinor, true, 7, edits, out);
    String passed = new String(out, 0, length, StandardCharsets.ISO_8859_1);
    StrictResponse got;
    try {
      got = StrictResponse.read(passed, 0, toHead);
    } catch (Refused e) {
      throw new AssertionError("the client gets nonsense: " + e.getMessage() + ": " + passed, e);
    }
    Fuzz.require(got != null && got.end() == length, () -> "not one head: " + passed);
    Fuzz.same("status", sent.status(), got.status());
    Fuzz.same("minor", 1, got.minor());
    String framing = framing(sent, clientMinor);
    if (got.body() != StrictResponse.Body.NONE || sent.body() != StrictResponse.Body.NONE) {
      Fuzz.same("framing for the client", framing, got.body().name());
    }
    for (Field field : got.fields()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      Fuzz.require(!name.equals("keep-alive") && !name.equals("proxy-connection"), () -> passed);
    }
    if (!head.interim) {
      List<String> ids = Grammar.values(got.fields(), "x-request-id");
      Fuzz.same("request ids", List.of("0000000000000007"), ids);
    }
    Fuzz.require(
        clientMinor == 1 || Grammar.values(got.fields(), "transfer-encoding").isEmpty(),
        () -> "a coding for HTTP/1.0: " + passed);
  }

  private String framing(StrictResponse sent, int clientMinor) {
    boolean chunk = rewriter.transfer == Transfer.CHUNK;
    return switch (sent.body()) {
      case NONE, LENGTH -> sent.body().name();
      case CHUNKED -> clientMinor == 0 ? "UNTIL_CLOSE" : "CHUNKED";
      case UNTIL_CLOSE -> chunk ? "CHUNKED" : "UNTIL_CLOSE";
    };
  }
}
