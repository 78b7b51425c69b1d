package dev.undercloud.edge.rule;

import dev.undercloud.core.policy.Access;
import dev.undercloud.core.policy.PasswordHash;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.net.ClientAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who may use a route: addresses, and names with passwords (RFC 7617). Immutable. */
public final class AccessGate {
  private static final byte[] AUTHORIZATION = Route.ascii("authorization");
  private static final byte[] BASIC = Route.ascii("basic ");

  /** More than a name and a password can have. */
  private static final int MOST_CREDENTIALS = 1024;

  private final Blocks allow;
  private final Blocks deny;
  private final Map<String, PasswordHash> users = new HashMap<>();
  private final String realm;

  /** A name and a password that somebody claims, with the hash that would prove them. */
  public record Credentials(String user, char[] password, PasswordHash hash, boolean known) {}

  AccessGate(Access access) {
    allow = new Blocks(access.allow());
    deny = new Blocks(access.deny());
    access.users().forEach((name, hash) -> users.put(name, PasswordHash.parse(hash)));
    realm = access.realm().replaceAll("[^ !#-\\[\\]-~]", "");
  }

  public boolean admits(ClientAddress address) {
    return !deny.contains(address) && (allow.isEmpty() || allow.contains(address));
  }

  public boolean asksPassword() {
    return !users.isEmpty();
  }

  /** The value of {@code WWW-Authenticate}. */
  public String challenge() {
    return "Basic realm=\"" + realm + "\", charset=\"UTF-8\"";
  }

  /** What the one Authorization field claims; null where it claims nothing that can be true. */
  public @Nullable Credentials credentials(RequestHead head, byte[] in) {
    int field = head.field(in, AUTHORIZATION, -1);
    if (field < 0 || head.field(in, AUTHORIZATION, field) >= 0) {
      return null;
    }
    int at = head.valueAt(field);
    int end = head.valueEnd(field);
    if (end - at > MOST_CREDENTIALS || !isBasic(in, at, end)) {
      return null;
    }
    return credentials(new String(in, at, end - at, StandardCharsets.ISO_8859_1).substring(6));
  }

  private static boolean isBasic(byte[] in, int at, int end) {
    if (end - at < BASIC.length) {
      return false;
    }
    for (int i = 0; i < BASIC.length; i++) {
      int c = in[at + i];
      if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != BASIC[i]) {
        return false;
      }
    }
    return true;
  }

  private @Nullable Credentials credentials(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64.strip());
    } catch (IllegalArgumentException malformed) {
      return null;
    }
    int colon = 0;
    while (colon < bytes.length && bytes[colon] != ':') {
      colon++;
    }
    if (colon == bytes.length) {
      return null;
    }
    String user = text(Arrays.copyOf(bytes, colon));
    String password = text(Arrays.copyOfRange(bytes, colon + 1, bytes.length));
    if (user == null || password == null) {
      return null;
    }
    PasswordHash hash = users.get(user);
    // A name that nobody has takes as long as one that somebody has.
    PasswordHash any = users.values().iterator().next();
    return new Credentials(user, password.toCharArray(), hash == null ? any : hash, hash != null);
  }

  private static @Nullable String text(byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException malformed) {
      return null;
    }
  }
}
