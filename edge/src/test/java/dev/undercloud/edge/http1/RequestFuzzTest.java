package dev.undercloud.edge.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.undercloud.core.id.Entropy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Codec and {@link PlainRequest} agree on every generated head: whether it is one, where it ends,
 * what it says; and what the replica gets says the same to it.
 */
class RequestFuzzTest {
  private static final int CASES = Integer.getInteger("fuzz.cases", 300_000);
  private static final long SEED = Long.getLong("fuzz.seed", Entropy.fast().nextLong());
  private static final ClientSide CLIENT = new ClientSide(null, null, 80, "http");
  private static final List<String> NEVER_PASSED =
      List.of("keep-alive", "proxy-connection", "te", "expect", "proxy", "proxy-authorization");

  private static final List<String> PASSED =
      List.of("accept", "cookie", "user-agent", "trailer", "x", "y", "x-keep");

  private final RequestHead head = new RequestHead(HeadLimits.DEFAULT);
  private final byte[] out = new byte[65536];
  private int accepted;
  private int refused;

  @Test
  @Timeout(300)
  void agreesWithThePlainReader() {
    RequestMaker maker = new RequestMaker(SEED);
    for (int i = 0; i < CASES; i++) {
      String text = maker.next();
      try {
        judge(text);
      } catch (AssertionError | RuntimeException e) {
        fail("-Dfuzz.seed=%d, case %d: %s", SEED, i, show(text), e);
      }
    }
    assertThat(accepted).as("of %d cases, seed %d", CASES, SEED).isGreaterThan(CASES / 10);
    assertThat(refused).as("of %d cases, seed %d", CASES, SEED).isGreaterThan(CASES / 10);
  }

  private void judge(String text) {
    byte[] in = text.getBytes(StandardCharsets.ISO_8859_1);
    int result = head.parse(in, 0, in.length);
    PlainRequest plain;
    try {
      plain = PlainRequest.read(text);
    } catch (PlainRequest.Refused e) {
      refused++;
      require(
          Reject.is(result), "refused by the plain reader: " + e.getMessage() + ", but " + result);
      return;
    }
    if (plain == null) {
      require(result < 0, "accepted without an end");
      return;
    }
    accepted++;
    require(!Reject.is(result), () -> "accepted by the plain reader, but " + Reject.of(result));
    require(result == plain.length(), "length");
    compare(plain, in);
    passedOn(plain, in);
  }

  private void compare(PlainRequest plain, byte[] in) {
    require(plain.method().equals(text(in, head.methodAt, head.methodLength)), "method");
    require(plain.host().equals(text(in, head.hostAt, head.hostLength)), "host");
    require(plain.hostKey().equals(text(head.hostKey(), 0, head.hostKeyLength())), "host key");
    require(plain.minor() == head.minor, "minor");
    require(plain.contentLength() == head.contentLength, "length");
    require(plain.chunked() == head.chunked, "chunked");
    require(plain.keepAlive() == head.keepAlive, "keep-alive");
  }

  /** Judges the head for the replica by the plain reader alone. */
  private void passedOn(PlainRequest sent, byte[] in) {
    int length = RequestRewriter.write(head, in, CLIENT, 0xaa, 0xb, 0xc, true, out);
    PlainRequest got;
    List<String> hop;
    try {
      got = PlainRequest.read(text(out, 0, length));
      hop = PlainRequest.options(sent.fields());
    } catch (PlainRequest.Refused e) {
      throw new AssertionError("the replica gets nonsense: " + e.getMessage(), e);
    }
    require(got != null && got.length() == length, "the replica gets more than one head");
    require(got.method().equals(sent.method()) && got.target().equals(sent.target()), "line");
    require(got.minor() == 1, "minor");
    require(sent.host().isEmpty() || got.host().equals(sent.host()), "host");
    require(
        got.contentLength() == sent.contentLength() && got.chunked() == sent.chunked(), "framing");
    require(passes(got.fields(), List.of()).equals(passes(sent.fields(), hop)), "other fields");
    for (String[] field : got.fields()) {
      String name = field[0].toLowerCase(Locale.ROOT);
      require(!NEVER_PASSED.contains(name) && name.indexOf('_') < 0, () -> "passes " + name);
    }
    for (String own : List.of("x-request-id", "traceparent", "x-forwarded-for", "forwarded")) {
      require(PlainRequest.values(got.fields(), own).size() == 1, "not one " + own);
    }
    require(
        PlainRequest.values(got.fields(), "x-request-id").equals(List.of("00000000000000aa")),
        "id");
  }

  /** The fields that nobody but client and app has to do with, in order. */
  private static List<String> passes(List<String[]> fields, List<String> hop) {
    List<String> passing = new ArrayList<>();
    for (String[] field : fields) {
      String name = field[0].toLowerCase(Locale.ROOT);
      if (PASSED.contains(name) && !hop.contains(name)) {
        passing.add(field[0] + ":" + field[1]);
      }
    }
    return passing;
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static void require(boolean holds, java.util.function.Supplier<String> what) {
    if (!holds) {
      throw new AssertionError(what.get());
    }
  }

  private static String text(byte[] in, int at, int length) {
    return new String(in, at, length, StandardCharsets.ISO_8859_1);
  }

  private static String show(String text) {
    return WireText.show(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
