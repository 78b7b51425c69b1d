package dev.undercloud.runtime.build;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the text files people have, as pip reads them: PowerShell's redirection writes UTF-16. */
final class Text {
  private static final char MARK = '\uFEFF';

  private Text() {}

  static String read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    String text = decode(bytes);
    return !text.isEmpty() && text.charAt(0) == MARK ? text.substring(1) : text;
  }

  private static String decode(byte[] bytes) {
    if (bytes.length >= 2 && (bytes[0] & 0xff) == 0xff && (bytes[1] & 0xff) == 0xfe) {
      return new String(bytes, StandardCharsets.UTF_16LE);
    }
    if (bytes.length >= 2 && (bytes[0] & 0xff) == 0xfe && (bytes[1] & 0xff) == 0xff) {
      return new String(bytes, StandardCharsets.UTF_16BE);
    }
    Charset utf8 = StandardCharsets.UTF_8;
    try {
      return utf8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException older) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }
}
