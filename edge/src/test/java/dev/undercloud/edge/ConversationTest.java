package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.id.Entropy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random valid conversations: pipelined requests and responses of every framing, cut into pieces at
 * random points, with bodies that look like messages. Every request arrives once, every answer is
 * the right one.
 */
@Timeout(120)
class ConversationTest {
  private static final long SEED = Long.getLong("fuzz.seed", Entropy.fast().nextLong());
  private static final int CONVERSATIONS = 60;
  private static final int REQUESTS = 12;
  private static final String TEXT =
      "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n"
          .repeat(3);

  @TempDir Path folder;

  private record Question(String target, String bytes, String body) {}

  @Test
  void everyAnswerIsTheRightOne() throws IOException {
    Random random = new Random(SEED);
    try (Rig rig = new Rig();
        Backend backend = Backend.unix(folder.resolve("a"), ConversationTest::answer)) {
      rig.serve(backend);
      for (int n = 0; n < CONVERSATIONS; n++) {
        try (Wire client = rig.connect()) {
          converse(client, n, random);
        }
      }
      List<String> targets = backend.heads.stream().map(head -> head.split(" ")[1]).toList();
      assertThat(targets).as("seed %d", SEED).hasSize(CONVERSATIONS * REQUESTS);
      assertThat(new HashSet<>(targets)).hasSize(CONVERSATIONS * REQUESTS);
      assertThat(backend.failures).as("seed %d", SEED).isEmpty();
    }
  }

  private static void converse(Wire client, int n, Random random) throws IOException {
    List<Question> questions = new ArrayList<>();
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < REQUESTS; i++) {
      Question question = question("/" + n + "/" + i, random);
      questions.add(question);
      all.append(question.bytes);
    }
    int at = 0;
    while (at < all.length()) {
      int piece = 1 + (random.nextInt(4) == 0 ? random.nextInt(2000) : random.nextInt(60));
      client.send(all.substring(at, Math.min(all.length(), at + piece)));
      at += piece;
    }
    for (Question question : questions) {
      Wire.Response response = client.response();
      assertThat(response.status()).as("seed %d %s", SEED, question.target).isEqualTo(200);
      assertThat(response.text()).as("seed %d", SEED).isEqualTo(question.target + question.body);
    }
  }

  /** Every other way to say where a body ends; the target says how the answer shall end. */
  private static Question question(String target, Random random) {
    String path = target + "?" + "lcu".charAt(random.nextInt(3)) + random.nextInt(1 << 20);
    String head = " " + path + " HTTP/1.1\r\nHost: app.localhost\r\n";
    String body = TEXT.substring(0, random.nextInt(TEXT.length()));
    return switch (random.nextInt(4)) {
      case 0 -> new Question(path, "GET" + head + "\r\n", "");
      case 1 ->
          new Question(
              path, "POST" + head + "Content-Length: " + body.length() + "\r\n\r\n" + body, body);
      default ->
          new Question(
              path,
              "POST" + head + "Transfer-Encoding: chunked\r\n\r\n" + chunked(body, random),
              body);
    };
  }

  private static String chunked(String body, Random random) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < body.length()) {
      int length = Math.min(body.length() - at, 1 + random.nextInt(40));
      String size = Integer.toHexString(length);
      out.append("0".repeat(random.nextInt(3)))
          .append(random.nextBoolean() ? size : size.toUpperCase(Locale.ROOT))
          .append(random.nextInt(5) == 0 ? ";a=\"b;\\\"\";c" : "")
          .append("\r\n")
          .append(body, at, at + length)
          .append("\r\n");
      at += length;
    }
    return out + "0\r\n" + (random.nextInt(4) == 0 ? "X-Sum: 1\r\n" : "") + "\r\n";
  }

  /** Says target and body back, framed as the target's query wishes, in pieces. */
  private static void answer(Backend.Conn conn) throws IOException {
    String request;
    while ((request = conn.request()) != null) {
      String path = request.split(" ")[1];
      String body = path + request.substring(request.indexOf("\r\n\r\n") + 4);
      Random random = new Random(path.hashCode());
      char framing = path.charAt(path.indexOf('?') + 1);
      String head = "HTTP/1.1 200 OK\r\nX: y\r\n";
      String answer =
          switch (framing) {
            case 'l' -> head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
            case 'c' -> head + "Transfer-Encoding: chunked\r\n\r\n" + chunked(body, random);
            default -> head + "Connection: close\r\n\r\n" + body;
          };
      int at = 0;
      while (at < answer.length()) {
        int piece = 1 + random.nextInt(random.nextBoolean() ? 10 : 1000);
        conn.say(answer.substring(at, Math.min(answer.length(), at + piece)));
        at += piece;
      }
      if (framing == 'u') {
        return;
      }
    }
  }
}
