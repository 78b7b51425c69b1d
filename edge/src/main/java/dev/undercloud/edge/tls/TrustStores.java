package dev.undercloud.edge.tls;

import dev.undercloud.core.time.Clock;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where this machine keeps the authorities it trusts: the system's own folder, and the databases of
 * Firefox and Chromium. Installs one there and takes it out again, and says each thing that it
 * does. Blocks.
 */
public final class TrustStores {
  /** Folders of distributions for authorities of the administrator, and what reads them in. */
  private static final List<Distribution> SYSTEMS =
      List.of(
          new Distribution("usr/local/share/ca-certificates", List.of("update-ca-certificates")),
          new Distribution(
              "etc/pki/ca-trust/source/anchors", List.of("update-ca-trust", "extract")),
          new Distribution(
              "etc/ca-certificates/trust-source/anchors", List.of("trust", "extract-compat")),
          new Distribution("etc/pki/trust/anchors", List.of("update-ca-certificates")));

  /** Where browsers have their databases below the user's home; those of Firefox by profile. */
  private static final List<String> CHROMIUM =
      List.of(".pki/nssdb", "snap/chromium/current/.pki/nssdb");

  private static final List<String> FIREFOX =
      List.of(
          ".mozilla/firefox",
          "snap/firefox/common/.mozilla/firefox",
          ".var/app/org.mozilla.firefox/.mozilla/firefox");

  private final Path root;
  private final Path home;
  private final Commands commands;
  private final Consumer<Step> told;

  private record Distribution(String folder, List<String> update) {}

  /** How a step ended. */
  public enum Result {
    DONE,
    /** It was so before. */
    ALREADY,
    /** This machine has no such thing. */
    ABSENT,
    FAILED
  }

  /**
   * One thing that was done.
   *
   * @param store what it was done to: a folder or a database
   * @param action in words, as a sentence without full stop
   * @param detail why it failed and what to do; else empty
   */
  public record Step(String store, String action, Result result, String detail) {}

  /**
   * @param root of the file system: {@code /}
   * @param home of the user whose browsers are meant
   * @param path folders with programs
   * @param told hears of each step when it is done
   */
  public TrustStores(Path root, Path home, List<Path> path, Clock clock, Consumer<Step> told) {
    this.root = root;
    this.home = home;
    this.told = told;
    commands = new Commands(path, clock);
  }

  /** Makes the system and browsers trust {@code authority}, which is in {@code file} as PEM. */
  public List<Step> install(Path file, X509Certificate authority) {
    List<Step> steps = new ArrayList<>();
    add(steps, installInSystem(file, name(authority)));
    for (Path database : databases()) {
      add(steps, installInBrowser(database, file, name(authority)));
    }
    return steps;
  }

  /** Undoes {@link #install}. */
  public List<Step> remove(X509Certificate authority) {
    List<Step> steps = new ArrayList<>();
    add(steps, removeFromSystem(name(authority)));
    for (Path database : databases()) {
      add(steps, removeFromBrowser(database, name(authority)));
    }
    return steps;
  }

  private void add(List<Step> steps, Step step) {
    steps.add(step);
    told.accept(step);
  }

  /** Two authorities of two users never share a file. */
  private static String name(X509Certificate authority) {
    return "undercloud-" + fingerprint(authority).substring(0, 12);
  }

  /** SHA-256 of the certificate, as browsers show it, without colons. */
  public static String fingerprint(X509Certificate certificate) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Optional<Distribution> distribution() {
    return SYSTEMS.stream()
        .filter(s -> Files.isDirectory(root.resolve(s.folder)))
        .filter(s -> commands.find(s.update.getFirst()).isPresent())
        .findFirst();
  }

  private Step installInSystem(Path file, String name) {
    Optional<Distribution> found = distribution();
    if (found.isEmpty()) {
      return noSystem();
    }
    Distribution system = found.get();
    Path to = root.resolve(system.folder).resolve(name + ".crt");
    String action = "copy the authority to " + to + " and run " + String.join(" ", system.update);
    try {
      if (Files.exists(to) && Files.mismatch(file, to) < 0) {
        return new Step(to.toString(), "the system trusts it", Result.ALREADY, "");
      }
      Path next = to.resolveSibling(to.getFileName() + ".new");
      Files.copy(file, next, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(
          next, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(next, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      return new Step(to.toString(), action, Result.FAILED, byHand(file, to, system, e));
    }
    return ran(to.toString(), action, system.update);
  }

  private static String byHand(Path file, Path to, Distribution system, IOException e) {
    return "%s: %s. As root: install -m 644 %s %s && %s"
        .formatted(
            e.getClass().getSimpleName(),
            e.getMessage(),
            file,
            to,
            String.join(" ", system.update));
  }

  private Step removeFromSystem(String name) {
    Optional<Distribution> found = distribution();
    if (found.isEmpty()) {
      return noSystem();
    }
    Distribution system = found.get();
    Path at = root.resolve(system.folder).resolve(name + ".crt");
    String action = "delete " + at + " and run " + String.join(" ", system.update);
    try {
      if (!Files.deleteIfExists(at)) {
        return new Step(at.toString(), "the system does not trust it", Result.ALREADY, "");
      }
    } catch (IOException e) {
      String how = "As root: rm " + at + " && " + String.join(" ", system.update);
      return new Step(at.toString(), action, Result.FAILED, e.getMessage() + ". " + how);
    }
    return ran(at.toString(), action, system.update);
  }

  private static Step noSystem() {
    return new Step(
        "system",
        "no folder for authorities of the administrator was found",
        Result.ABSENT,
        "Install the package ca-certificates, or make `undercloud trust --print` known by hand.");
  }

  /** Every database of a browser in the user's home. */
  private List<Path> databases() {
    List<Path> found = new ArrayList<>();
    for (String folder : CHROMIUM) {
      addDatabase(home.resolve(folder), found);
    }
    for (String profiles : FIREFOX) {
      Path folder = home.resolve(profiles);
      if (Files.isDirectory(folder)) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, Files::isDirectory)) {
          all.forEach(profile -> addDatabase(profile, found));
        } catch (IOException unreadable) {
          // What we may not read we could not change either.
        }
      }
    }
    return found;
  }

  private static void addDatabase(Path folder, List<Path> found) {
    if (Files.exists(folder.resolve("cert9.db"))) {
      found.add(folder);
    }
  }

  private Step installInBrowser(Path database, Path file, String name) {
    String action = "add the authority to the browser's database " + database;
    if (commands.find("certutil").isEmpty()) {
      return noCertutil(database, action);
    }
    if (has(database, name)) {
      return new Step(database.toString(), "the browser trusts it", Result.ALREADY, "");
    }
    return ran(
        database.toString(),
        action,
        List.of(
            "certutil",
            "-A",
            "-d",
            "sql:" + database,
            "-n",
            name,
            "-t",
            "C,,",
            "-i",
            file.toString()));
  }

  private Step removeFromBrowser(Path database, String name) {
    String action = "delete the authority from the browser's database " + database;
    if (commands.find("certutil").isEmpty()) {
      return noCertutil(database, action);
    }
    if (!has(database, name)) {
      return new Step(database.toString(), "the browser does not trust it", Result.ALREADY, "");
    }
    return ran(
        database.toString(),
        action,
        List.of("certutil", "-D", "-d", "sql:" + database, "-n", name));
  }

  private boolean has(Path database, String name) {
    return commands.run(List.of("certutil", "-L", "-d", "sql:" + database, "-n", name)).isEmpty();
  }

  private static Step noCertutil(Path database, String action) {
    return new Step(
        database.toString(),
        action,
        Result.FAILED,
        "certutil is missing. Debian: apt-get install libnss3-tools; Fedora: dnf install nss-tools.");
  }

  private Step ran(String store, String action, List<String> command) {
    return commands
        .run(command)
        .map(why -> new Step(store, action, Result.FAILED, why))
        .orElseGet(() -> new Step(store, action, Result.DONE, ""));
  }
}
