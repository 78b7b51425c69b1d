package dev.undercloud.edge.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BodyFramingTest {
  private final BodyFraming body = new BodyFraming();

  @Test
  void aLengthIsFollowedToItsLastByte() {
    ByteBuf in = bytes("hello, next");
    body.length(5);
    assertThat(body.take(in, 0, 2)).isEqualTo(2);
    assertThat(body.remaining()).isEqualTo(3);
    assertThat(body.take(in, 2, 11)).isEqualTo(3);
    assertThat(body.done()).isTrue();
    assertThat(body.payloadBytes()).isEqualTo(5);
    assertThat(body.take(in, 5, 11)).isZero();
    assertThat(in.readerIndex()).isZero();
  }

  @Test
  void aLengthBeyondTheIntegers() {
    body.length(999_999_999_999_999_999L);
    assertThat(body.take(bytes("hello"), 0, 5)).isEqualTo(5);
    assertThat(body.remaining()).isEqualTo(999_999_999_999_999_994L);
    assertThat(body.end()).as("a body that ends early is not whole").isFalse();
  }

  @Test
  void noBodyTakesNothing() {
    body.none();
    assertThat(body.done()).isTrue();
    assertThat(body.take(bytes("hello"), 0, 5)).isZero();
    body.length(0);
    assertThat(body.done()).isTrue();
  }

  @Test
  void untilCloseTakesEverythingAndIsWholeAtTheEnd() {
    body.untilClose();
    assertThat(body.endsWithConnection()).isTrue();
    assertThat(body.take(bytes("hello"), 0, 5)).isEqualTo(5);
    assertThat(body.done()).isFalse();
    assertThat(body.end()).isTrue();
    assertThat(body.done()).isTrue();
    assertThat(body.payloadBytes()).isEqualTo(5);
  }

  @Test
  void chunksCutShortAreNotWhole() {
    for (String cut :
        new String[] {
          "", "5", "5\r\nhel", "5\r\nhello\r\n", "5\r\nhello\r\n0\r\n", "0\r\nX: y\r\n"
        }) {
      body.chunked();
      assertThat(body.take(bytes(cut), 0, cut.length())).isEqualTo(cut.length());
      assertThat(body.done()).isFalse();
      assertThat(body.end()).as(cut).isFalse();
    }
  }

  @Test
  void oneBodyLeavesNothingForTheNext() {
    String first = "3;a=b\r\nabc\r\n0\r\n" + "X: y\r\n".repeat(16) + "\r\n";
    for (int i = 0; i < 3; i++) {
      body.chunked();
      assertThat(body.take(bytes(first), 0, first.length())).isEqualTo(first.length());
      assertThat(body.payloadBytes()).isEqualTo(3);
    }
    body.chunked();
    assertThat(Reject.of(body.take(bytes("zz"), 0, 2))).isEqualTo(Reject.CHUNK_SIZE);
    body.chunked();
    assertThat(body.take(bytes(first), 0, first.length())).isEqualTo(first.length());
  }

  @Test
  void whatTheEncoderWritesTheFramingReads() {
    byte[] data = new byte[70_000];
    ByteBuf out = Unpooled.buffer();
    for (int length : new int[] {1, 9, 15, 16, 17, 255, 256, 4095, 4096, 65_535, 65_536, 70_000}) {
      int before = out.writerIndex();
      ChunkEncoder.begin(length, out);
      assertThat(out.writerIndex() - before).isLessThanOrEqualTo(ChunkEncoder.BEGIN_BYTES);
      out.writeBytes(data, 0, length);
      ChunkEncoder.end(out);
    }
    ChunkEncoder.last(out);
    body.chunked();
    assertThat(body.take(out, 0, out.writerIndex())).isEqualTo(out.writerIndex());
    assertThat(body.done()).isTrue();
    assertThat(body.payloadBytes())
        .isEqualTo(1 + 9 + 15 + 16 + 17 + 255 + 256 + 4095 + 4096 + 65_535 + 65_536 + 70_000);
    assertThatThrownBy(() -> ChunkEncoder.begin(0, out))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theLargestChunkHeaderFits() {
    ByteBuf out = Unpooled.buffer();
    ChunkEncoder.begin(Integer.MAX_VALUE, out);
    assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("7fffffff\r\n");
    body.chunked();
    String largest = "7fffffffffffffff\r\nx";
    assertThat(body.take(bytes(largest), 0, largest.length())).isEqualTo(largest.length());
    assertThat(body.payloadBytes()).isEqualTo(1);
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
