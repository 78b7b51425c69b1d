package dev.undercloud.edge.tls;

import dev.undercloud.core.id.Entropy;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes X.509 certificates (RFC 5280) with ECDSA keys on P-256. Blocks for a millisecond. */
final class Certificates {
  /** The longest common name there is (RFC 5280, appendix A). */
  private static final int LONGEST_COMMON_NAME = 64;

  /** Clocks of clients may be slow. */
  private static final Duration BACKDATED = Duration.ofHours(1);

  private static final ASN1ObjectIdentifier ACME_IDENTIFIER =
      new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.31");

  private Certificates() {}

  static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /** An authority that vouches for itself, and for nothing but {@link LocalNames}. */
  static Identity authority(String name, Instant now, Duration life) {
    KeyPair pair = newKey();
    X500Name subject =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.O, "Undercloud")
            .addRDN(BCStyle.CN, name)
            .build();
    JcaX509v3CertificateBuilder builder = builder(subject, subject, pair, now, now.plus(life));
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(Extension.nameConstraints, true, new NameConstraints(permitted(), null));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
      return new Identity(pair.getPrivate(), List.of(sign(builder, pair)));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("the authority's certificate cannot be made", e);
    }
  }

  private static GeneralSubtree[] permitted() {
    return java.util.stream.Stream.concat(
            LocalNames.DOMAINS.stream().map(d -> new GeneralName(GeneralName.dNSName, d)),
            LocalNames.NETWORKS.stream().map(n -> new GeneralName(GeneralName.iPAddress, n)))
        .map(GeneralSubtree::new)
        .toArray(GeneralSubtree[]::new);
  }

  /** A server's certificate for {@code names}, host names or addresses, signed by {@code by}. */
  static Identity server(Identity by, List<String> names, Instant now, Instant until) {
    KeyPair pair = newKey();
    X500NameBuilder subject = new X500NameBuilder(BCStyle.INSTANCE);
    subject.addRDN(BCStyle.O, "Undercloud");
    if (names.getFirst().length() <= LONGEST_COMMON_NAME) {
      subject.addRDN(BCStyle.CN, names.getFirst());
    }
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            by.certificate(),
            serial(),
            Date.from(now.minus(BACKDATED)),
            Date.from(until),
            subject.build(),
            pair.getPublic());
    try {
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          ids.createAuthorityKeyIdentifier(by.certificate()));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(pair.getPublic()));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.stream().map(Certificates::name).toArray(GeneralName[]::new)));
      KeyPair signer = new KeyPair(by.certificate().getPublicKey(), by.key());
      return new Identity(pair.getPrivate(), List.of(sign(builder, signer)));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("a certificate for " + names + " cannot be made", e);
    }
  }

  /** What TLS-ALPN-01 wants to see (RFC 8737, 3): signed by itself, good for nothing else. */
  static Identity challenge(String name, byte[] digest, Instant now) {
    KeyPair pair = newKey();
    X500Name subject =
        new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, "ACME challenge").build();
    JcaX509v3CertificateBuilder builder =
        builder(subject, subject, pair, now, now.plus(Duration.ofDays(7)));
    try {
      builder.addExtension(
          Extension.subjectAlternativeName, false, new GeneralNames(Certificates.name(name)));
      builder.addExtension(ACME_IDENTIFIER, true, new DEROctetString(digest));
      return new Identity(pair.getPrivate(), List.of(sign(builder, pair)));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("a challenge for " + name + " cannot be made", e);
    }
  }

  private static GeneralName name(String host) {
    return new GeneralName(
        LocalNames.isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, host);
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, KeyPair pair, Instant now, Instant until) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        serial(),
        Date.from(now.minus(BACKDATED)),
        Date.from(until),
        subject,
        pair.getPublic());
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, KeyPair by)
      throws GeneralSecurityException {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate())));
    } catch (OperatorCreationException e) {
      throw new IllegalStateException("the JDK cannot sign with ECDSA", e);
    }
  }

  /** 127 random bits: unique without any memory (CA/Browser Forum asks for 64). */
  private static BigInteger serial() {
    Entropy entropy = Entropy.secure();
    ByteBuffer bytes = ByteBuffer.allocate(16);
    bytes.putLong(entropy.nextLong() & Long.MAX_VALUE).putLong(entropy.nextLong());
    return new BigInteger(1, bytes.array());
  }
}
