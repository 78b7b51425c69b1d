package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsName;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The serial that a primary has, asked by TCP: nobody else can answer. Blocks. */
final class PrimarySerial {
  private PrimarySerial() {}

  /**
   * @param key what both sign with; null: nothing
   */
  static long ask(DnsName zone, InetSocketAddress primary, @Nullable TsigKey key, Duration patience)
      throws IOException {
    Record question = Record.newRecord(RecordText.name(zone), Type.SOA, DClass.IN);
    Message query = Message.newQuery(question);
    if (key != null) {
      key.tsig().apply(query, null);
    }
    byte[] wire = query.toWire();
    try (Socket socket = new Socket()) {
      socket.connect(primary, (int) patience.toMillis());
      socket.setSoTimeout((int) patience.toMillis());
      OutputStream out = socket.getOutputStream();
      out.write(
          ByteBuffer.allocate(2 + wire.length).putShort((short) wire.length).put(wire).array());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = new byte[in.readUnsignedShort()];
      in.readFully(answer);
      Message said = new Message(answer);
      if (key != null && key.tsig().verify(said, answer, query.getTSIG()) != Rcode.NOERROR) {
        throw new IOException("the primary's answer is not signed with " + key);
      }
      for (Record record : said.getSection(Section.ANSWER)) {
        if (record instanceof SOARecord soa && soa.getName().equals(question.getName())) {
          return soa.getSerial();
        }
      }
      throw new IOException("the primary gave no SOA for " + zone);
    }
  }
}
