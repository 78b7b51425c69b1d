package dev.undercloud.control;

import dev.undercloud.core.route.Address;
import dev.undercloud.runtime.driver.Exit;
import dev.undercloud.runtime.driver.Handle;
import dev.undercloud.runtime.driver.Output;
import dev.undercloud.runtime.driver.ReplicaSpec;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A replica in this JVM: a real server on a real Unix socket, or something that only pretends. */
final class FakeReplica {
  final ReplicaSpec spec;
  final Handle handle;
  final CompletableFuture<Exit> exit = new CompletableFuture<>();
  volatile Behaviour behaviour;
  private final @Nullable ServerSocketChannel server;

  FakeReplica(ReplicaSpec spec, long pid, Path folder, Behaviour behaviour) {
    this.spec = spec;
    this.behaviour = behaviour;
    boolean worker = spec.listen() == dev.undercloud.core.model.Listen.NONE;
    Path socket = folder.resolve(pid + ".sock");
    this.handle = new Handle(spec.id(), pid, pid * 7, worker ? null : new Address.Unix(socket));
    try {
      if (worker || behaviour.deaf()) {
        server = null;
      } else {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::serve);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What it says before anything else, and how it ends where it does by itself. */
  void begin(Output output) {
    behaviour.says().forEach(output::line);
    Exit own = behaviour.exit();
    if (own != null) {
      end(own);
    }
  }

  void end(Exit how) {
    close();
    exit.complete(how);
  }

  boolean running() {
    return !exit.isDone();
  }

  private void close() {
    try {
      if (server != null) {
        server.close();
      }
      if (handle.address() instanceof Address.Unix unix) {
        Files.deleteIfExists(unix.path());
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void serve() {
    while (true) {
      try {
        SocketChannel client = server.accept();
        Thread.ofVirtual().start(() -> answer(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void answer(SocketChannel client) {
    try (client) {
      client.read(ByteBuffer.allocate(4096));
      Behaviour now = behaviour;
      if (now.status() == 0) {
        exit.join();
        return;
      }
      String text =
          "HTTP/1.1 "
              + now.status()
              + " As Told\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
      client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      // The check has left.
    }
  }
}
