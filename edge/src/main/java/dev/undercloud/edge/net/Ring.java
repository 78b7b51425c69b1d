package dev.undercloud.edge.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The memory that an io_uring(7) shares with the kernel, for operations that are over when the call
 * that submits them returns. Numbers are those of {@code linux/io_uring.h}. Linux 6.1 and later;
 * only the thread that opens it submits.
 */
final class Ring {
  /** {@code struct io_uring_params}, and where its parts begin. */
  private static final int PARAMETER_BYTES = 120;

  private static final long SQ_ENTRIES = 0;
  private static final long CQ_ENTRIES = 4;
  private static final long FLAGS = 8;
  private static final long SQ_OFFSETS = 40;
  private static final long CQ_OFFSETS = 80;

  /** Behind {@link #SQ_OFFSETS} and {@link #CQ_OFFSETS}. */
  private static final long HEAD = 0;

  private static final long TAIL = 4;
  private static final long MASK = 8;
  private static final long SQ_ARRAY = 24;
  private static final long CQ_ENTRY = 20;

  private static final int SUBMIT_ALL = 1 << 7;
  private static final int SINGLE_ISSUER = 1 << 12;
  private static final int DEFER_TASKRUN = 1 << 13;
  private static final long RINGS = 0;
  private static final long ENTRIES = 0x1000_0000;
  private static final int SQE_BYTES = 64;
  private static final int CQE_BYTES = 16;

  /** Of a submission: where its parts begin. */
  private static final long OPERATION = 0;

  private static final long DESCRIPTOR = 4;
  private static final long ADDRESS = 16;
  private static final long LENGTH = 24;
  private static final long MESSAGE_FLAGS = 28;
  private static final long USER_DATA = 32;
  private static final int OP_SEND = 26;

  /** Of a completion. */
  private static final long RESULT = 8;

  private static final int REGISTER_RING_FDS = 20;
  private static final int ENTER_REGISTERED_RING = 1 << 4;

  private final int descriptor;
  private final MemorySegment rings;
  private final MemorySegment entries;
  private final long submittedHead;
  private final long submittedTail;
  private final long completedHead;
  private final long completedTail;
  private final long completions;
  private final int entryMask;
  private final int completionMask;
  private int entered;
  private int enterFlags;
  private int tail;
  private int head;

  private Ring(
      int descriptor, MemorySegment parameters, MemorySegment rings, MemorySegment entries) {
    this.descriptor = descriptor;
    this.rings = rings;
    this.entries = entries;
    submittedHead = parameters.get(JAVA_INT, SQ_OFFSETS + HEAD);
    submittedTail = parameters.get(JAVA_INT, SQ_OFFSETS + TAIL);
    completedHead = parameters.get(JAVA_INT, CQ_OFFSETS + HEAD);
    completedTail = parameters.get(JAVA_INT, CQ_OFFSETS + TAIL);
    completions = parameters.get(JAVA_INT, CQ_OFFSETS + CQ_ENTRY);
    entryMask = rings.get(JAVA_INT, parameters.get(JAVA_INT, SQ_OFFSETS + MASK));
    completionMask = rings.get(JAVA_INT, parameters.get(JAVA_INT, CQ_OFFSETS + MASK));
    // Entries are submitted in the order in which they lie.
    long array = parameters.get(JAVA_INT, SQ_OFFSETS + SQ_ARRAY);
    for (int i = 0; i <= entryMask; i++) {
      rings.set(JAVA_INT, array + i * JAVA_INT.byteSize(), i);
    }
    entered = descriptor;
  }

  /**
   * @param most submissions at once, a power of two
   * @return null where the kernel has no such rings or does not allow them
   */
  static @Nullable Ring open(int most) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parameters = arena.allocate(PARAMETER_BYTES, JAVA_LONG.byteAlignment());
      parameters.set(JAVA_INT, FLAGS, SUBMIT_ALL | SINGLE_ISSUER | DEFER_TASKRUN);
      int descriptor = SystemCalls.setUpRing(most, parameters.address());
      if (descriptor < 0) {
        return null;
      }
      long array = parameters.get(JAVA_INT, SQ_OFFSETS + SQ_ARRAY);
      int submissions = parameters.get(JAVA_INT, SQ_ENTRIES);
      long first = parameters.get(JAVA_INT, CQ_OFFSETS + CQ_ENTRY);
      long completions = (long) parameters.get(JAVA_INT, CQ_ENTRIES) * CQE_BYTES;
      long bytes = Math.max(array + submissions * JAVA_INT.byteSize(), first + completions);
      MemorySegment rings = map(descriptor, bytes, RINGS);
      MemorySegment entries = map(descriptor, (long) submissions * SQE_BYTES, ENTRIES);
      if (rings == null || entries == null) {
        close(descriptor, rings, entries);
        return null;
      }
      Ring ring = new Ring(descriptor, parameters, rings, entries);
      ring.register(arena);
      return ring;
    }
  }

  private static @Nullable MemorySegment map(int descriptor, long bytes, long offset) {
    long address = SystemCalls.map(descriptor, bytes, offset);
    return address == -1 ? null : MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  /** Saves the kernel looking for the descriptor; without, it does so. */
  private void register(Arena arena) {
    MemorySegment update = arena.allocate(16, JAVA_LONG.byteAlignment());
    update.set(JAVA_INT, 0, -1);
    update.set(JAVA_LONG, 8, descriptor);
    if (SystemCalls.registerRing(descriptor, REGISTER_RING_FDS, update.address(), 1) == 1) {
      entered = update.get(JAVA_INT, 0);
      enterFlags = ENTER_REGISTERED_RING;
    }
  }

  /** The {@code number}th submission of the next {@link #submit}: a send(2) of a socket. */
  void send(int number, int socket, long address, int length) {
    long at = (long) ((tail + number) & entryMask) * SQE_BYTES;
    entries.set(JAVA_INT, at + OPERATION, OP_SEND);
    entries.set(JAVA_INT, at + DESCRIPTOR, socket);
    entries.set(JAVA_LONG, at + ADDRESS, address);
    entries.set(JAVA_INT, at + LENGTH, length);
    entries.set(JAVA_INT, at + MESSAGE_FLAGS, SystemCalls.MSG_DONTWAIT | SystemCalls.MSG_NOSIGNAL);
    entries.set(JAVA_LONG, at + USER_DATA, number);
  }

  /**
   * Submits the first {@code count}.
   *
   * @param results what each has returned, negative for errors; left alone where it was not made
   * @return whether all were
   */
  boolean submit(int count, int[] results) {
    // Only this thread is on the other side, within the call: no barriers.
    rings.set(JAVA_INT, submittedTail, tail + count);
    int taken = SystemCalls.enterRing(entered, count, enterFlags);
    int to = rings.get(JAVA_INT, completedTail);
    for (; head != to; head++) {
      long at = completions + (long) (head & completionMask) * CQE_BYTES;
      results[(int) rings.get(JAVA_LONG, at)] = rings.get(JAVA_INT, at + RESULT);
    }
    rings.set(JAVA_INT, completedHead, head);
    tail = rings.get(JAVA_INT, submittedHead);
    return taken == count;
  }

  void close() {
    close(descriptor, rings, entries);
  }

  private static void close(int descriptor, @Nullable MemorySegment... mapped) {
    for (MemorySegment each : mapped) {
      if (each != null) {
        SystemCalls.unmap(each.address(), each.byteSize());
      }
    }
    SystemCalls.close(descriptor);
  }
}
