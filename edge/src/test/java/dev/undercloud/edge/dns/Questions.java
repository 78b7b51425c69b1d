package dev.undercloud.edge.dns;

import dev.undercloud.core.unit.Cidr;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.ZoneRecord;
import dev.undercloud.core.zone.Zones;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Zones from text, questions and answers as octets and as words; dnsjava and dig read them. */
final class Questions {
  static final InetAddress HERE = InetAddress.getLoopbackAddress();

  private Questions() {}

  static Zone zone(String name, String text) {
    return ZoneFile.read(DnsName.of(name), text.getBytes(StandardCharsets.UTF_8), "test");
  }

  static Zones zones(Zone... zones) {
    return new Zones(1, List.of(zones));
  }

  static Names compile(Zones zones, Predicate<ZoneRecord> up) {
    return Compiled.EMPTY.next(zones, up).names;
  }

  /** {@code www.example.com A} as a message; {@code DO} sets an OPT with 1232 octets. */
  static Message ask(String words) {
    String[] word = words.strip().split("\\s+");
    try {
      Name name = Name.fromString(word[0], Name.root);
      int type = word[1].equals("ANY") ? Type.ANY : Type.value(word[1], true);
      Message message = Message.newQuery(Record.newRecord(name, type, DClass.IN));
      if (Arrays.asList(word).contains("EDNS")) {
        message.addRecord(new org.xbill.DNS.OPTRecord(1232, 0, 0, 0), Section.ADDITIONAL);
      }
      message.getHeader().unsetFlag(Flags.RD);
      return message;
    } catch (IOException wrong) {
      throw new IllegalArgumentException(wrong);
    }
  }

  /** Whole zones for these blocks of addresses. */
  static Supplier<TransferRules> transfers(String... blocks) {
    TransferRules rules = rules(null, blocks);
    return () -> rules;
  }

  /** The same for those who sign with {@code key}; null: nobody has to. */
  static TransferRules rules(@Nullable TsigKey key, String... blocks) {
    return new TransferRules(Stream.of(blocks).map(Cidr::parse).toList(), Optional.ofNullable(key));
  }

  /** The answer's octets; null where there is none. */
  static byte[] answer(Names names, byte[] question, boolean tcp) {
    byte[] out = new byte[Responder.LONGEST];
    int length =
        new Responder(transfers(), null).answer(names, question, question.length, out, tcp, HERE);
    return length <= 0 ? null : Arrays.copyOf(out, length);
  }

  static String words(Names names, String question) {
    return words(answer(names, ask(question).toWire(), false));
  }

  /** {@code NOERROR aa | answers | authorities | additionals}, sets in their order. */
  static String words(byte[] answer) {
    try {
      Message message = new Message(answer);
      StringBuilder text = new StringBuilder(Rcode.string(message.getRcode()));
      if (message.getHeader().getFlag(Flags.AA)) {
        text.append(" aa");
      }
      if (message.getHeader().getFlag(Flags.TC)) {
        text.append(" tc");
      }
      if (message.getHeader().getFlag(Flags.RA)) {
        text.append(" ra");
      }
      for (int section : List.of(Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL)) {
        List<String> records = new ArrayList<>();
        for (Record record : message.getSection(section)) {
          if (record.getType() != Type.OPT) {
            records.add(
                record.getName()
                    + " "
                    + record.getTTL()
                    + " "
                    + Type.string(record.getType())
                    + " "
                    + record.rdataToString());
          }
        }
        text.append(" | ").append(String.join("; ", records));
      }
      return text.toString().strip().replaceAll("[ |]+$", "");
    } catch (IOException wrong) {
      throw new AssertionError("not a message", wrong);
    }
  }

  /** What the server says by UDP within five seconds. */
  static byte[] udp(InetSocketAddress server, byte[] question) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(5_000);
      socket.send(new DatagramPacket(question, question.length, server));
      DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
      socket.receive(answer);
      return Arrays.copyOf(answer.getData(), answer.getLength());
    }
  }

  static byte[] framed(byte[] message) {
    return ByteBuffer.allocate(2 + message.length)
        .putShort((short) message.length)
        .put(message)
        .array();
  }

  static byte[] readFramed(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    byte[] message = new byte[data.readUnsignedShort()];
    data.readFully(message);
    return message;
  }

  static Socket connect(InetSocketAddress server) throws IOException {
    Socket socket = new Socket();
    socket.connect(server, 5_000);
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** What dig prints. */
  static String dig(InetSocketAddress server, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("dig", "@" + server.getAddress().getHostAddress()));
    command.addAll(List.of("-p", "" + server.getPort(), "+time=3", "+tries=2"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    process.getInputStream().transferTo(printed);
    process.waitFor(20, TimeUnit.SECONDS);
    return printed.toString(StandardCharsets.UTF_8);
  }
}
