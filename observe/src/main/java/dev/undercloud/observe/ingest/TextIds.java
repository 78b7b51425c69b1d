package dev.undercloud.observe.ingest;

import dev.undercloud.core.id.Hex;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the request that a line's text names. */
final class TextIds {
  /** A longer line is looked at only so far; ids stand at the front or in short lines. */
  private static final int LOOKED_AT = 4_096;

  /** 16 or 32 lower-case hexadecimal digits on their own: a request, span or trace id. */
  private static final Pattern ID =
      Pattern.compile("(?<![0-9A-Za-z_])(?:[0-9a-f]{32}|[0-9a-f]{16})(?![0-9A-Za-z_])");

  /**
   * What stands before an id that is ours by name: {@code "request_id": "}, {@code request-id=}.
   */
  private static final Pattern KEY =
      Pattern.compile("(?i)x?[_-]?request[_-]?id[\"']?\\s*[:=]\\s*[\"']?$");

  private static final int LONGEST_KEY = 24;

  /** Who knows which ids. */
  interface Known {
    boolean knows(long id);

    /** 0 where no exchange, or more than one, has it. */
    long ofTrace(long high, long low);
  }

  private TextIds() {}

  /** The id of the request that the text names, 0 where it names none. */
  static long find(String text, Known known) {
    if (text.length() < Hex.WIDTH) {
      return 0;
    }
    Matcher ids = ID.matcher(text);
    ids.region(0, Math.min(text.length(), LOOKED_AT));
    ids.useTransparentBounds(true);
    long byTrace = 0;
    long byName = 0;
    while (ids.find()) {
      if (ids.end() - ids.start() == Hex.WIDTH) {
        long id = Hex.parse(ids.group());
        if (known.knows(id)) {
          return id;
        }
        if (byName == 0 && named(text, ids.start())) {
          byName = id;
        }
      } else if (byTrace == 0) {
        byTrace =
            known.ofTrace(
                Hex.parse(text.substring(ids.start(), ids.start() + Hex.WIDTH)),
                Hex.parse(text.substring(ids.start() + Hex.WIDTH, ids.end())));
      }
    }
    return byName != 0 ? byName : byTrace;
  }

  private static boolean named(String text, int at) {
    return KEY.matcher(text.substring(Math.max(0, at - LONGEST_KEY), at)).find();
  }
}
