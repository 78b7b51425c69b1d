package dev.undercloud.edge.acme;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.Security;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.shredzone.acme4j.util.KeyPairUtils;

/** Key pairs in files: ECDSA on P-256. Blocks. */
final class Keys {
  private static final String CURVE = "secp256r1";

  static {
    // acme4j asks for it by name. Last in the list: nobody else gets it unasked.
    Security.addProvider(new BouncyCastleProvider());
  }

  private Keys() {}

  static KeyPair make() {
    return KeyPairUtils.createECKeyPair(CURVE);
  }

  /** The key at {@code file}, made where there is none. */
  static KeyPair at(Path file) {
    try {
      if (Files.exists(file)) {
        return KeyPairUtils.readKeyPair(new StringReader(Files.readString(file)));
      }
      KeyPair made = make();
      StringWriter text = new StringWriter();
      KeyPairUtils.writeKeyPair(made, text);
      AcmeStore.write(file, text.toString());
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void forget(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
