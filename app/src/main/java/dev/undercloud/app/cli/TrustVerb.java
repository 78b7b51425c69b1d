package dev.undercloud.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.app.render.Terminal;
import dev.undercloud.core.error.Problem;
import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.tls.LocalAuthority;
import dev.undercloud.edge.tls.TrustStores;
import dev.undercloud.edge.tls.TrustStores.Change;
import dev.undercloud.edge.tls.TrustStores.Result;
import dev.undercloud.edge.tls.TrustStores.Step;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code undercloud trust}: makes the local certificate authority known, or forgotten. */
@Command(
    name = "trust",
    description = "Let this machine and its browsers trust the certificates of local names.")
final class TrustVerb implements Callable<Integer> {
  /** Where root's programs are, which a user's PATH may lack. */
  private static final List<String> ALSO = List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin");

  private final Context context;

  @Option(names = "--print", description = "the authority's certificate as PEM, and nothing else")
  boolean print;

  @Option(names = "--remove", description = "undo it")
  boolean remove;

  @Option(names = "--json", description = "what was done, as JSON")
  boolean json;

  TrustVerb(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    context.home().create();
    LocalAuthority authority = LocalAuthority.in(context.home().authority(), Clock.system());
    if (print) {
      context.terminal().lines(authority.pem().strip());
      return 0;
    }
    X509Certificate certificate = authority.certificate();
    TrustStores stores =
        new TrustStores(Path.of("/"), userHome(), path(), Clock.system(), this::tell);
    List<Change> changes =
        remove ? stores.removing(certificate) : stores.installing(authority.file(), certificate);
    if (!json) {
      say(certificate, authority.file());
      changes.forEach(change -> context.terminal().line("will       " + change.action()));
    }
    List<Step> steps = stores.make(changes);
    if (json) {
      context.terminal().lines(Json.pretty(json(certificate, authority.file(), steps)));
    }
    boolean failed = steps.stream().anyMatch(step -> step.result() == Result.FAILED);
    return failed ? Problem.Kind.RESOURCE.exitCode() : 0;
  }

  private void say(X509Certificate certificate, Path file) {
    Terminal terminal = context.terminal();
    terminal.line("authority  " + certificate.getSubjectX500Principal().getName());
    terminal.line("           " + file + ", SHA-256 " + TrustStores.fingerprint(certificate));
    terminal.line(
        terminal.dim(
            remove
                ? "  It will be taken out of the system's and the browsers' authorities."
                : "  It can vouch for local and private names alone: .localhost, .test, .internal, private addresses."));
  }

  private void tell(Step step) {
    if (json) {
      return;
    }
    Terminal terminal = context.terminal();
    String word =
        switch (step.result()) {
          case DONE -> terminal.green("done   ");
          case ALREADY -> terminal.green("already");
          case ABSENT -> terminal.yellow("absent ");
          case FAILED -> terminal.red("failed ");
        };
    terminal.line(word + "    " + step.action());
    if (!step.detail().isBlank()) {
      terminal.line("           → " + step.detail());
    }
  }

  private Path userHome() {
    return Path.of(context.environment().getOrDefault("HOME", "/"));
  }

  private List<Path> path() {
    List<Path> folders = new ArrayList<>();
    for (String folder : context.environment().getOrDefault("PATH", "").split(":")) {
      if (folder.startsWith("/")) {
        folders.add(Path.of(folder));
      }
    }
    ALSO.forEach(folder -> folders.add(Path.of(folder)));
    return folders;
  }

  private ObjectNode json(X509Certificate certificate, Path file, List<Step> steps) {
    ObjectNode all = Json.object();
    all.put("certificate", file.toString());
    all.put("sha256", TrustStores.fingerprint(certificate));
    all.put("expires", certificate.getNotAfter().toInstant().toString());
    ArrayNode array = all.putArray("steps");
    for (Step step : steps) {
      array
          .addObject()
          .put("store", step.store())
          .put("action", step.action())
          .put("result", step.result().name().toLowerCase(Locale.ROOT))
          .put("detail", step.detail());
    }
    return all;
  }
}
