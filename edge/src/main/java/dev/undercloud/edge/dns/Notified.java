package dev.undercloud.edge.dns;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.ZoneRecord;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * One secondary that is told of changes by UDP, again and again until it answers or is given up.
 */
final class Notified implements AutoCloseable {
  /** RFC 1996, 3.6, says five; the secondary looks by itself at its next refresh. */
  static final int TRIES = 5;

  private static final int LONGEST_ANSWER = 1_280;

  private final InetSocketAddress target;
  private final @Nullable TsigKey key;
  private final Duration firstWait;
  private final Clock clock;
  private final Entropy chance;
  private final Consumer<String> say;
  private final Thread thread;

  /** The latest of each zone that has changed; guarded by this. */
  private final Map<DnsName, Zone> changed = new LinkedHashMap<>();

  /** Guarded by this. */
  private boolean closed;

  Notified(
      InetSocketAddress target,
      @Nullable TsigKey key,
      Duration firstWait,
      Clock clock,
      Entropy chance,
      Consumer<String> say) {
    this.target = target;
    this.key = key;
    this.firstWait = firstWait;
    this.clock = clock;
    this.chance = chance;
    this.say = say;
    thread = Thread.ofVirtual().name("dns-notify-" + target).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Any thread. */
  synchronized void changed(Zone zone) {
    changed.put(zone.name(), zone);
    notifyAll();
  }

  private synchronized Zone next() throws InterruptedException {
    while (changed.isEmpty()) {
      wait();
    }
    DnsName first = changed.keySet().iterator().next();
    Zone zone = changed.remove(first);
    if (zone == null) {
      throw new IllegalStateException("a zone without a name");
    }
    return zone;
  }

  private synchronized boolean isSuperseded(Zone zone) {
    return closed || changed.containsKey(zone.name());
  }

  private void run() {
    try {
      while (true) {
        Zone zone = next();
        String why = tell(zone);
        if (why != null && !isSuperseded(zone)) {
          say.accept(
              "The secondary "
                  + target
                  + " was not told that the zone "
                  + zone.name()
                  + " changed: "
                  + why
                  + ". It will see at its next refresh.");
        }
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /** Null where it heard. */
  private @Nullable String tell(Zone zone) throws InterruptedException {
    Message message = message(zone);
    byte[] wire = message.toWire();
    String why = "it does not answer";
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(target);
      int wait = (int) firstWait.toMillis();
      for (int i = 0; i < TRIES && !isSuperseded(zone); i++, wait *= 2) {
        try {
          socket.setSoTimeout(wait);
          socket.send(new DatagramPacket(wire, wire.length));
          return said(answer(socket, message.getHeader().getID()));
        } catch (SocketTimeoutException silent) {
          why = "it does not answer";
        } catch (IOException unreachable) {
          // Its port is closed: it may be starting.
          why = String.valueOf(unreachable.getMessage());
          clock.sleep(Duration.ofMillis(wait));
        }
      }
    } catch (IOException noSocket) {
      return noSocket.getMessage();
    }
    return why;
  }

  private Message message(Zone zone) {
    Message message = new Message((int) chance.nextLong() & 0xffff);
    message.getHeader().setOpcode(Opcode.NOTIFY);
    message.getHeader().setFlag(Flags.AA);
    message.addRecord(
        Record.newRecord(RecordText.name(zone.name()), Type.SOA, DClass.IN), Section.QUESTION);
    message.addRecord(
        RecordText.toJava(
            new ZoneRecord(zone.name(), RecordType.SOA, zone.soa().ttl(), zone.soa().data())),
        Section.ANSWER);
    if (key != null) {
      key.tsig().apply(message, null);
    }
    return message;
  }

  /** The answer to {@code id}; whatever else arrives is left. */
  private static Header answer(DatagramSocket socket, int id) throws IOException {
    byte[] buffer = new byte[LONGEST_ANSWER];
    while (true) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      socket.receive(packet);
      if (packet.getLength() >= Wire.HEADER) {
        Header header = new Header(Arrays.copyOf(buffer, Wire.HEADER));
        if (header.getID() == id
            && header.getFlag(Flags.QR)
            && header.getOpcode() == Opcode.NOTIFY) {
          return header;
        }
      }
    }
  }

  private static @Nullable String said(Header header) {
    return header.getRcode() == Rcode.NOERROR
        ? null
        : "it answered " + Rcode.string(header.getRcode());
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    thread.interrupt();
  }
}
