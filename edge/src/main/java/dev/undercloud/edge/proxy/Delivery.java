package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.BodyCoding;
import dev.undercloud.edge.http1.Edits;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.http1.ResponseRewriter.Transfer;
import dev.undercloud.edge.net.Descriptor;
import dev.undercloud.edge.reply.Filter;
import dev.undercloud.edge.reply.Source;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.FileRegion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of one response to the client, from a replica or from a {@link Source}, through the
 * filters of its exchange. Reused. Its loop's thread only.
 */
final class Delivery {
  /** One piece of a source's body: what the socket takes at once. */
  private static final int PIECE_BYTES = 64 << 10;

  /** Up to here a source's body goes with its head. */
  private static final int SMALL_BODY = 8 << 10;

  private final Loop loop;
  private final Exchange exchange;
  private final Downstream down;
  private final Runnable pump = this::pump;
  private final List<Filter> filters = new ArrayList<>(2);
  private Transfer transfer = Transfer.VERBATIM;
  private boolean filtered;
  private @Nullable Source source;

  /** Body bytes that the source's head promised and {@link Source#next} has not given. */
  private long left;

  private boolean pumping;

  Delivery(Loop loop, Exchange exchange, Downstream down) {
    this.loop = loop;
    this.exchange = exchange;
    this.down = down;
  }

  void reset() {
    transfer = Transfer.VERBATIM;
    filtered = false;
    pumping = false;
  }

  /** Before the response's head: the first one added is nearest to the app. */
  void add(Filter filter) {
    filters.add(filter);
  }

  /** Nearer to the app than those that are there. */
  void addFirst(Filter filter) {
    filters.add(0, filter);
  }

  Transfer transfer() {
    return transfer;
  }

  /** Whether body bytes may be passed as they came, right behind the head. */
  boolean isVerbatim() {
    return transfer == Transfer.VERBATIM && !filtered;
  }

  boolean isFiltered() {
    return filtered;
  }

  /** Prepares the head that the loop has just parsed. */
  void head() {
    Edits edits = loop.edits;
    edits.clear();
    if (!filters.isEmpty()) {
      askFilters(edits);
    }
    transfer = down.prepareHead();
  }

  private void askFilters(Edits edits) {
    int kept = 0;
    for (int i = 0; i < filters.size(); i++) {
      Filter filter = filters.get(i);
      if (filter.head(loop.response, loop.in, edits)) {
        filters.set(kept++, filter);
        if (filter.coding() != BodyCoding.NONE) {
          exchange.slot.coding = filter.coding();
        }
      } else {
        filter.close();
      }
    }
    filters.subList(kept, filters.size()).clear();
    filtered = kept > 0;
    if (filtered) {
      edits.filtered();
    }
  }

  /** The protocol changes: there is no response to filter. */
  void dropFilters() {
    for (int i = 0; i < filters.size(); i++) {
      filters.get(i).close();
    }
    filters.clear();
    filtered = false;
  }

  /** Body bytes as the transfer says, or without framing where there are filters. */
  void body(ByteBuf piece) {
    ByteBuf out = filtered ? through(piece, 0) : piece;
    if (out != null) {
      sent(out);
      down.body(out);
    }
  }

  /** Counts what a compressed body has become. */
  private void sent(ByteBuf out) {
    if (filtered && exchange.slot.coding != BodyCoding.NONE) {
      exchange.slot.sentBytes += out.readableBytes();
    }
  }

  private @Nullable ByteBuf through(ByteBuf piece, int first) {
    ByteBuf out = piece;
    for (int i = first; i < filters.size() && out != null; i++) {
      out = filters.get(i).body(out);
    }
    return out;
  }

  /** The body is whole. */
  void end() {
    if (filtered) {
      for (int i = 0; i < filters.size(); i++) {
        ByteBuf rest = filters.get(i).end();
        ByteBuf out = rest == null ? null : through(rest, i + 1);
        if (out != null) {
          sent(out);
          down.body(out);
        }
      }
    }
    down.end();
  }

  /** Nothing more comes: whoever has not been told the end has failed. */
  void close() {
    if (!filters.isEmpty()) {
      dropFilters();
    }
    Source from = source;
    if (from != null) {
      source = null;
      from.close();
    }
  }

  /** Begins to send what {@code from} has; {@link #close} closes it. */
  void begin(Source from) {
    source = from;
    int length = from.head(loop.in);
    ResponseHead head = loop.response;
    if (head.parse(loop.in, 0, length, exchange.toHead()) != length) {
      throw new IllegalStateException("a response head of our own makes no sense: " + from);
    }
    left = head.contentLength;
    exchange.toClient.sourceHead();
    boolean whole = head.body == ResponseHead.Body.LENGTH && left <= SMALL_BODY && isVerbatim();
    ByteBuf first = whole ? from.next((int) left) : null;
    if (first != null) {
      withHead(first);
    } else {
      down.head(Unpooled.EMPTY_BUFFER, 0);
    }
    if (head.body == ResponseHead.Body.NONE || whole && left == 0) {
      exchange.toClient.sourceEnded();
    } else {
      pump();
    }
  }

  /** A small body goes with its head: one write instead of two. */
  private void withHead(ByteBuf body) {
    int bytes = body.readableBytes();
    left -= bytes;
    exchange.slot.responseBytes += bytes;
    down.head(body, bytes);
    body.release();
  }

  /** Sends while the client takes more, a turn's worth at most. */
  void pump() {
    if (pumping || source == null) {
      return;
    }
    pumping = true;
    for (int pieces = 0; pieces < Loop.READS_A_TURN && source != null; pieces++) {
      if (!down.isWritable()) {
        exchange.toClient.flush();
        if (!down.isWritable()) {
          break;
        }
      }
      piece(source);
    }
    exchange.toClient.flush();
    pumping = false;
    if (source != null && down.isWritable()) {
      loop.execute(pump);
    }
  }

  private void piece(Source from) {
    Descriptor socket = left > 0 && !filtered ? down.fileSocket() : null;
    FileRegion part = socket == null ? null : from.region(socket);
    if (part != null) {
      left -= part.count();
      exchange.slot.responseBytes += part.count();
      down.file(part);
      return;
    }
    ByteBuf piece = left == 0 ? null : from.next(PIECE_BYTES);
    if (piece == null) {
      // Announced or not, that is all there is.
      if (left > 0) {
        exchange.toClient.sourceFailed();
      } else {
        exchange.toClient.sourceEnded();
      }
      return;
    }
    int bytes = piece.readableBytes();
    if (left >= 0) {
      left -= bytes;
    }
    exchange.slot.responseBytes += bytes;
    exchange.toClient.body(piece);
  }
}
