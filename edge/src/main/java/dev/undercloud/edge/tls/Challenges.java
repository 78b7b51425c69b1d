package dev.undercloud.edge.tls;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What an ACME server will come to look at: files under {@code /.well-known/acme-challenge/} (RFC
 * 8555, 8.3) and certificates for the protocol {@code acme-tls/1} (RFC 8737). Nearly always empty.
 * Any thread.
 */
public final class Challenges {
  /** Where HTTP-01 looks. */
  public static final String PATH = "/.well-known/acme-challenge/";

  /** The protocol of TLS-ALPN-01. */
  public static final String PROTOCOL = "acme-tls/1";

  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, ServerContext> certificates = new ConcurrentHashMap<>();

  /** Answers {@code token} with {@code authorization} until it is closed. */
  public Published file(String token, String authorization) {
    byte[] bytes = authorization.getBytes(StandardCharsets.US_ASCII);
    files.put(token, bytes);
    return () -> files.remove(token, bytes);
  }

  /** Shows {@code context} to whoever asks for {@code name} by that protocol, until closed. */
  Published certificate(String name, ServerContext context) {
    ServerContext before = certificates.put(name, context);
    if (before != null) {
      before.release();
    }
    return () -> {
      if (certificates.remove(name, context)) {
        context.release();
      }
    };
  }

  /** Whether there is nothing to answer: the common case, at the cost of one look. */
  public boolean hasNoFiles() {
    return files.isEmpty();
  }

  /** The answer to {@code token}, or null. */
  public byte @Nullable [] file(String token) {
    return files.get(token);
  }

  /** The certificate for {@code name} with a reference for the caller, or null. */
  @Nullable ServerContext certificate(@Nullable String name) {
    ServerContext found = name == null ? null : certificates.get(name);
    return found != null && found.retain() ? found : null;
  }

  /** Something that can be seen until it is closed. */
  @FunctionalInterface
  public interface Published extends AutoCloseable {
    @Override
    void close();
  }
}
