package dev.undercloud.edge;

import dev.undercloud.core.route.Address;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A replica made by hand: a script runs for each connection and says every byte itself. It frames
 * what it reads on its own, without any code of the edge.
 */
public final class Backend implements AutoCloseable {
  /** What happens on one connection; it closes when the script returns. */
  public interface Script {
    void run(Conn conn) throws Exception;
  }

  private final ServerSocketChannel listener;
  private final Address address;
  private final Script script;
  public final AtomicInteger connections = new AtomicInteger();
  public final List<String> heads = new CopyOnWriteArrayList<>();
  public final List<Conn> open = new CopyOnWriteArrayList<>();
  public final List<Throwable> failures = new CopyOnWriteArrayList<>();

  private Backend(ServerSocketChannel listener, Address address, Script script) {
    this.listener = listener;
    this.address = address;
    this.script = script;
    Thread.ofVirtual().start(this::accept);
  }

  public static Backend unix(Path socket, Script script) {
    try {
      Files.deleteIfExists(socket);
      ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(UnixDomainSocketAddress.of(socket), 256);
      return new Backend(listener, new Address.Unix(socket), script);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Backend tcp(Script script) {
    return tcp(0, script);
  }

  public static Backend tcp(int port, Script script) {
    try {
      ServerSocketChannel listener = ServerSocketChannel.open();
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 256);
      SocketAddress bound = listener.getLocalAddress();
      return new Backend(
          listener, new Address.Tcp("127.0.0.1", ((InetSocketAddress) bound).getPort()), script);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Answers each request on each connection with {@code name} as body. */
  public static Script saying(String name) {
    return conn -> {
      while (conn.request() != null) {
        conn.say("HTTP/1.1 200 OK\r\nContent-Length: " + name.length() + "\r\n\r\n" + name);
      }
    };
  }

  public Address address() {
    return address;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = listener.accept();
        connections.incrementAndGet();
        Conn conn = new Conn(channel);
        open.add(conn);
        Thread.ofVirtual().start(() -> serve(conn));
      }
    } catch (IOException closed) {
      // The end.
    }
  }

  private void serve(Conn conn) {
    try {
      script.run(conn);
    } catch (IOException gone) {
      // The edge closed: scripts do not have to care.
    } catch (Throwable t) {
      failures.add(t);
    } finally {
      conn.close();
      open.remove(conn);
    }
  }

  /** As kill -9 does: nothing listens, every connection ends. */
  @Override
  public void close() {
    try {
      listener.close();
      if (address instanceof Address.Unix(Path path)) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    open.forEach(Conn::close);
  }

  /** One connection of the edge. */
  public final class Conn {
    public final SocketChannel channel;
    public final InputStream in;
    private final OutputStream out;

    public Conn(SocketChannel channel) {
      this.channel = channel;
      in = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
      out = Channels.newOutputStream(channel);
    }

    /** Reads a head; null at the end of the connection. */
    public String head() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
        int c = in.read();
        if (c < 0) {
          if (head.isEmpty()) {
            return null;
          }
          throw new IOException("cut within a head: " + head);
        }
        head.append((char) c);
      }
      heads.add(head.toString());
      return head.toString();
    }

    /**
     * Reads a request with its body: head and body, the latter without framing; null at the end.
     */
    public String request() throws IOException {
      String head = head();
      return head == null ? null : head + new String(body(head), StandardCharsets.ISO_8859_1);
    }

    public byte[] body(String head) throws IOException {
      return Wire.body(in, head, false);
    }

    public void say(String text) throws IOException {
      say(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public void say(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** Closes so that the peer gets a reset rather than an end, where the transport knows that. */
    public void reset() throws IOException {
      if (address instanceof Address.Tcp) {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
      channel.close();
    }

    public void shutdownOutput() throws IOException {
      channel.shutdownOutput();
    }

    public int readRaw(ByteBuffer into) throws IOException {
      return channel.read(into);
    }

    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
