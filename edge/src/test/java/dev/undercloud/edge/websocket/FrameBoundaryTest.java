package dev.undercloud.edge.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameBoundaryTest {
  private static final long SEED = Long.getLong("fuzz.seed", 6455);

  /** Frames of every kind of length, masked and not, in pieces of any size. */
  @Test
  void findsTheEndOfEveryFrameHoweverItIsSplit() {
    int[] lengths = {0, 1, 125, 126, 127, 65535, 65536, 70000};
    Random random = new Random(SEED);
    for (int round = 0; round < 200; round++) {
      ByteBuf in = Unpooled.buffer();
      List<Integer> ends = new ArrayList<>();
      for (int n = 1 + random.nextInt(6); n > 0; n--) {
        int length = lengths[random.nextInt(lengths.length)];
        in.writeBytes(Frames.of(random.nextInt(256) & 0x87, length, random.nextBoolean(), random));
        ends.add(in.writerIndex());
      }
      FrameBoundary boundary = new FrameBoundary();
      List<Integer> found = new ArrayList<>();
      int at = 0;
      while (at < in.writerIndex()) {
        int to = Math.min(in.writerIndex(), at + 1 + random.nextInt(round % 2 == 0 ? 9 : 90_000));
        while (at < to) {
          at += boundary.take(in, at, to);
          if (boundary.isBetweenFrames()) {
            found.add(at);
          }
        }
      }
      assertThat(found).as("seed %d, round %d", SEED, round).isEqualTo(ends);
      assertThat(boundary.isClosing()).isFalse();
    }
  }

  @Test
  void seesTheCloseOfTheOtherSide() {
    FrameBoundary boundary = new FrameBoundary();
    ByteBuf close = FrameBoundary.goingAway();
    assertThat(boundary.take(close, 0, 1)).isEqualTo(1);
    assertThat(boundary.isClosing()).isTrue();
    assertThat(boundary.isBetweenFrames()).isFalse();
    assertThat(boundary.take(close, 1, 4)).isEqualTo(3);
    assertThat(boundary.isBetweenFrames()).isTrue();
  }

  @Test
  void aLengthThatIsNoneNeverEnds() {
    ByteBuf in = Unpooled.wrappedBuffer(new byte[] {2, 127, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0});
    FrameBoundary boundary = new FrameBoundary();
    assertThat(boundary.take(in, 0, 12)).isEqualTo(12);
    assertThat(boundary.isBetweenFrames()).isFalse();
  }
}
