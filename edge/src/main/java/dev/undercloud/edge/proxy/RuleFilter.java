package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http1.Edits;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.reply.Filter;
import dev.undercloud.edge.rule.CorsGate;
import dev.undercloud.edge.rule.FieldEdits;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Changes a response's head as its route says; its body passes. */
final class RuleFilter implements Filter {
  /** The fields of a rate limit. */
  record Left(String policy, String left) {}

  private final @Nullable FieldEdits fields;
  private final @Nullable CorsGate cors;
  private final @Nullable String origin;
  private final @Nullable Left left;
  private final @Nullable String hsts;

  /**
   * @param origin that is allowed; null for none
   * @param hsts for responses by HTTPS
   */
  RuleFilter(
      @Nullable FieldEdits fields,
      @Nullable CorsGate cors,
      @Nullable String origin,
      @Nullable Left left,
      @Nullable String hsts) {
    this.fields = fields;
    this.cors = cors;
    this.origin = origin;
    this.left = left;
    this.hsts = hsts;
  }

  @Override
  public boolean head(ResponseHead head, byte[] in, Edits edits) {
    if (cors != null) {
      cors.response(origin, edits);
    }
    if (left != null) {
      edits.add("RateLimit-Policy", left.policy());
      edits.add("RateLimit", left.left());
    }
    if (hsts != null) {
      edits.remove(HSTS);
      edits.add("Strict-Transport-Security", hsts);
    }
    if (fields != null) {
      fields.response(edits);
    }
    return false;
  }

  private static final byte[] HSTS =
      "strict-transport-security".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  @Override
  public @Nullable ByteBuf body(ByteBuf piece) {
    return piece;
  }

  @Override
  public @Nullable ByteBuf end() {
    return null;
  }

  @Override
  public void close() {
    // It holds nothing.
  }
}
