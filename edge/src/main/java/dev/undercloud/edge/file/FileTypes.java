package dev.undercloud.edge.file;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Media types by the last part of a name. Any thread. */
final class FileTypes {
  static final String UNKNOWN = "application/octet-stream";

  /** Text is UTF-8 as everything is; what browsers sniff otherwise is refused by nosniff. */
  private static final Map<String, String> BY_EXTENSION =
      table(
          """
          html htm: text/html; charset=utf-8
          css: text/css; charset=utf-8
          js mjs cjs: text/javascript; charset=utf-8
          txt text log: text/plain; charset=utf-8
          md: text/markdown; charset=utf-8
          csv: text/csv; charset=utf-8
          vtt: text/vtt; charset=utf-8
          ics: text/calendar; charset=utf-8
          xml xsl: text/xml; charset=utf-8
          json map: application/json
          jsonld: application/ld+json
          geojson: application/geo+json
          webmanifest: application/manifest+json
          rss: application/rss+xml
          atom: application/atom+xml
          xhtml: application/xhtml+xml
          wasm: application/wasm
          pdf: application/pdf
          rtf: application/rtf
          zip: application/zip
          gz tgz: application/gzip
          br: application/octet-stream
          zst: application/zstd
          tar: application/x-tar
          7z: application/x-7z-compressed
          svg: image/svg+xml
          png: image/png
          apng: image/apng
          jpg jpeg: image/jpeg
          gif: image/gif
          webp: image/webp
          avif: image/avif
          ico: image/vnd.microsoft.icon
          bmp: image/bmp
          tif tiff: image/tiff
          woff: font/woff
          woff2: font/woff2
          ttf: font/ttf
          otf: font/otf
          eot: application/vnd.ms-fontobject
          mp3: audio/mpeg
          m4a: audio/mp4
          ogg oga opus: audio/ogg
          wav: audio/wav
          flac: audio/flac
          weba: audio/webm
          mp4 m4v: video/mp4
          webm: video/webm
          ogv: video/ogg
          mov: video/quicktime
          epub: application/epub+zip
          glb: model/gltf-binary
          gltf: model/gltf+json
          docx: application/vnd.openxmlformats-officedocument.wordprocessingml.document
          xlsx: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
          pptx: application/vnd.openxmlformats-officedocument.presentationml.presentation
          """);

  /** Longer ones have no type of their own. */
  private static final int LONGEST = 16;

  private FileTypes() {}

  private static Map<String, String> table(String text) {
    Map<String, String> types = new HashMap<>();
    text.lines()
        .forEach(line -> {
          int colon = line.indexOf(':');
          for (String extension : line.substring(0, colon).split(" ")) {
            types.put(extension, line.substring(colon + 2));
          }
        });
    return Map.copyOf(types);
  }

  /** The type of a file with the name in {@code in[from, to)}. */
  static String of(byte[] in, int from, int to) {
    int dot = to;
    while (dot > from && in[dot - 1] != '.' && to - dot <= LONGEST) {
      dot--;
    }
    if (dot == from || in[dot - 1] != '.') {
      return UNKNOWN;
    }
    String extension = new String(in, dot, to - dot, StandardCharsets.ISO_8859_1);
    return BY_EXTENSION.getOrDefault(extension.toLowerCase(Locale.ROOT), UNKNOWN);
  }
}
