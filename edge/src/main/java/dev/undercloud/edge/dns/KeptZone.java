package dev.undercloud.edge.dns;

import dev.undercloud.core.file.DurableFile;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Rdata;
import dev.undercloud.core.zone.Soa;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.ZoneRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A secondary's zone between runs: {@code shop.test.secondary}, replaced whole with each transfer,
 * and {@code shop.test.seen}, which says when the primary last confirmed it. The first begins with
 * a line for people, holds the records as they travel, and ends with the SHA-256 of all before: a
 * half of it is refused. One thread; blocks.
 */
final class KeptZone {
  /** Octets: as many as a zone file may have. */
  private static final long LONGEST_FILE = 32L << 20;

  private static final int DIGEST = 32;
  private static final String MAGIC = "undercloud secondary 1";

  /**
   * What was kept.
   *
   * @param transferred when it came
   * @param confirmed when the primary last had nothing newer
   */
  record Kept(Zone zone, Instant transferred, Instant confirmed) {}

  private final DnsName name;
  private final Path file;
  private final Path seen;
  private String digest = "";

  KeptZone(Path folder, DnsName name) {
    this.name = name;
    file = folder.resolve(ZoneFolder.fileName(name) + ".secondary");
    seen = folder.resolve(ZoneFolder.fileName(name) + ".seen");
  }

  /** Where it is. */
  Path file() {
    return file;
  }

  /** Keeps a zone that has just come: when this returns it survives a power cut. */
  void write(Zone zone, String primary, Instant now) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    String line =
        String.join(
            " ",
            MAGIC,
            zone.name().toString(),
            "serial",
            Long.toString(zone.soa().serial()),
            "transferred",
            now.toString(),
            "from",
            primary + "\n");
    out.write(line.getBytes(StandardCharsets.UTF_8));
    out.write(zone.name().toWire());
    out.writeInt(zone.soa().ttl());
    data(out, zone.soa().data());
    out.writeInt(zone.records().size());
    for (ZoneRecord record : zone.records()) {
      out.write(record.name().toWire());
      out.writeShort(record.type());
      out.writeInt(record.ttl());
      data(out, record.data());
    }
    byte[] sum = sha256(bytes.toByteArray(), bytes.size());
    out.write(sum);
    Files.createDirectories(file.toAbsolutePath().normalize().getParent());
    DurableFile.write(file, bytes.toByteArray());
    digest = HexFormat.of().formatHex(sum);
  }

  private static void data(DataOutputStream out, Rdata data) throws IOException {
    out.writeShort(data.length());
    out.write(data.toWire());
  }

  /** Notes that the primary has confirmed what is kept. */
  void confirm(Instant now) throws IOException {
    DurableFile.write(seen, digest + " " + now + "\n");
  }

  /**
   * What was kept; null where nothing was.
   *
   * @throws IOException where it cannot be read or is not what was written
   */
  @Nullable Kept read() throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    if (Files.size(file) > LONGEST_FILE) {
      throw new IOException("it is over 32 MiB");
    }
    byte[] bytes = Files.readAllBytes(file);
    int length = bytes.length - DIGEST;
    if (length < 0
        || !Arrays.equals(sha256(bytes, length), Arrays.copyOfRange(bytes, length, bytes.length))) {
      throw new IOException("it is damaged: its checksum is another");
    }
    try {
      Kept kept = parse(bytes, length);
      digest = HexFormat.of().formatHex(bytes, length, bytes.length);
      return new Kept(kept.zone, kept.transferred, confirmed(kept.transferred));
    } catch (EOFException | IllegalArgumentException | DateTimeParseException wrong) {
      throw new IOException("it is not a zone: " + wrong.getMessage(), wrong);
    }
  }

  private Kept parse(byte[] bytes, int length) throws IOException {
    int end = 0;
    while (end < length && bytes[end] != '\n') {
      end++;
    }
    String[] words = new String(bytes, 0, end, StandardCharsets.UTF_8).split(" ");
    if (words.length < 8 || !String.join(" ", words[0], words[1], words[2]).equals(MAGIC)) {
      throw new IllegalArgumentException("another version wrote it");
    }
    Instant transferred = Instant.parse(words[7]);
    DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(bytes, end + 1, length - end - 1));
    if (!name(in).equals(name)) {
      throw new IllegalArgumentException("it is another zone's");
    }
    int ttl = in.readInt();
    Soa soa = Soa.of(data(in), ttl);
    int count = in.readInt();
    if (count < 0 || count > Zone.MOST_RECORDS) {
      throw new IllegalArgumentException("it has too many records");
    }
    List<ZoneRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      DnsName owner = name(in);
      int type = in.readUnsignedShort();
      records.add(new ZoneRecord(owner, type, in.readInt(), data(in)));
    }
    return new Kept(new Zone(name, soa, records), transferred, transferred);
  }

  private static DnsName name(DataInputStream in) throws IOException {
    byte[] wire = new byte[DnsName.LONGEST];
    int at = 0;
    for (int label = in.readUnsignedByte(); label != 0; label = in.readUnsignedByte()) {
      if (label > DnsName.LONGEST_LABEL || at + label + 2 > DnsName.LONGEST) {
        throw new IllegalArgumentException("a name is too long");
      }
      wire[at++] = (byte) label;
      in.readFully(wire, at, label);
      at += label;
    }
    return DnsName.fromWire(wire, 0);
  }

  private static Rdata data(DataInputStream in) throws IOException {
    byte[] data = new byte[in.readUnsignedShort()];
    in.readFully(data);
    return Rdata.of(data);
  }

  /** When the primary confirmed this very content; what is noted of another says nothing. */
  private Instant confirmed(Instant transferred) throws IOException {
    if (!Files.exists(seen)) {
      return transferred;
    }
    String[] words = Files.readString(seen).strip().split(" ");
    if (words.length != 2 || !words[0].equals(digest)) {
      return transferred;
    }
    Instant noted = Instant.parse(words[1]);
    return noted.isBefore(transferred) ? transferred : noted;
  }

  private static byte[] sha256(byte[] of, int length) {
    try {
      MessageDigest sum = MessageDigest.getInstance("SHA-256");
      sum.update(of, 0, length);
      return sum.digest();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
