package dev.undercloud.edge.rule;

import dev.undercloud.core.unit.Cidr;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.net.ClientAddress;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Who the client is where a trusted proxy says so in {@code X-Forwarded-For} or {@code Forwarded}
 * (RFC 7239): the last address that no trusted proxy has. What stands before it anybody may have
 * written. {@code Forwarded} is read only where the request has no {@code X-Forwarded-For} and no
 * {@code X-Forwarded-Proto}: a proxy that writes those may pass the other one as a client sent it.
 */
public final class Forwarding {
  private static final byte[] FOR = Route.ascii("x-forwarded-for");
  private static final byte[] PROTO = Route.ascii("x-forwarded-proto");
  private static final byte[] FORWARDED = Route.ascii("forwarded");

  /** Proxies behind each other; a longer list is an attack on who reads it. */
  private static final int MOST_HOPS = 32;

  private Forwarding() {}

  /**
   * The client behind {@code peer}, which is trusted; the peer itself where nothing sound is said.
   */
  public static ClientSide client(RequestHead head, byte[] in, Blocks trusted, ClientSide peer) {
    boolean elder = head.field(in, FOR, -1) >= 0 || head.field(in, PROTO, -1) >= 0;
    if (!elder && head.field(in, FORWARDED, -1) >= 0) {
      return standard(all(head, in, FORWARDED), trusted, peer);
    }
    String[] hops = all(head, in, FOR).split(",", -1);
    InetAddress client = peer.address.address();
    for (int i = hops.length - 1; i >= Math.max(0, hops.length - MOST_HOPS); i--) {
      InetAddress hop = address(hops[i].strip());
      if (hop == null) {
        break;
      }
      client = hop;
      if (!trusted.contains(ClientAddress.of(hop))) {
        break;
      }
    }
    String said = all(head, in, PROTO);
    String last = said.substring(said.lastIndexOf(',') + 1).strip();
    boolean known = last.equals("http") || last.equals("https");
    return behind(peer, client, known ? last : null);
  }

  private static ClientSide standard(String list, Blocks trusted, ClientSide peer) {
    ForwardedElements elements = new ForwardedElements(list);
    InetAddress client = peer.address.address();
    String scheme = null;
    for (int i = 0; i < MOST_HOPS && elements.next(); i++) {
      // As of X-Forwarded-Proto, the word of the nearest proxy counts.
      scheme = i == 0 ? elements.scheme() : scheme;
      InetAddress hop = elements.client();
      if (hop == null) {
        break;
      }
      client = hop;
      if (!trusted.contains(ClientAddress.of(hop))) {
        break;
      }
    }
    return behind(peer, client, scheme);
  }

  private static ClientSide behind(
      ClientSide peer, @Nullable InetAddress client, @Nullable String said) {
    String scheme = said != null ? said : peer.secure ? "https" : "http";
    return client == null ? peer : peer.behind(client, scheme);
  }

  /** All values of a field as one list (RFC 9110, 5.2). */
  private static String all(RequestHead head, byte[] in, byte[] name) {
    StringBuilder all = new StringBuilder();
    for (int f = head.field(in, name, -1); f >= 0; f = head.field(in, name, f)) {
      int at = head.valueAt(f);
      if (!all.isEmpty()) {
        all.append(',');
      }
      all.append(new String(in, at, head.valueEnd(f) - at, StandardCharsets.ISO_8859_1));
    }
    return all.toString();
  }

  /** {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1}, {@code [2001:db8::1]:80}. */
  private static @Nullable InetAddress address(String text) {
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      return end < 0 ? null : Cidr.address(text.substring(1, end));
    }
    int colon = text.indexOf(':');
    boolean port = colon > 0 && colon == text.lastIndexOf(':');
    return Cidr.address(port ? text.substring(0, colon) : text);
  }
}
