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
import java.util.function.Supplier;

/**
 * Where this machine keeps the authorities it trusts: the system's own folder, and the databases of
 * Firefox and Chromium. Installs one there and takes it out again, and says each thing before it is
 * done and when it is. Blocks.
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
      List.of(".pki/nssdb", ".local/share/pki/nssdb", "snap/chromium/current/.pki/nssdb");

  /** Browsers that use {@link #FIRST} where it is, and make it when they start. */
  private static final List<String> CHROMIUMS =
      List.of(
          "chromium",
          "chromium-browser",
          "google-chrome",
          "google-chrome-stable",
          "brave-browser",
          "microsoft-edge",
          "vivaldi");

  private static final String FIRST = ".pki/nssdb";

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
   * One thing that is to be done.
   *
   * @param action in words, as a sentence without full stop
   */
  public record Change(String action, Supplier<Step> act) {}

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

  /**
   * What makes the system and browsers trust {@code authority}, which is in {@code file} as PEM.
   * Nothing is done before {@link #make}.
   */
  public List<Change> installing(Path file, X509Certificate authority) {
    List<Change> changes = new ArrayList<>();
    changes.add(installInSystem(file, name(authority)));
    List<Path> databases = databases(CHROMIUM);
    if (databases.isEmpty() && CHROMIUMS.stream().anyMatch(b -> commands.find(b).isPresent())) {
      changes.add(newDatabase(home.resolve(FIRST)));
      databases = List.of(home.resolve(FIRST));
    }
    for (Path database : databases) {
      changes.add(installInBrowser(database, file, name(authority)));
    }
    for (Path database : databases(profiles())) {
      changes.add(installInBrowser(database, file, name(authority)));
    }
    return changes;
  }

  /** What undoes {@link #installing}. */
  public List<Change> removing(X509Certificate authority) {
    List<Change> changes = new ArrayList<>();
    changes.add(removeFromSystem(name(authority)));
    for (List<String> folders : List.of(CHROMIUM, profiles())) {
      for (Path database : databases(folders)) {
        changes.add(removeFromBrowser(database, name(authority)));
      }
    }
    return changes;
  }

  /** Does them all, one after another. */
  public List<Step> make(List<Change> changes) {
    List<Step> steps = new ArrayList<>();
    for (Change change : changes) {
      Step step = change.act.get();
      steps.add(step);
      told.accept(step);
    }
    return steps;
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

  private Change installInSystem(Path file, String name) {
    return distribution()
        .map(system -> {
          Path to = root.resolve(system.folder).resolve(name + ".crt");
          String action =
              "copy the authority to " + to + " and run " + String.join(" ", system.update);
          return new Change(action, () -> copy(file, to, action, system));
        })
        .orElseGet(TrustStores::noSystem);
  }

  private Step copy(Path file, Path to, String action, Distribution system) {
    try {
      if (Files.exists(to) && Files.mismatch(file, to) < 0) {
        return new Step(to.toString(), "the system trusts it", Result.ALREADY, "");
      }
      Path next = to.resolveSibling(to.getFileName() + ".new");
      Files.copy(file, next, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(
          next, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(next, to, StandardCopyOption.ATOMIC_MOVE);
      Step ran = ran(to.toString(), action, system.update);
      if (ran.result == Result.FAILED) {
        // What the system has not read must not look as if it had.
        Files.delete(to);
      }
      return ran;
    } catch (IOException e) {
      return new Step(to.toString(), action, Result.FAILED, byHand(file, to, system, e));
    }
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

  private Change removeFromSystem(String name) {
    return distribution()
        .map(system -> {
          Path at = root.resolve(system.folder).resolve(name + ".crt");
          String action = "delete " + at + " and run " + String.join(" ", system.update);
          return new Change(action, () -> delete(at, action, system));
        })
        .orElseGet(TrustStores::noSystem);
  }

  private Step delete(Path at, String action, Distribution system) {
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

  private static Change noSystem() {
    String action = "leave the system's authorities: it has no folder for the administrator's own";
    String remedy =
        "Install the package ca-certificates, or make `undercloud trust --print` known by hand.";
    return new Change(action, () -> new Step("system", action, Result.ABSENT, remedy));
  }

  /** The folders of Firefox's profiles, from the user's home on. */
  private List<String> profiles() {
    List<String> found = new ArrayList<>();
    for (String profiles : FIREFOX) {
      Path folder = home.resolve(profiles);
      if (Files.isDirectory(folder)) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, Files::isDirectory)) {
          all.forEach(profile -> found.add(home.relativize(profile).toString()));
        } catch (IOException unreadable) {
          // What we may not read we could not change either.
        }
      }
    }
    return found;
  }

  private List<Path> databases(List<String> folders) {
    return folders.stream()
        .map(home::resolve)
        .filter(folder -> Files.exists(folder.resolve("cert9.db")))
        .toList();
  }

  /** Browsers that have never been started have none, and take the one that they find. */
  private Change newDatabase(Path database) {
    String action = "make the database " + database + " for Chromium, which has none yet";
    return new Change(
        action,
        () -> {
          try {
            Files.createDirectories(database);
          } catch (IOException e) {
            return new Step(database.toString(), action, Result.FAILED, e.toString());
          }
          return inBrowser(database, action, List.of("-N", "--empty-password"));
        });
  }

  private Change installInBrowser(Path database, Path file, String name) {
    String action = "add the authority to the browser's database " + database;
    return new Change(
        action,
        () ->
            has(database, name)
                ? new Step(database.toString(), "the browser trusts it", Result.ALREADY, "")
                : inBrowser(
                    database,
                    action,
                    List.of("-A", "-n", name, "-t", "C,,", "-i", file.toString())));
  }

  private Change removeFromBrowser(Path database, String name) {
    String action = "delete the authority from the browser's database " + database;
    return new Change(
        action,
        () ->
            commands.find("certutil").isPresent() && !has(database, name)
                ? new Step(database.toString(), "the browser does not trust it", Result.ALREADY, "")
                : inBrowser(database, action, List.of("-D", "-n", name)));
  }

  private Step inBrowser(Path database, String action, List<String> options) {
    if (commands.find("certutil").isEmpty()) {
      return new Step(
          database.toString(),
          action,
          Result.FAILED,
          "certutil is missing. Debian: apt-get install libnss3-tools; Fedora: dnf install nss-tools.");
    }
    List<String> command = new ArrayList<>(List.of("certutil", "-d", "sql:" + database));
    command.addAll(options);
    return ran(database.toString(), action, command);
  }

  private boolean has(Path database, String name) {
    return commands.run(List.of("certutil", "-L", "-d", "sql:" + database, "-n", name)).isEmpty();
  }

  private Step ran(String store, String action, List<String> command) {
    return commands
        .run(command)
        .map(why -> new Step(store, action, Result.FAILED, why))
        .orElseGet(() -> new Step(store, action, Result.DONE, ""));
  }
}
