package dev.undercloud.edge.acme;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.file.DurableFile;
import dev.undercloud.core.policy.TlsPolicy;
import dev.undercloud.edge.tls.CertificateSource;
import dev.undercloud.edge.tls.Identity;
import dev.undercloud.edge.tls.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Accounts, orders and certificates on disk: a folder for each authority, in it one for each set of
 * names. Every file is whole or absent and readable for its owner alone. Any thread; blocks.
 */
public final class AcmeStore implements CertificateSource {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;
  private final ConcurrentHashMap<Path, Identity> known = new ConcurrentHashMap<>();

  public AcmeStore(Path root) {
    this.root = root;
  }

  @Override
  public Optional<Identity> of(TlsPolicy.Acme acme, String host) {
    return acme.names().contains(host) ? certificate(acme) : Optional.empty();
  }

  /** The latest certificate for these names. */
  Optional<Identity> certificate(TlsPolicy.Acme acme) {
    Path file = folder(acme).resolve("certificate.pem");
    Identity cached = known.get(file);
    if (cached != null || !Files.exists(file)) {
      return Optional.ofNullable(cached);
    }
    Identity read = Pem.identity(file, file);
    known.put(file, read);
    return Optional.of(read);
  }

  void save(TlsPolicy.Acme acme, Identity identity) {
    Path file = folder(acme).resolve("certificate.pem");
    write(file, Pem.text(identity.chain()) + Pem.text(identity.key()));
    known.put(file, identity);
  }

  /** The account's key, and its URL once it is registered. */
  Path accountKey(TlsPolicy.Acme acme) {
    return authority(acme).resolve("account.pem");
  }

  Optional<String> accountUrl(TlsPolicy.Acme acme) {
    return read(authority(acme).resolve("account.url"));
  }

  void saveAccountUrl(TlsPolicy.Acme acme, String url) {
    write(authority(acme).resolve("account.url"), url);
  }

  /** The authority does not know it any more; the next attempt registers anew. */
  void forgetAccount(TlsPolicy.Acme acme) {
    Keys.forget(authority(acme).resolve("account.url"));
  }

  /** The key of the certificate that is being ordered. */
  Path orderKey(TlsPolicy.Acme acme) {
    return folder(acme).resolve("order.pem");
  }

  OrderState state(TlsPolicy.Acme acme) {
    return read(folder(acme).resolve("state.json")).map(AcmeStore::state).orElse(OrderState.NEW);
  }

  private static OrderState state(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      List<Instant> orders = new ArrayList<>();
      json.path("orders").forEach(each -> orders.add(Instant.parse(each.asText())));
      String open = json.path("open").asText();
      return new OrderState(
          open.isEmpty() ? Optional.empty() : Optional.of(open),
          orders,
          json.path("failures").asInt(),
          Instant.parse(json.path("not_before").asText()));
    } catch (JsonProcessingException | java.time.DateTimeException damaged) {
      return OrderState.NEW;
    }
  }

  void save(TlsPolicy.Acme acme, OrderState state) {
    ObjectNode json = JSON.createObjectNode();
    json.put("open", state.open().orElse(""));
    ArrayNode orders = json.putArray("orders");
    state.orders().forEach(each -> orders.add(each.toString()));
    json.put("failures", state.failures()).put("not_before", state.notBefore().toString());
    write(folder(acme).resolve("state.json"), json.toString());
  }

  private Path authority(TlsPolicy.Acme acme) {
    return root.resolve(hash(acme.directory()));
  }

  private Path folder(TlsPolicy.Acme acme) {
    return authority(acme).resolve(hash(String.join(" ", acme.names().stream().sorted().toList())));
  }

  private static Optional<String> read(Path file) {
    try {
      return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  static void write(Path file, String text) {
    try {
      DurableFile.privateFolder(file.resolveSibling("."));
      DurableFile.write(file, text);
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private static CloudException unusable(Path file, IOException e) {
    return CloudException.resource(
        "acme-folder",
        "certificates cannot be kept in " + file.getParent(),
        e.getClass().getSimpleName() + ": " + e.getMessage(),
        "Check the folder's permissions and the free space of its disk.");
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
