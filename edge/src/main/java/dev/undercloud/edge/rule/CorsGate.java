package dev.undercloud.edge.rule;

import dev.undercloud.core.policy.Cors;
import dev.undercloud.edge.http1.Edits;
import dev.undercloud.edge.http1.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers cross-origin requests (WHATWG Fetch, 3.2, CORS protocol). Immutable. */
public final class CorsGate {
  private static final byte[] ORIGIN = Route.ascii("origin");
  private static final byte[] REQUEST_METHOD = Route.ascii("access-control-request-method");
  private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";
  private static final String PREFLIGHT_VARY =
      "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

  /** What an app says of this is replaced: two answers are none (Fetch, 4.10). */
  private static final byte[][] THEIRS = {
    Route.ascii("access-control-allow-origin"),
    Route.ascii("access-control-allow-credentials"),
    Route.ascii("access-control-expose-headers")
  };

  private final Set<String> origins;
  private final boolean any;
  private final boolean credentials;
  private final String exposed;
  private final List<String> preflight = new ArrayList<>();

  CorsGate(Cors cors) {
    origins = new HashSet<>(cors.origins());
    any = origins.contains("*");
    credentials = cors.credentials();
    exposed = String.join(", ", cors.expose());
    Set<String> methods = new LinkedHashSet<>(List.of("GET", "HEAD", "POST"));
    methods.addAll(cors.methods());
    preflight.add("Access-Control-Allow-Methods: " + String.join(", ", methods));
    if (!cors.headers().isEmpty()) {
      preflight.add("Access-Control-Allow-Headers: " + String.join(", ", cors.headers()));
    }
    preflight.add("Access-Control-Max-Age: " + cors.maxAge().toSeconds());
  }

  /** Whether the request asks whether another one would be allowed. */
  public static boolean isPreflight(RequestHead head, byte[] in) {
    return head.options()
        && head.field(in, ORIGIN, -1) >= 0
        && head.field(in, REQUEST_METHOD, -1) >= 0;
  }

  /** The origin that is allowed, as the response names it; null for none. */
  public @Nullable String allowed(RequestHead head, byte[] in) {
    int field = head.field(in, ORIGIN, -1);
    if (field < 0 || head.field(in, ORIGIN, field) >= 0) {
      return null;
    }
    int at = head.valueAt(field);
    String origin = new String(in, at, head.valueEnd(field) - at, StandardCharsets.ISO_8859_1);
    if (any) {
      return "*";
    }
    return origins.contains(origin) ? origin : null;
  }

  /** The lines of an answer of the edge; for a preflight, what would be allowed too. */
  public List<String> answer(@Nullable String allowed, boolean isPreflight) {
    List<String> lines = new ArrayList<>();
    if (allowed != null) {
      lines.add(ALLOW_ORIGIN + ": " + allowed);
      if (credentials) {
        lines.add("Access-Control-Allow-Credentials: true");
      }
      if (isPreflight) {
        lines.addAll(preflight);
      } else if (!exposed.isEmpty()) {
        lines.add("Access-Control-Expose-Headers: " + exposed);
      }
    }
    if (isPreflight) {
      lines.add(PREFLIGHT_VARY);
    } else if (!any) {
      lines.add("Vary: Origin");
    }
    return lines;
  }

  /** Says it on a response of the app. */
  public void response(@Nullable String allowed, Edits edits) {
    for (byte[] name : THEIRS) {
      edits.remove(name);
    }
    if (allowed != null) {
      edits.add(ALLOW_ORIGIN, allowed);
      if (credentials) {
        edits.add("Access-Control-Allow-Credentials", "true");
      }
      if (!exposed.isEmpty()) {
        edits.add("Access-Control-Expose-Headers", exposed);
      }
    }
    if (!any) {
      edits.add("Vary", "Origin");
    }
  }
}
