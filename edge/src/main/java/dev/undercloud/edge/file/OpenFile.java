package dev.undercloud.edge.file;

import dev.undercloud.edge.compress.Coding;
import dev.undercloud.edge.compress.MediaTypes;
import dev.undercloud.edge.net.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * One version of a file, open. What is told of it was read from its descriptor; whoever sends it
 * asks {@link #unchanged} before and after. Counted: closed when nobody uses it any more. Its
 * loop's thread only, but for {@link #read} of another thread's kernel while it is counted.
 */
final class OpenFile {
  /**
   * Up to here the tag is a hash of the content, so that a deploy that changes nothing leaves
   * clients' copies valid; reading more would keep the loop.
   */
  static final int HASHED_BYTES = 256 << 10;

  /** Two writes within this time may leave one modification time: the clock of files is coarse. */
  private static final long RACY_SECONDS = 1;

  private static final int TAG_BYTES = 12;

  /** Of a hash in a query: fewer may be the number of a version. */
  private static final int LEAST_DIGITS = 8;

  /** Up to here the content stays in memory as long as the file stays open: 2 MiB for 256 files. */
  private static final int KEPT_BYTES = 8 << 10;

  final long size;
  final String type;
  final boolean compressible;

  /** Whether the name holds a hash of the content. */
  final boolean hashed;

  /** Written so lately that its times may not tell the next write. */
  final boolean racy;

  /**
   * Since 1970; {@link HttpDate#NONE} where the time is none to be told: before that, or to come.
   */
  final long modifiedSeconds;

  /** Opaque, without quotes. */
  final String tag;

  /** SHA-256 of the content in hexadecimal digits; empty where it was not computed. */
  private byte[] digits = {};

  final Representation plain;

  /** Compressed forms beside it, by ordinal of their coding; each with its own open file. */
  final @Nullable Representation[] siblings = new Representation[Coding.count()];

  /** When a compressed form was last looked for. */
  final long[] siblingsLookedAt = new long[Coding.count()];

  /** Compressed by us. */
  @Nullable Representation gzipped;

  /** Whether that is being done, or gained nothing. */
  boolean gzipTried;

  /** Whether it is among those that are kept open. */
  boolean kept;

  private final Kernel kernel;
  private final int fd;
  private final long inode;
  private final long device;
  private final long rawModifiedSeconds;
  private final int modifiedNanos;
  private final long changedSeconds;
  private final int changedNanos;
  private int references = 1;
  private @Nullable ByteBuf small;

  /** Of a regular file that {@code kernel} has just looked at; takes the descriptor. */
  OpenFile(Kernel kernel, int fd, byte[] name, int from, int to, long nowSeconds) {
    this.kernel = kernel;
    this.fd = fd;
    size = kernel.size;
    inode = kernel.inode;
    device = kernel.device;
    rawModifiedSeconds = kernel.modifiedSeconds;
    modifiedNanos = kernel.modifiedNanos;
    changedSeconds = kernel.changedSeconds;
    changedNanos = kernel.changedNanos;
    type = FileTypes.of(name, from, to);
    byte[] typeBytes = type.getBytes(StandardCharsets.US_ASCII);
    compressible = MediaTypes.compressible(typeBytes, 0, typeBytes.length);
    hashed = HashedName.is(name, from, to);
    racy = rawModifiedSeconds + RACY_SECONDS >= nowSeconds;
    boolean told = rawModifiedSeconds >= 0 && rawModifiedSeconds <= nowSeconds;
    modifiedSeconds = told ? rawModifiedSeconds : HttpDate.NONE;
    tag = tag();
    plain = Representation.of(this, this, null, small);
  }

  /** Its tag by its content, which is kept where it is small; else by what the kernel tells. */
  private String tag() {
    ByteBuf content = racy || size > HASHED_BYTES ? null : content();
    if (content == null) {
      return byStat();
    }
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(content.nioBuffer());
      if (size > 0 && size <= KEPT_BYTES) {
        small = Unpooled.directBuffer((int) size).writeBytes(content);
      }
      byte[] digest = sha.digest();
      digits = HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
      byte[] cut = Arrays.copyOf(digest, TAG_BYTES);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(cut);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    } finally {
      content.release();
    }
  }

  /** The inode tells files apart whose times somebody has set alike, as some builds do. */
  private String byStat() {
    return Long.toHexString(size)
        + "-"
        + Long.toHexString(rawModifiedSeconds)
        + "-"
        + Integer.toHexString(modifiedNanos)
        + "-"
        + Long.toHexString(inode);
  }

  /** Whether these bytes are what the content's hash begins with, and enough of it. */
  boolean isNamedBy(byte[] in, int from, int to) {
    return to - from >= LEAST_DIGITS
        && to - from <= digits.length
        && Arrays.equals(in, from, to, digits, 0, to - from);
  }

  /** All bytes with their reference; null where they cannot be read or change. */
  @Nullable ByteBuf content() {
    return content(kernel);
  }

  /** The same, by the kernel of the calling thread. */
  @Nullable ByteBuf content(Kernel kernel) {
    ByteBuf all = Transport.BUFFERS.directBuffer(Math.max(1, (int) size));
    while (all.readableBytes() < size) {
      if (read(kernel, all, (int) size - all.readableBytes(), all.readableBytes()) <= 0) {
        all.release();
        return null;
      }
    }
    if (!unchanged(kernel)) {
      all.release();
      return null;
    }
    return all;
  }

  /** Appends at most {@code most} bytes from {@code offset} on; how many, 0 or less for none. */
  int read(ByteBuf into, int most, long offset) {
    return read(kernel, into, most, offset);
  }

  private int read(Kernel kernel, ByteBuf into, int most, long offset) {
    into.ensureWritable(most);
    int at = into.writerIndex();
    long address =
        into.hasMemoryAddress()
            ? into.memoryAddress() + at
            : MemorySegment.ofBuffer(into.internalNioBuffer(at, most)).address();
    int read = kernel.read(fd, address, most, offset);
    if (read > 0) {
      into.writerIndex(at + read);
    }
    return read;
  }

  /** As {@link Kernel#send}, from this file. */
  long send(int socket, long offset, long most) {
    return kernel.send(socket, fd, offset, most);
  }

  /** Whether the file still is what it was when it was opened, whatever its name leads to. */
  boolean unchanged() {
    return unchanged(kernel);
  }

  private boolean unchanged(Kernel kernel) {
    return kernel.stat(fd)
        && kernel.size == size
        && kernel.modifiedSeconds == rawModifiedSeconds
        && kernel.modifiedNanos == modifiedNanos;
  }

  /** Whether {@code kernel} has just looked at this very version, under whatever name. */
  boolean isWhatWasSeen() {
    return kernel.inode == inode
        && kernel.device == device
        && kernel.size == size
        && kernel.modifiedSeconds == rawModifiedSeconds
        && kernel.modifiedNanos == modifiedNanos
        && kernel.changedSeconds == changedSeconds
        && kernel.changedNanos == changedNanos;
  }

  /** Whether its compressed form is older than itself: forgotten when this was written. */
  boolean outdates(OpenFile sibling) {
    return rawModifiedSeconds > sibling.rawModifiedSeconds + RACY_SECONDS;
  }

  OpenFile retain() {
    references++;
    return this;
  }

  void release() {
    if (--references == 0) {
      kernel.close(fd);
      if (small != null) {
        small.release();
      }
      Representation own = gzipped;
      if (own != null && own.memory() != null) {
        own.memory().release();
      }
    }
  }
}
