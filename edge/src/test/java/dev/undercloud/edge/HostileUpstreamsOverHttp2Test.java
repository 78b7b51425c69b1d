package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.edge.hostile.HostileReplica;
import dev.undercloud.edge.hostile.HostileUpstream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a replica says wrongly to a stream of HTTP/2 hurts that stream alone: others of the same
 * connection get their own answers, and the edge closes the replica's connection.
 */
@Timeout(120)
class HostileUpstreamsOverHttp2Test {
  private static final int PATIENCE_MS = 4_000;
  private static final int ENOUGH = 5;

  @TempDir Path folder;

  @Test
  void hurtOnlyTheStreamTheyAnswer() throws Exception {
    HostileReplica replica = new HostileReplica();
    List<String> wrong = new ArrayList<>();
    int stream = 1;
    int cases = 0;
    try (Backend backend = Backend.unix(folder.resolve("a"), replica::serve);
        Rig rig = new Rig().serve(backend);
        H2Wire client = H2Wire.to(rig.address())) {
      for (int i = 0; i < replica.all.size() && wrong.size() < ENOUGH; i++) {
        HostileUpstream attack = replica.all.get(i);
        // Half a body and upgrades are said otherwise here, and tested on their own.
        if (!List.of("GET", "HEAD", "POST").contains(attack.method())) {
          continue;
        }
        cases++;
        replica.piece = attack.bytes().length;
        int victim = stream + 2;
        ask(client, stream, attack.method(), "/attack/" + i);
        H2Wire.Answer answer = client.until(stream);
        boolean told = attack.kept() || attack.ends();
        if (!told && !replica.hasClosed(PATIENCE_MS)) {
          wrong.add(attack + ": the replica's connection stays open");
        }
        ask(client, victim, "GET", "/victim/" + i);
        if (!client.until(victim).text().equals("/victim/" + i)) {
          wrong.add(attack + ": the victim got " + client.answer(victim).text());
        }
        if (!said(answer).equals(attack.fate())) {
          wrong.add(attack + ": the client got " + said(answer));
        }
        stream = victim + 2;
      }
      assertThat(wrong).as("of %d cases", cases).isEmpty();
      assertThat(cases).isGreaterThan(100);
      assertThat(replica.violations).isEmpty();
      assertThat(backend.failures).isEmpty();
    }
  }

  private static void ask(H2Wire client, int stream, String method, String path) throws Exception {
    if (method.equals("POST")) {
      client.post(stream, path).data(stream, "body", true);
    } else {
      client.send(H2Wire.HEADERS, 5, stream, H2Wire.request(method, path));
    }
  }

  /** In the words of the table. */
  private static String said(H2Wire.Answer answer) {
    if (answer.reset > 0) {
      return "CUT";
    }
    if (answer.status == 502) {
      return answer.fields.containsKey("x-poison") ? "502 with fields of the replica" : "502";
    }
    return (answer.status + " " + answer.text()).strip();
  }
}
