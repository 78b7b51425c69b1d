package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http1.Reject;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.http2.ResponseText;
import dev.undercloud.edge.http2.TrailerLines;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The response on one stream of a replica, on its way to the client: heads, body, trailers; for a
 * WebSocket what the replica says. It is as long as it declares, or it is bad. Reused. Its loop's
 * thread only.
 */
final class StreamDownload {
  /** As for HTTP/1. */
  private static final int MOST_INTERIM = ResponseReader.MOST_INTERIM;

  private static final int SWITCHING_PROTOCOLS = 101;

  private final UpstreamStream stream;
  private final Http2Upstream link;
  private final Loop loop;

  /** Of a WebSocket's request. */
  private String key = "";

  /** Bytes of the response that its head declares; -1 for none. */
  private long declared;

  private long payload;
  private int interims;
  private boolean headSeen;

  /** A head without body whose stream has not ended: passed on when it does. */
  private byte @Nullable [] late;

  private boolean ended;
  private boolean tunnel;

  StreamDownload(UpstreamStream stream, Http2Upstream link) {
    this.stream = stream;
    this.link = link;
    loop = link.loop;
  }

  /** A request begins. */
  void begin() {
    declared = -1;
    payload = 0;
    interims = 0;
    headSeen = ended = tunnel = false;
    late = null;
  }

  /**
   * The request is a WebSocket's.
   *
   * @param key its {@code Sec-WebSocket-Key}
   */
  void answersTo(String key) {
    this.key = key;
  }

  // ---------------------------------------------------------------- heads

  /** The loop's field list is a head of the response, or its trailers. */
  void head(Exchange current, boolean last) {
    if (late != null) {
      late(current, 0, last);
      return;
    }
    if (headSeen) {
      trailers(current, last);
      return;
    }
    current.toClient.firstByte(loop.nanos());
    int length = text(current);
    if (length < 0) {
      malformed(current, "its response is malformed, because " + heads().fault());
      return;
    }
    int parsed = loop.response.parse(loop.in, 0, length, current.toHead());
    if (parsed != length) {
      Reject reject = Reject.is(parsed) ? Reject.of(parsed) : Reject.STATUS_LINE;
      malformed(current, reject.words());
    } else if (loop.response.interim) {
      interim(current, last);
    } else if (loop.response.body == ResponseHead.Body.NONE && !last && !isSwitch()) {
      late = Arrays.copyOf(loop.in, length);
    } else {
      if (last && current.request.grpc) {
        current.slot.error = TrailerLines.failure(loop.fields);
      }
      finalHead(current, last);
    }
  }

  private boolean isSwitch() {
    return loop.response.status == SWITCHING_PROTOCOLS;
  }

  /** More came where nothing but the end may come; with that the head is passed on. */
  private void late(Exchange current, int bytes, boolean last) {
    byte[] head = Objects.requireNonNull(late);
    if (bytes > 0) {
      malformed(current, "there is a body where none may be");
    } else if (last) {
      late = null;
      System.arraycopy(head, 0, loop.in, 0, head.length);
      loop.response.parse(loop.in, 0, head.length, current.toHead());
      finalHead(current, true);
    }
  }

  private ResponseText heads() {
    return loop.replicaHeads.response;
  }

  /** Writes the head as HTTP/1.1 has it. A WebSocket begins with 2xx here, and with 101 there. */
  private int text(Exchange current) {
    int status = ResponseText.status(loop.fields);
    boolean switches = current.request.upgrade && status >= 200 && status < 300;
    return switches
        ? heads().writeSwitched(loop.fields, key, loop.in)
        : heads().write(loop.fields, loop.in);
  }

  private void interim(Exchange current, boolean last) {
    if (last) {
      malformed(current, "its response ended with an interim (1xx) one");
    } else if (++interims > MOST_INTERIM) {
      link.spoil();
      current.toClient.interimFlood();
    } else {
      current.toClient.interim();
    }
  }

  private void finalHead(Exchange current, boolean last) {
    ResponseHead head = loop.response;
    headSeen = true;
    if (isSwitch()) {
      tunnel = true;
      current.toClient.upgraded(stream, Unpooled.EMPTY_BUFFER);
      if (last && stream.serves(current)) {
        ended = true;
        current.toClient.tunnel().downEnded();
      }
      return;
    }
    if (!head.ofStream(last)) {
      malformed(current, "its response ended before the body that its Content-Length declares");
      return;
    }
    declared = head.body == ResponseHead.Body.NONE ? -1 : head.contentLength;
    ended = last;
    if (current.toClient.isTaken(last)) {
      return;
    }
    current.toClient.prepareHead();
    current.toClient.head(Unpooled.EMPTY_BUFFER, 0);
    if (last && stream.serves(current)) {
      current.toClient.ended(loop.nanos());
    }
  }

  // ---------------------------------------------------------------- body and trailers

  private void trailers(Exchange current, boolean last) {
    TrailerLines trailers = loop.replicaHeads.trailers;
    String fault = last ? trailers.read(loop.fields) : "fields came within the body";
    if (fault == null && tunnel) {
      fault = "a WebSocket has no trailers";
    }
    if (fault == null && payload < declared) {
      fault = "the body is shorter than its Content-Length declares";
    }
    if (fault != null) {
      badBody(current, fault);
      return;
    }
    if (current.request.grpc) {
      current.slot.error = TrailerLines.failure(loop.fields);
    }
    if (trailers.length() > 0) {
      current.down.trailers(trailers.lines(), trailers.length());
    }
    end(current);
  }

  /** Takes DATA; whether they belong to the body, so that the client's pace is theirs. */
  boolean data(Exchange current, ByteBuf data, boolean last) {
    int bytes = data.readableBytes();
    if (late != null) {
      late(current, bytes, last);
      return false;
    }
    if (!headSeen) {
      malformed(current, "its response has no head");
      return false;
    }
    payload += bytes;
    String fault = lengthFault(last);
    if (fault != null) {
      badBody(current, fault);
      return false;
    }
    if (bytes > 0) {
      pass(current, data);
    }
    if (last && stream.serves(current)) {
      end(current);
    }
    return true;
  }

  private @Nullable String lengthFault(boolean last) {
    boolean wrong = declared >= 0 && (payload > declared || last && payload < declared);
    return wrong ? "the body is not as long as its Content-Length declares" : null;
  }

  private void pass(Exchange current, ByteBuf data) {
    ByteBuf piece = loop.keep(data.retain());
    if (tunnel) {
      current.toClient.tunnel().down(piece);
    } else {
      current.toClient.received(payload);
      current.toClient.body(piece);
    }
  }

  private void end(Exchange current) {
    ended = true;
    if (tunnel) {
      current.toClient.tunnel().downEnded();
    } else {
      current.toClient.ended(loop.nanos());
    }
  }

  /** Bytes are only passed from now on. */
  void startTunnel() {
    tunnel = true;
  }

  // ---------------------------------------------------------------- faults

  /** The response's head makes no sense: nothing more begins on this connection. */
  private void malformed(Exchange current, String words) {
    link.spoil();
    current.toClient.badResponse(words);
  }

  private void badBody(Exchange current, String words) {
    link.spoil();
    if (tunnel) {
      current.tunnelClosed();
    } else {
      current.toClient.badBody(words);
    }
  }

  /** The stream is reset for a fault that Netty has found. */
  void broken(Exchange current, String words) {
    if (tunnel) {
      current.tunnelClosed();
    } else if (headSeen) {
      current.toClient.badBody(words);
    } else {
      current.toClient.badResponse(words);
    }
  }

  // ---------------------------------------------------------------- what is known of it

  /** Whether its final head has come. */
  boolean isHeadSeen() {
    return headSeen;
  }

  /** Whether a body is on its way whose length nobody knows. */
  boolean isOpen() {
    return headSeen && declared < 0;
  }

  /** Whether the replica has ended its side. */
  boolean isEnded() {
    return ended;
  }

  boolean isTunnel() {
    return tunnel;
  }
}
