package dev.undercloud.edge.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.edge.Backend;
import dev.undercloud.edge.Rig;
import dev.undercloud.edge.Rigs;
import dev.undercloud.edge.Wire;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A response that was there before its request is the answer to something else. */
@Timeout(60)
class EarlyResponseTest {
  private static final String POISON = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";

  @TempDir Path folder;

  /** Holds the event loop at the next request, so that what follows comes in one turn of it. */
  private static final class Held implements Entropy {
    private final AtomicReference<CountDownLatch> armed = new AtomicReference<>();
    private final CountDownLatch reached = new CountDownLatch(1);
    private final Entropy entropy = Entropy.fast();

    @Override
    public long nextLong() {
      CountDownLatch hold = armed.getAndSet(null);
      if (hold != null) {
        reached.countDown();
        try {
          hold.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      return entropy.nextLong();
    }
  }

  @Test
  void isNotTakenForTheAnswer() throws Exception {
    Held held = new Held();
    try (Backend backend = Backend.unix(folder.resolve("a"), Backend.saying("fine"));
        Rig rig = new Rig(Rigs::single, () -> held).serve(backend);
        Wire first = rig.connect();
        Wire victim = rig.connect();
        Wire nobody = rig.connect()) {
      assertThat(first.get("/").text()).isEqualTo("fine");
      assertThat(victim.get("nobody.localhost", "/").status()).isEqualTo(404);
      assertThat(backend.connections.get()).isEqualTo(1);
      CountDownLatch release = new CountDownLatch(1);
      held.armed.set(release);
      nobody.send("GET / HTTP/1.1\r\nHost: nobody.localhost\r\n\r\n");
      held.reached.await();
      victim.send("GET /victim HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
      backend.open.getFirst().say(POISON);
      release.countDown();
      assertThat(victim.response().text()).isEqualTo("fine");
      assertThat(nobody.response().status()).isEqualTo(404);
      assertThat(backend.connections.get()).isEqualTo(2);
      // The request had not left: it may be sent again whatever it is, and is no failure.
      Rig.eventually(() -> backend.open.size() == 1);
    }
  }
}
