package dev.undercloud.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RemovalsTest {
  private final Removals removals = new Removals();

  private static Key key(String path) {
    return Key.of("app", false, "host", path, 7);
  }

  @Test
  void knowsWhatWasRemovedAfterAMoment() {
    long before = removals.now();
    assertThat(removals.has(key("/a"), before)).isFalse();
    removals.add(key("/a"));
    assertThat(removals.has(key("/a"), before)).isTrue();
    assertThat(removals.has(key("/a"), removals.now())).isFalse();
  }

  @Test
  void othersAreNotRemovedHoweverManyGo() {
    long before = removals.now();
    for (int i = 0; i < Removals.MOST; i++) {
      removals.add(key("/" + i));
    }
    for (int i = 0; i < 50; i++) {
      assertThat(removals.has(key("/other/" + i), before)).isFalse();
    }
    assertThat(removals.has(key("/0"), before)).isTrue();
    removals.add(key("/one-more"));
    assertThat(removals.has(key("/other"), before)).as("more than it remembers").isTrue();
    assertThat(removals.has(key("/other"), before + 1)).isFalse();
  }

  @Test
  void everythingMayGoAtOnce() {
    long before = removals.now();
    removals.addAll();
    assertThat(removals.has(key("/a"), before)).isTrue();
    assertThat(removals.has(key("/a"), removals.now())).isFalse();
  }

  @Test
  void missesNothingThatManyThreadsRemove() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<String> missed = java.util.Collections.synchronizedList(new ArrayList<>());
    for (int t = 0; t < 4; t++) {
      int number = t;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 5_000; i++) {
                  Key own = key("/" + number + "/" + i);
                  long before = removals.now();
                  removals.add(own);
                  if (!removals.has(own, before)) {
                    missed.add(own.toString());
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(missed).isEmpty();
  }
}
