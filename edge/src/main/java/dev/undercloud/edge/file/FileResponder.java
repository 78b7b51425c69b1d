package dev.undercloud.edge.file;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.id.Hex;
import dev.undercloud.core.policy.Files;
import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.compress.AcceptEncoding;
import dev.undercloud.edge.compress.Coding;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.reply.Source;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests with files (RFC 9110). GET and HEAD, preconditions, one range or several,
 * compressed forms that lie beside a file ({@code .br}, {@code .zst}, {@code .gz}) or, with gzip,
 * are made on first use.
 *
 * <p>Never served: what lies outside of the folder, what a link leads to, names that begin with a
 * dot, and what is no regular file. One for each event loop, whose thread alone uses it; reads from
 * the page cache or disk without waiting for anybody else.
 */
public final class FileResponder implements AutoCloseable {
  /** Folders come with rules and releases; when so many have passed, all are opened afresh. */
  private static final int MOST_ROOTS = 64;

  /** Shorter ones fit a packet or two either way. */
  private static final int SMALLEST_GZIPPED = 512;

  /** Text longer than this is rare, and kept nobody's attention when it came uncompressed. */
  private static final int LARGEST_GZIPPED = 8 << 20;

  private static final int LONGEST_PATH = 4096;
  private static final long CLOCK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Clock clock;
  private final Entropy entropy;
  private final FileLimits limits;
  private final Executor loop;
  private final Executor background;
  private final Kernel kernel = new Kernel();
  private final OpenFiles files;
  private final Map<Path, Root> roots = new HashMap<>();
  private final AcceptEncoding accept = new AcceptEncoding();
  private final Conditions conditions = new Conditions();
  private final Ranges ranges;
  private final Lines lines = new Lines();
  private final byte[] name = new byte[LONGEST_PATH];
  private String indexName = "";
  private byte[] index = {};
  private long now;
  private long nowSeconds;
  private byte[] date = {};
  private long clockReadAt;
  private boolean closed;

  /**
   * @param entropy this loop's own
   * @param loop runs a task on this loop's thread
   * @param background runs a task that computes for some milliseconds, on another thread
   */
  public FileResponder(
      Clock clock, Entropy entropy, FileLimits limits, Executor loop, Executor background) {
    this.clock = clock;
    this.entropy = entropy;
    this.limits = limits;
    this.loop = loop;
    this.background = background;
    files = new OpenFiles(kernel, limits);
    ranges = new Ranges(limits.ranges());
    readClock(clock.nanos());
  }

  /**
   * The response to a request for a file.
   *
   * @param head what was parsed from {@code in}
   * @param path percent-decoded, without dot segments and double slashes (RFC 3986, 6.2.2),
   *     beginning with the rule's prefix, or that without its slash; its first {@code length} bytes
   * @return to be closed; null where there is no such file, or where the app answers other methods
   */
  public @Nullable Source of(
      Files rule, RequestHead head, byte[] in, byte[] path, int at, int length) {
    now = clock.nanos();
    if (now - clockReadAt > CLOCK_NANOS) {
      readClock(now);
    }
    if (!head.headMethod && !isGet(head, in)) {
      return rule.orApp() ? null : Note.notAllowed(date);
    }
    int skipped = rule.prefix().length();
    int rest = length - skipped;
    if (rest == -1 && rule.index() != null && !rule.orApp()) {
      return Note.movedTo(Location.of(path, at, length, head, in), date);
    }
    if (rest < 0 || rest + Kernel.NAME_BYTES + 1 + longestSuffix() > LONGEST_PATH) {
      return null;
    }
    System.arraycopy(path, at + skipped, name, 0, rest);
    for (Path folder : rule.folders()) {
      Source found = within(root(folder), rule, head, in, path, at, length, rest);
      if (found != null) {
        return found;
      }
      if (files.outOfDescriptors) {
        return Note.noDescriptor(date);
      }
    }
    return null;
  }

  /** Loads what a first request would otherwise wait for. Any thread. */
  public static void prepare() {
    Kernel.load();
    HttpDate.format(0);
  }

  private static int longestSuffix() {
    return ".zst".length();
  }

  private void readClock(long nanos) {
    clockReadAt = nanos;
    long seconds = clock.now().getEpochSecond();
    if (seconds != nowSeconds) {
      nowSeconds = seconds;
      date = HttpDate.format(seconds);
    }
  }

  private static boolean isGet(RequestHead head, byte[] in) {
    int at = head.methodAt;
    return head.methodLength == 3 && in[at] == 'G' && in[at + 1] == 'E' && in[at + 2] == 'T';
  }

  private Root root(Path folder) {
    Root root = roots.get(folder);
    if (root == null) {
      if (roots.size() >= MOST_ROOTS) {
        forget();
      }
      root = new Root(kernel, folder);
      roots.put(folder, root);
    }
    return root;
  }

  /** {@code rest} bytes of the path are in {@link #name}. */
  private @Nullable Source within(
      Root root,
      Files rule,
      RequestHead head,
      byte[] in,
      byte[] path,
      int at,
      int length,
      int rest) {
    int to = rest;
    String indexed = rule.index();
    if (rest == 0 || name[rest - 1] == '/') {
      if (indexed == null) {
        return null;
      }
      to = append(rest, bytes(indexed));
    }
    OpenFile file = files.find(root, name, 0, to, now, nowSeconds);
    if (file != null) {
      return respond(root, file.retain(), head, in, to);
    }
    if (to != rest || indexed == null || files.outOfDescriptors) {
      return null;
    }
    name[rest] = '/';
    int end = append(rest + 1, bytes(indexed));
    boolean folder = files.find(root, name, 0, end, now, nowSeconds) != null;
    return folder ? Note.movedTo(Location.of(path, at, length, head, in), date) : null;
  }

  /** Of the name that is used nearly always: a site has one. */
  private byte[] bytes(String name) {
    if (!name.equals(indexName)) {
      indexName = name;
      index = name.getBytes(StandardCharsets.UTF_8);
    }
    return index;
  }

  private int append(int at, byte[] bytes) {
    System.arraycopy(bytes, 0, name, at, bytes.length);
    return at + bytes.length;
  }

  /** Takes the reference of {@code file}, whose path is in {@link #name}. */
  private Source respond(Root root, OpenFile file, RequestHead head, byte[] in, int to) {
    try {
      conditions.read(head, in);
      int range = head.headMethod ? -1 : conditions.range();
      boolean part = range >= 0 && conditions.rangeHolds(file.plain);
      Representation found = part ? file.plain : negotiated(root, file, head, in, to);
      boolean lasts = namesContent(file, head, in);
      switch (conditions.of(found)) {
        case FAILED -> {
          return Note.preconditionFailed(found, date);
        }
        case NOT_MODIFIED -> {
          return Note.notModified(found, date, lasts);
        }
        case SEND -> {}
      }
      Ranges.Verdict verdict =
          part
              ? ranges.parse(in, head.valueAt(range), head.valueEnd(range), found.length())
              : Ranges.Verdict.WHOLE;
      return switch (verdict) {
        case WHOLE -> new FileSource(found, lines, date, 0, found.length(), false, lasts);
        case UNSATISFIABLE -> Note.unsatisfiable(found, date);
        case PARTS ->
            ranges.count() == 1
                ? new FileSource(found, lines, date, ranges.from(0), ranges.to(0), true, lasts)
                : new MultipartSource(found, lines, date, ranges, boundary());
      };
    } finally {
      file.release();
    }
  }

  /**
   * Whether a parameter of the query is the content's hash, as in {@code site.css?v=1f40fc92da}:
   * under this address nothing else will ever be found.
   */
  private static boolean namesContent(OpenFile file, RequestHead head, byte[] in) {
    int end = head.targetAt + head.targetLength;
    int value = -1;
    boolean query = false;
    for (int i = head.targetAt; i <= end; i++) {
      byte c = i == end ? (byte) '&' : in[i];
      if (query && c == '&') {
        if (value >= 0 && file.isNamedBy(in, value, i)) {
          return true;
        }
        value = -1;
      } else if (query && c == '=' && value < 0) {
        value = i + 1;
      } else if (c == '?') {
        query = true;
      }
    }
    return false;
  }

  private String boundary() {
    return Hex.of(entropy.nextLong()) + Hex.of(entropy.nextLong());
  }

  /** The form of {@code file} that the client likes best of those there are. */
  private Representation negotiated(Root root, OpenFile file, RequestHead head, byte[] in, int to) {
    if (!file.compressible || file.size == 0) {
      return file.plain;
    }
    accept.read(head, in);
    int left = 0;
    for (int c = 0; c < Coding.count(); c++) {
      left |= accept.quality(Coding.at(c)) > 0 ? 1 << c : 0;
    }
    while (left != 0) {
      Coding coding = accept.best(left);
      if (coding == null) {
        break;
      }
      Representation found = sibling(root, file, coding, to);
      if (found == null && coding == Coding.GZIP) {
        found = gzipped(file);
      }
      if (found != null) {
        return found;
      }
      left &= ~coding.bit();
    }
    return file.plain;
  }

  private @Nullable Representation sibling(Root root, OpenFile file, Coding coding, int to) {
    int c = coding.ordinal();
    Representation known = file.siblings[c];
    boolean looked = file.siblingsLookedAt[c] != 0;
    if (known == null && looked && now - file.siblingsLookedAt[c] < limits.freshNanos()) {
      return null;
    }
    file.siblingsLookedAt[c] = now;
    int end = append(to, coding.suffix());
    OpenFile beside = files.find(root, name, 0, end, now, nowSeconds);
    if (beside == null || file.outdates(beside)) {
      file.siblings[c] = null;
    } else if (known == null || known.bytes() != beside) {
      file.siblings[c] = Representation.of(file, beside, coding, null);
    }
    return file.siblings[c];
  }

  /** Compressed by us; a large one is not yet there when it is first asked for. */
  private @Nullable Representation gzipped(OpenFile file) {
    // One written just now is opened anew for each request: what takes long is not worth it.
    long most = file.racy ? OpenFile.HASHED_BYTES : LARGEST_GZIPPED;
    if (file.gzipTried || file.size < SMALLEST_GZIPPED || file.size > most) {
      return file.gzipped;
    }
    file.gzipTried = true;
    if (file.size <= OpenFile.HASHED_BYTES) {
      keep(file, compressed(file, kernel));
    } else {
      file.retain();
      background.execute(() -> {
        ByteBuf compressed = compressed(file, new Kernel());
        loop.execute(() -> {
          keep(file, compressed);
          file.release();
        });
      });
    }
    return file.gzipped;
  }

  private static @Nullable ByteBuf compressed(OpenFile file, Kernel kernel) {
    ByteBuf content = file.content(kernel);
    if (content == null) {
      return null;
    }
    try {
      return Gzip.of(content);
    } finally {
      content.release();
    }
  }

  private void keep(OpenFile file, @Nullable ByteBuf compressed) {
    if (compressed == null) {
      return;
    }
    file.gzipped = Representation.of(file, file, Coding.GZIP, compressed);
    files.gzipped(file, compressed.readableBytes());
  }

  /** Files kept open between requests. */
  int descriptors() {
    return files.size();
  }

  long gzippedBytes() {
    return files.gzippedBytes();
  }

  private void forget() {
    files.clear();
    roots.values().forEach(Root::close);
    roots.clear();
  }

  /** Closes every file that no response is reading. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      forget();
    }
  }
}
