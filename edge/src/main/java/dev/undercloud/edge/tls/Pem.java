package dev.undercloud.edge.tls;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jspecify.annotations.Nullable;

/** Certificates and keys as text (RFC 7468). Blocks where it reads files. */
public final class Pem {
  /** A chain of a dozen certificates with large keys; nothing sensible is larger. */
  private static final long LARGEST_FILE = 1 << 20;

  private Pem() {}

  /** Reads a chain and its key, which may be in one file, and proves that they belong together. */
  public static Identity identity(Path certificate, Path key) {
    List<X509Certificate> chain = certificates(certificate);
    PrivateKey secret = null;
    for (Object each : objects(key)) {
      secret = secret == null ? key(key, each) : secret;
    }
    if (secret == null) {
      throw problem(key, "there is no private key in it", "Name the PEM file that has the key.");
    }
    if (!belong(secret, chain.getFirst().getPublicKey())) {
      throw problem(
          key,
          "it is not the key of the first certificate in " + certificate,
          "Put the server's own certificate first, its issuers behind it, and name its key.");
    }
    return new Identity(secret, chain);
  }

  /** The same for use from {@code now} on: no client takes what has expired. */
  public static Identity identity(Path certificate, Path key, Instant now) {
    Identity identity = identity(certificate, key);
    if (now.isAfter(identity.notAfter())) {
      throw problem(
          certificate,
          "it expired on " + identity.notAfter(),
          "Put a renewed certificate there, and its key in " + key + ".");
    }
    return identity;
  }

  /** Reads the certificates of a file: at least one. */
  public static List<X509Certificate> certificates(Path file) {
    List<X509Certificate> found = new ArrayList<>();
    try {
      for (Object each : objects(file)) {
        if (each instanceof X509CertificateHolder holder) {
          found.add(new JcaX509CertificateConverter().getCertificate(holder));
        }
      }
    } catch (GeneralSecurityException e) {
      throw problem(file, String.valueOf(e.getMessage()), "Put a valid certificate there.");
    }
    if (found.isEmpty()) {
      throw problem(file, "there is no certificate in it", "Name a PEM file with a certificate.");
    }
    return found;
  }

  private static List<Object> objects(Path file) {
    List<Object> found = new ArrayList<>();
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw problem(file, "it is larger than any PEM file", "Name a PEM file.");
      }
      try (PEMParser parser = new PEMParser(new StringReader(Files.readString(file)))) {
        for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
          found.add(next);
        }
      }
    } catch (IOException | RuntimeException e) {
      if (e instanceof CloudException known) {
        throw known;
      }
      throw problem(
          file, e.getClass().getSimpleName() + ": " + e.getMessage(), "Name a readable PEM file.");
    }
    return found;
  }

  private static @Nullable PrivateKey key(Path file, Object pem) {
    try {
      return switch (pem) {
        case PrivateKeyInfo pkcs8 -> new JcaPEMKeyConverter().getPrivateKey(pkcs8);
        case PEMKeyPair pair -> new JcaPEMKeyConverter().getKeyPair(pair).getPrivate();
        case PEMEncryptedKeyPair locked -> throw locked(file);
        case PKCS8EncryptedPrivateKeyInfo locked -> throw locked(file);
        default -> null;
      };
    } catch (IOException e) {
      throw problem(file, String.valueOf(e.getMessage()), "Use an ECDSA or RSA key.");
    }
  }

  private static CloudException locked(Path file) {
    return problem(
        file,
        "the key is encrypted, and nobody is there to type its password",
        "Decrypt it: openssl pkey -in key.pem -out plain.pem; and let only its owner read it.");
  }

  private static boolean belong(PrivateKey key, PublicKey certified) {
    try {
      String algorithm =
          switch (certified.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> certified.getAlgorithm();
          };
      byte[] probe = certified.getEncoded();
      Signature sign = Signature.getInstance(algorithm);
      sign.initSign(key);
      sign.update(probe);
      byte[] signature = sign.sign();
      sign.initVerify(certified);
      sign.update(probe);
      return sign.verify(signature);
    } catch (GeneralSecurityException other) {
      return false;
    }
  }

  /** {@code certificates} as PEM, in their order. */
  public static String text(List<X509Certificate> certificates) {
    StringWriter text = new StringWriter();
    try (PemWriter out = new PemWriter(text)) {
      for (X509Certificate each : certificates) {
        out.writeObject(new PemObject("CERTIFICATE", each.getEncoded()));
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("a certificate cannot be encoded", e);
    }
    return text.toString();
  }

  /** A key as PKCS #8. */
  public static String text(PrivateKey key) {
    StringWriter text = new StringWriter();
    try (PemWriter out = new PemWriter(text)) {
      out.writeObject(new PemObject("PRIVATE KEY", key.getEncoded()));
    } catch (IOException e) {
      throw new IllegalStateException("a key cannot be encoded", e);
    }
    return text.toString();
  }

  private static CloudException problem(Path file, String why, String remedy) {
    return new CloudException(
        new Problem(
            "bad-certificate",
            Problem.Kind.USER,
            "a certificate cannot be used",
            file.toString(),
            why,
            remedy));
  }
}
