package dev.undercloud.edge.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.edge.Backend;
import dev.undercloud.edge.Rig;
import dev.undercloud.edge.Rigs;
import dev.undercloud.edge.Wire;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a replica says wrongly hurts the one request it says it to, and nobody else: another client
 * of the same pool gets its own answer each time, and after an anomaly the edge closes the
 * connection and sends nothing more on it.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileUpstreamsTest {
  /** How the replica's bytes come. */
  enum Manner {
    WHOLE,
    BYTE_BY_BYTE,
    /** In two pieces, cut at every byte of what is short. */
    CUT_ANYWHERE
  }

  private static final int SHORT = 90;

  /** Ends a wait for what will not come, and with a few of them the test. */
  private static final int PATIENCE_MS = 4_000;

  private static final int ENOUGH = 5;
  private static final String UPGRADE = "Connection: Upgrade\r\nUpgrade: ";

  private final HostileReplica replica = new HostileReplica();
  private final List<HostileUpstream> all = replica.all;
  private Backend backend;
  private Rig rig;
  private Wire victim;
  private int victims;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    backend = Backend.unix(folder.resolve("replica"), replica::serve);
    rig = new Rig().serve(backend);
    victim = rig.connect();
  }

  @AfterAll
  void stop() throws IOException {
    victim.close();
    rig.close();
    backend.close();
    assertThat(backend.failures).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void hurtOnlyWhomTheyAnswer(Manner manner) {
    List<String> wrong = new ArrayList<>();
    int cases = 0;
    for (int i = 0; i < all.size() && wrong.size() < ENOUGH; i++) {
      HostileUpstream attack = all.get(i);
      int length = attack.bytes().length;
      int first = manner == Manner.CUT_ANYWHERE ? 1 : manner == Manner.WHOLE ? length : 0;
      int last =
          manner != Manner.CUT_ANYWHERE
              ? first
              : length > SHORT || attack.headAlone() ? 0 : length - 1;
      for (int piece = first; piece <= last && wrong.size() < ENOUGH; piece++) {
        replica.piece = piece;
        cases++;
        String fault = attack(i, attack);
        if (!fault.isEmpty()) {
          wrong.add(attack + " (" + piece + "): " + fault);
        }
      }
    }
    assertThat(wrong).as("%s, of %d cases", manner, cases).isEmpty();
    assertThat(replica.violations).isEmpty();
  }

  /** What went wrong; empty where nothing did. */
  private String attack(int i, HostileUpstream attack) {
    try (Wire client = rig.connect()) {
      client.socket.setSoTimeout(PATIENCE_MS);
      client.send(request(i, attack.method()));
      String got = answer(client, attack);
      // Until it is known there is no telling a late byte from the next answer's first.
      boolean told = attack.kept() || attack.ends();
      if (!told && !replica.hasClosed(PATIENCE_MS)) {
        return "the connection stays open; the client got " + got;
      }
      String own = "/victim/" + victims++;
      String theirs = victim.get(own).text();
      if (!theirs.equals(own)) {
        return "the victim got " + theirs;
      }
      return got.equals(attack.fate()) ? "" : "the client got " + got;
    } catch (IOException | InterruptedException e) {
      return e.toString();
    }
  }

  private static String request(int i, String method) {
    String verb = List.of("HALF", "POST").contains(method) ? "POST" : method;
    verb = List.of("WS", "OTHER").contains(method) ? "GET" : verb;
    String head = verb + " /attack/" + i + " HTTP/1.1\r\nHost: app.localhost\r\n";
    return switch (method) {
      case "POST" -> head + "Content-Length: 4\r\n\r\nbody";
      // More than is waited for before a replica hears of it.
      case "HALF" -> head + "Content-Length: 4000000\r\n\r\n" + "body".repeat(5_000);
      case "WS" -> head + UPGRADE + "websocket\r\n\r\n";
      case "OTHER" -> head + UPGRADE + "ssh\r\n\r\n";
      default -> head + "\r\n";
    };
  }

  /** Status and body as the client gets them, in the words of the table. */
  private static String answer(Wire client, HostileUpstream attack) throws IOException {
    try {
      boolean toHead = attack.method().equals("HEAD");
      Wire.Response response = client.response(toHead);
      while (response.status() < 200 && response.status() != 101) {
        response = client.response(toHead);
      }
      String got = response.status() + " " + response.text();
      if (response.status() == 502 && response.field("x-request-id") != null) {
        return response.field("x-poison") == null ? "502" : "502 with fields of the replica";
      }
      return got.strip();
    } catch (SocketTimeoutException nothing) {
      return "nothing";
    } catch (IOException | NumberFormatException cut) {
      return "CUT";
    }
  }

  /** A replica that is fine serves all its requests on one connection. */
  @Test
  void goodAnswersKeepTheConnection(@TempDir Path folder) throws IOException {
    for (int i = 0; i < all.size(); i++) {
      HostileUpstream answer = all.get(i);
      if (!answer.kept()) {
        continue;
      }
      replica.piece = answer.bytes().length;
      try (Backend own = Backend.unix(folder.resolve("k"), replica::serve);
          Rig alone = new Rig(Rigs::single).serve(own)) {
        for (int n = 0; n < 3; n++) {
          try (Wire client = alone.connect()) {
            client.send(request(i, answer.method()));
            assertThat(answer(client, answer)).as(answer.name()).isEqualTo(answer.fate());
          }
        }
        assertThat(own.connections.get()).as(answer.name()).isEqualTo(1);
      }
    }
  }
}
