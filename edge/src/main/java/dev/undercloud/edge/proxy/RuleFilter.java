package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http1.Edits;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.reply.Filter;
import dev.undercloud.edge.rule.CorsGate;
import dev.undercloud.edge.rule.FieldEdits;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Changes a response's head as its route says; its body passes. What the edge answers itself gets
 * the same fields.
 */
final class RuleFilter implements Filter {
  /** The fields of a rate limit. */
  record Left(String policy, String left) {}

  private static final String HSTS_NAME = "Strict-Transport-Security";
  private static final byte[] HSTS =
      HSTS_NAME.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
  private static final int PREFLIGHT = 204;

  private final @Nullable FieldEdits fields;
  private final @Nullable CorsGate cors;
  private final @Nullable String origin;
  private final @Nullable String hsts;
  private @Nullable Left left;

  /**
   * @param origin that is allowed; null for none
   * @param hsts for responses by HTTPS
   */
  RuleFilter(
      @Nullable FieldEdits fields,
      @Nullable CorsGate cors,
      @Nullable String origin,
      @Nullable String hsts) {
    this.fields = fields;
    this.cors = cors;
    this.origin = origin;
    this.hsts = fields != null && fields.setsHsts ? null : hsts;
  }

  /** What is left of the route's limit, once that is known. */
  void left(Left of) {
    left = of;
  }

  /** The edge's own answer with these fields. */
  Answer on(Answer answer) {
    List<String> more = new ArrayList<>();
    if (cors != null) {
      more.addAll(cors.answer(origin, answer.status() == PREFLIGHT));
    }
    Left told = left;
    if (told != null) {
      more.add("RateLimit-Policy: " + told.policy());
      more.add("RateLimit: " + told.left());
    }
    if (hsts != null) {
      more.add(HSTS_NAME + ": " + hsts);
    }
    if (fields != null) {
      more.addAll(fields.onOwnAnswers());
    }
    return answer.with(more);
  }

  @Override
  public boolean head(ResponseHead head, byte[] in, Edits edits) {
    if (cors != null) {
      cors.response(origin, edits);
    }
    Left told = left;
    if (told != null) {
      edits.add("RateLimit-Policy", told.policy());
      edits.add("RateLimit", told.left());
    }
    if (hsts != null) {
      edits.remove(HSTS);
      edits.add(HSTS_NAME, hsts);
    }
    if (fields != null) {
      fields.response(edits);
    }
    return false;
  }

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
