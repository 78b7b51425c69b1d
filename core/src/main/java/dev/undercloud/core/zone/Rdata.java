package dev.undercloud.core.zone;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a record says, as it travels but for compression: every type is octets to the server (RFC
 * 3597). Immutable.
 */
public final class Rdata {
  /** Octets: a record's length has 16 bits. */
  public static final int LONGEST = 65_535;

  /** Octets of one character string (RFC 1035, 3.3). */
  public static final int LONGEST_STRING = 255;

  private final byte[] wire;

  private Rdata(byte[] wire) {
    if (wire.length > LONGEST) {
      throw new IllegalArgumentException("record data over 65,535 octets");
    }
    this.wire = wire;
  }

  /** Octets as they travel, names in them not compressed. */
  public static Rdata of(byte[] wire) {
    return new Rdata(wire.clone());
  }

  /** Of an A or AAAA record. */
  public static Rdata address(InetAddress address) {
    return new Rdata(address.getAddress());
  }

  /** Of a CNAME, NS or PTR record. */
  public static Rdata name(DnsName target) {
    return new Rdata(target.toWire());
  }

  /** Of a TXT record: texts over 255 octets are cut into several strings. */
  public static Rdata txt(String... texts) {
    ByteBuffer out = ByteBuffer.allocate(LONGEST);
    for (String text : texts) {
      byte[] octets = text.getBytes(StandardCharsets.UTF_8);
      int at = 0;
      do {
        int length = Math.min(LONGEST_STRING, octets.length - at);
        out.put((byte) length).put(octets, at, length);
        at += length;
      } while (at < octets.length);
    }
    return new Rdata(Arrays.copyOf(out.array(), out.position()));
  }

  /** Of an SRV record (RFC 2782). */
  public static Rdata srv(int priority, int weight, int port, DnsName target) {
    byte[] name = target.toWire();
    return new Rdata(
        ByteBuffer.allocate(6 + name.length)
            .putShort((short) priority)
            .putShort((short) weight)
            .putShort((short) port)
            .put(name)
            .array());
  }

  /** Of a CAA record (RFC 8659). */
  public static Rdata caa(int flags, String tag, String value) {
    byte[] tagOctets = tag.getBytes(StandardCharsets.US_ASCII);
    byte[] valueOctets = value.getBytes(StandardCharsets.UTF_8);
    return new Rdata(
        ByteBuffer.allocate(2 + tagOctets.length + valueOctets.length)
            .put((byte) flags)
            .put((byte) tagOctets.length)
            .put(tagOctets)
            .put(valueOctets)
            .array());
  }

  /** A copy of its octets. */
  public byte[] toWire() {
    return wire.clone();
  }

  public int length() {
    return wire.length;
  }

  /** The name from octet {@code at} on: of a CNAME or NS at 0, of MX at 2, of SRV at 6. */
  public DnsName nameAt(int at) {
    try {
      return DnsName.fromWire(wire, at);
    } catch (IndexOutOfBoundsException cut) {
      throw new IllegalArgumentException("record data without the name it needs", cut);
    }
  }

  /** Of an A or AAAA record. */
  public InetAddress asAddress() {
    try {
      return InetAddress.getByAddress(wire);
    } catch (UnknownHostException wrongLength) {
      throw new IllegalArgumentException("not an address", wrongLength);
    }
  }

  /**
   * @throws IllegalArgumentException where it cannot be the data of {@code type}
   */
  void check(int type) {
    switch (type) {
      case RecordType.A -> require(wire.length == 4, type);
      case RecordType.AAAA -> require(wire.length == 16, type);
      case RecordType.CNAME, RecordType.NS, RecordType.PTR ->
          require(nameAt(0).length() == wire.length, type);
      case RecordType.MX -> require(nameAt(2).length() + 2 == wire.length, type);
      case RecordType.SRV -> require(nameAt(6).length() + 6 == wire.length, type);
      case RecordType.TXT -> require(areStrings(), type);
      default -> require(type != RecordType.CAA || isCaa(), type);
    }
  }

  private boolean areStrings() {
    int at = 0;
    while (at < wire.length) {
      at += (wire[at] & 255) + 1;
    }
    return wire.length > 0 && at == wire.length;
  }

  private boolean isCaa() {
    return wire.length >= 3 && wire[1] > 0 && wire.length >= 2 + wire[1];
  }

  private static void require(boolean holds, int type) {
    if (!holds) {
      throw new IllegalArgumentException("not the data of a " + RecordType.text(type) + " record");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rdata data && Arrays.equals(wire, data.wire);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(wire);
  }

  /** In the form of RFC 3597: {@code \# 4 7f000001}. */
  @Override
  public String toString() {
    return "\\# " + wire.length + " " + HexFormat.of().formatHex(wire);
  }
}
