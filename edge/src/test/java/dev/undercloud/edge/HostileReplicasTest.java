package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.edge.http1.HostileResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that break the protocol hurt nobody but the request they answer. */
@Timeout(60)
class HostileReplicasTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine";
  private static final String POISON = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";

  @TempDir Path folder;

  @Test
  void aResponseThatMakesNoSenseIsABadGateway() throws IOException {
    List<HostileResponse> all = HostileResponse.all();
    List<String> wrong = new ArrayList<>();
    try (Rig rig = new Rig();
        Backend backend = Backend.unix(folder.resolve("a"), conn -> answer(conn, all));
        Wire client = rig.serve(backend).connect()) {
      for (int i = 0; i < all.size(); i++) {
        Wire.Response response = client.get("/" + i);
        String why = all.get(i).reject().words();
        if (response.status() != 502 || !response.text().contains(why)) {
          wrong.add(all.get(i) + ": " + response.head() + response.text());
        }
        Wire.Response next = client.get("/fine");
        if (!next.text().equals("fine")) {
          wrong.add(all.get(i) + ": and the next got " + next.text());
        }
      }
      assertThat(wrong).isEmpty();
      assertThat(backend.failures).isEmpty();
    }
  }

  private static void answer(Backend.Conn conn, List<HostileResponse> all) throws IOException {
    String request;
    while ((request = conn.request()) != null) {
      String path = request.split(" ")[1].substring(1);
      if (path.equals("fine")) {
        conn.say(OK);
      } else {
        conn.say(all.get(Integer.parseInt(path)).bytes());
      }
    }
  }

  @Test
  void whatComesBehindAResponseIsNobodysAnswer() throws Exception {
    for (boolean later : new boolean[] {false, true}) {
      try (Rig rig = new Rig();
          Backend backend =
              Backend.unix(
                  folder.resolve("b" + later),
                  conn -> {
                    while (conn.request() != null) {
                      if (later) {
                        conn.say(OK);
                        Thread.sleep(20);
                        conn.say(POISON);
                      } else {
                        conn.say(OK + POISON);
                      }
                    }
                  });
          Wire client = rig.serve(backend).connect()) {
        for (int i = 0; i < 10; i++) {
          assertThat(client.get("/" + i).text()).isEqualTo("fine");
          // It can only be told from the next answer while nobody has asked for one.
          Rig.eventually(backend.open::isEmpty);
        }
        assertThat(backend.connections.get()).isEqualTo(10);
      }
    }
  }

  /** A body where none may be is dropped with its connection, whenever it comes. */
  @Test
  void aBodyBehindABodilessResponseIsNobodysAnswer() throws Exception {
    String[] bodiless = {
      "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 204 No Content\r\nContent-Length: " + POISON.length() + "\r\n\r\n",
      "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n"
    };
    for (int n = 0; n < bodiless.length; n++) {
      String head = bodiless[n];
      try (Rig rig = new Rig();
          Backend backend =
              Backend.unix(
                  folder.resolve("c" + n),
                  conn -> {
                    conn.request();
                    conn.say(head);
                    // The poison comes when the next request would be on this connection.
                    if (conn.request() != null) {
                      conn.say(POISON);
                    }
                  });
          Wire client = rig.serve(backend).connect()) {
        for (int i = 0; i < 3; i++) {
          Wire.Response response = client.get("/" + i);
          assertThat(response.status()).isEqualTo(Integer.parseInt(head.substring(9, 12)));
          assertThat(response.fields()).doesNotContainKeys("transfer-encoding");
        }
        assertThat(backend.connections.get()).isEqualTo(3);
      }
    }
  }

  @Test
  void anOldClientNeverGetsChunks() throws Exception {
    String chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\nX: y\r\n\r\n";
    String untilClose = "HTTP/1.1 200 OK\r\n\r\nhello, world";
    for (String answer : List.of(chunked, untilClose)) {
      try (Rig rig = new Rig();
          Backend backend =
              Backend.unix(
                  folder.resolve("d" + answer.length()),
                  conn -> {
                    conn.request();
                    for (char c : answer.toCharArray()) {
                      conn.say(String.valueOf(c));
                    }
                  });
          Wire client = rig.serve(backend).connect();
          Wire modern = rig.connect()) {
        client.send("GET / HTTP/1.0\r\nHost: app.localhost\r\nConnection: keep-alive\r\n\r\n");
        Wire.Response response = client.response();
        assertThat(response.text()).isEqualTo("hello, world");
        assertThat(response.field("transfer-encoding")).isNull();
        assertThat(response.field("connection")).isEqualTo("close");
        assertThat(modern.get("/").text()).isEqualTo("hello, world");
        assertThat(modern.get("/").field("transfer-encoding")).isEqualTo("chunked");
      }
    }
  }

  /** A chunked answer that breaks off or goes wrong must not look whole to the client. */
  @Test
  void aBrokenBodyDoesNotLookWhole() throws Exception {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (String body :
        List.of(
            "5\r\nhel",
            "5\r\nhello\r\n",
            "5\r\nhello\r\n0x0\r\n\r\n",
            "5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n",
            "0\n\n")) {
      try (Rig rig = new Rig();
          Backend backend =
              Backend.unix(
                  folder.resolve("e"),
                  conn -> {
                    conn.request();
                    conn.say(head + body);
                  });
          Wire client = rig.serve(backend).connect()) {
        assertThat(wholeOrNot(client)).as(body).isEqualTo("not whole");
      }
    }
  }

  private static String wholeOrNot(Wire client) throws IOException {
    client.send("GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
    try {
      return "whole: " + client.response().text();
    } catch (IOException cut) {
      return "not whole";
    }
  }
}
