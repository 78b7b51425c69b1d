package dev.undercloud.edge.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.undercloud.core.id.Entropy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Chunked bodies, valid and damaged: codec and {@link PlainChunks} agree, and where the bytes are
 * split makes no difference.
 */
class ChunkedFramingTest {
  private static final int CASES = Integer.getInteger("fuzz.cases", 300_000);
  private static final long SEED = Long.getLong("fuzz.seed", Entropy.fast().nextLong());
  private static final String DAMAGE = "\r\n\t :;=\"\\0159aFgx+-_\0\u000b\u007f\u0080\u00ff";
  private static final String[] EXTENSIONS = {
    ";a", ";a=b", ";a=\"b c\"", ";a=\"\\\"\";b", ";", "; a", ";a=", ";a=\"", ";=a", ";a;b;c=d"
  };
  private static final String[] TRAILERS = {
    "X: y",
    "X:",
    "X-Checksum: \u00e9\t",
    "Host: a",
    "content-length: 5",
    "x_y: z",
    " X: y",
    "X : y",
    "X",
    "X-Forwarded-For: a"
  };

  private final BodyFraming body = new BodyFraming();

  @Test
  @Timeout(300)
  void agreesWithThePlainReaderHoweverItIsSplit() {
    Random random = new Random(SEED);
    int whole = 0;
    for (int i = 0; i < CASES; i++) {
      String text = make(random);
      try {
        whole += judge(text, random) ? 1 : 0;
      } catch (AssertionError | RuntimeException e) {
        fail("-Dfuzz.seed=%d, case %d: %s", SEED, i, show(text), e);
      }
    }
    assertThat(whole).as("of %d cases, seed %d", CASES, SEED).isBetween(CASES / 10, CASES * 9 / 10);
  }

  private boolean judge(String text, Random random) {
    ByteBuf in = Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
    ByteBuf sink = Unpooled.buffer();
    int result = inPieces(in, in.readableBytes(), sink, random);
    PlainChunks plain = PlainChunks.read(text);
    if (result >= 0 || plain.length() >= 0) {
      assertThat(result).isEqualTo(plain.length());
      assertThat(sink.toString(StandardCharsets.ISO_8859_1)).isEqualTo(plain.payload());
      assertThat(body.payloadBytes()).isEqualTo(plain.payload().length());
    } else if (plain.length() == -2) {
      assertThat(Reject.is(result)).isTrue();
    }
    assertThat(inPieces(in, 1, null, random)).isEqualTo(result);
    assertThat(inPieces(in, 0, null, random)).isEqualTo(result);
    return result >= 0;
  }

  /** The body's length, MORE, or a reject code; {@code size} 0 is pieces of random size. */
  private int inPieces(ByteBuf in, int size, ByteBuf sink, Random random) {
    body.chunked();
    int at = 0;
    while (!body.done()) {
      if (at == in.writerIndex()) {
        return Reject.MORE;
      }
      int piece = size > 0 ? size : 1 + random.nextInt(8);
      int taken = body.take(in, at, Math.min(in.writerIndex(), at + piece), sink);
      if (taken < 0) {
        return taken;
      }
      at += taken;
    }
    return at;
  }

  private static String make(Random random) {
    StringBuilder text = new StringBuilder();
    for (int chunks = random.nextInt(4); chunks > 0; chunks--) {
      String data = "0\r\n\r\nGET / HTTP/1.1\r\n".substring(0, 1 + random.nextInt(20));
      size(text, data.length(), random);
      text.append(data).append("\r\n");
    }
    size(text, 0, random);
    for (int trailers = random.nextInt(8) - 5; trailers > 0; trailers--) {
      text.append(one(TRAILERS, random)).append("\r\n");
    }
    text.append("\r\n");
    if (random.nextInt(4) == 0) {
      text.append("GET /next HTTP/1.1\r\n\r\n");
    }
    for (int damages = random.nextInt(4) - 2; damages > 0; damages--) {
      int at = random.nextInt(text.length());
      char c = DAMAGE.charAt(random.nextInt(DAMAGE.length()));
      switch (random.nextInt(4)) {
        case 0 -> text.setCharAt(at, c);
        case 1 -> text.deleteCharAt(at);
        default -> text.insert(at, c);
      }
    }
    return text.toString();
  }

  private static void size(StringBuilder text, int length, Random random) {
    text.append("0".repeat(random.nextInt(8) == 0 ? random.nextInt(17) : 0));
    String digits = Integer.toHexString(length);
    text.append(random.nextBoolean() ? digits : digits.toUpperCase(java.util.Locale.ROOT));
    if (random.nextInt(6) == 0) {
      text.append(one(EXTENSIONS, random));
    }
    text.append("\r\n");
  }

  /** The first choices are the likelier ones. */
  private static String one(String[] choices, Random random) {
    return choices[Math.min(random.nextInt(choices.length), random.nextInt(choices.length))];
  }

  private static String show(String text) {
    return WireText.show(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
