package dev.undercloud.edge.cache;

import static dev.undercloud.edge.http1.Octets.ascii;

import dev.undercloud.edge.http1.FieldSection;
import dev.undercloud.edge.http1.Octets;
import dev.undercloud.edge.http1.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one response says of its own storing, freshness and identity (RFC 9111). Reused. */
public final class Facts {
  private static final int PARTIAL = 206;

  /** Names that Vary may list; what varies by more is not worth storing. */
  static final int MOST_VARY = 16;

  /** Tags of one response, each of 256 bytes at most. */
  static final int MOST_TAGS = 64;

  private static final byte[] CACHE_CONTROL = ascii("cache-control");
  private static final byte[] CDN_CACHE_CONTROL = ascii("cdn-cache-control");
  private static final byte[] EXPIRES = ascii("expires");
  private static final byte[] DATE = ascii("date");
  private static final byte[] AGE = ascii("age");
  private static final byte[] LAST_MODIFIED = ascii("last-modified");
  private static final byte[] ETAG = ascii("etag");
  private static final byte[] VARY = ascii("vary");
  private static final byte[] SET_COOKIE = ascii("set-cookie");
  private static final byte[] SURROGATE_KEY = ascii("surrogate-key");
  private static final byte[] CONTENT_RANGE = ascii("content-range");
  private static final byte[] CACHE_TAG = ascii("cache-tag");

  public final Directives directives = new Directives();
  public int status;

  /** Whether {@link #directives} are those of CDN-Cache-Control: then Expires says nothing. */
  public boolean targeted;

  /** Whether Expires is there; {@link #expires} is {@link Dates#NONE} where it makes no sense. */
  public boolean hasExpires;

  public long expires;
  public long date;

  /** In seconds; 0 where there is none that makes sense. */
  public int age;

  public long lastModified;

  /** With its quotes; null where there is none. */
  public @Nullable String etag;

  /** Names in lower case; a {@code *} where nothing matches. */
  public final Set<String> vary = new LinkedHashSet<>();

  public final Set<String> tags = new LinkedHashSet<>();
  public boolean setsCookie;

  /** The part that a 206 has, of how much; null where it does not say so, or several times. */
  @Nullable Part part;

  private boolean parted;
  private @Nullable StringBuilder cdn;
  private boolean ages;

  public void read(ResponseHead head, byte[] in) {
    status = head.status;
    directives.clear();
    targeted = hasExpires = setsCookie = ages = false;
    expires = date = lastModified = Dates.NONE;
    age = 0;
    etag = null;
    cdn = null;
    part = null;
    parted = false;
    if (!vary.isEmpty()) {
      vary.clear();
    }
    if (!tags.isEmpty()) {
      tags.clear();
    }
    FieldSection fields = head.fields;
    for (int f = 0; f < fields.count; f++) {
      field(in, fields.start[f], fields.nameEnd[f], fields.value[f], fields.valueEnd[f]);
    }
    if (cdn != null) {
      targeted = Targeted.parse(cdn.toString(), directives);
    }
  }

  private void field(byte[] in, int at, int nameEnd, int value, int end) {
    int length = nameEnd - at;
    switch (length) {
      case 3 -> age(in, at, value, end);
      case 4 -> {
        if (Octets.equal(in, at, length, DATE)) {
          date = Dates.parse(in, value, end);
        } else if (Octets.equal(in, at, length, ETAG)) {
          etag = etag == null ? text(in, value, end) : etag;
        } else if (Octets.equal(in, at, length, VARY)) {
          names(text(in, value, end));
        }
      }
      case 7 -> {
        if (Octets.equal(in, at, length, EXPIRES)) {
          // Two of them are an invalid one (RFC 9111, 4.2.1 and 5.3).
          expires = hasExpires ? Dates.NONE : Dates.parse(in, value, end);
          hasExpires = true;
        }
      }
      case 9 -> tags(in, at, length, CACHE_TAG, ",", value, end);
      case 10 -> setsCookie |= Octets.equal(in, at, length, SET_COOKIE);
      case 13 -> {
        if (Octets.equal(in, at, length, CACHE_CONTROL)) {
          directives.add(in, value, end);
        } else if (Octets.equal(in, at, length, LAST_MODIFIED)) {
          lastModified = Dates.parse(in, value, end);
        } else if (Octets.equal(in, at, length, CONTENT_RANGE)) {
          part = parted || status != PARTIAL ? null : Part.parse(in, value, end);
          parted = true;
        } else {
          tags(in, at, length, SURROGATE_KEY, " ", value, end);
        }
      }
      case 17 -> {
        if (Octets.equal(in, at, length, CDN_CACHE_CONTROL)) {
          StringBuilder all = cdn;
          cdn = all == null ? new StringBuilder() : all.append(", ");
          cdn.append(text(in, value, end));
        }
      }
      default -> {
        // Nothing that a cache asks for.
      }
    }
  }

  /** The first member counts; what is no number is not there (RFC 9111, 5.1). */
  private void age(byte[] in, int at, int value, int end) {
    if (ages || !Octets.equal(in, at, 3, AGE)) {
      return;
    }
    ages = true;
    int i = value;
    while (i < end && in[i] != ',') {
      i++;
    }
    while (i > value && Octets.isBlank(in[i - 1])) {
      i--;
    }
    age = Math.max(0, Directives.seconds(in, value, i));
  }

  private void names(String list) {
    for (String name : list.toLowerCase(Locale.ROOT).split(",", -1)) {
      if (!name.isBlank()) {
        vary.add(vary.size() < MOST_VARY ? name.strip() : "*");
      }
    }
  }

  private void tags(
      byte[] in, int at, int length, byte[] name, String separator, int value, int end) {
    if (!Octets.equal(in, at, length, name)) {
      return;
    }
    for (String tag : text(in, value, end).split(separator, -1)) {
      String each = tag.strip();
      if (!each.isEmpty() && each.length() <= 256 && tags.size() < MOST_TAGS) {
        tags.add(each);
      }
    }
  }

  static String text(byte[] in, int from, int end) {
    return new String(in, from, end - from, StandardCharsets.ISO_8859_1);
  }
}
