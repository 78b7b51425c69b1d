package dev.undercloud.control;

import dev.undercloud.control.plan.Replica;
import dev.undercloud.core.model.Protocol;
import dev.undercloud.runtime.driver.Handle;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What belongs to a replica beside its place in the plan. */
final class Live {
  final String id;
  final Replica.Key key;
  final String release;
  final Instant startedAt;
  final Tail tail = new Tail();
  volatile @Nullable Handle handle;

  /** What it speaks; known before it is published. */
  volatile Protocol protocol = Protocol.HTTP1;

  /** Controller's thread only. */
  @Nullable Thread prober;

  Live(String id, Replica.Key key, String release, Instant startedAt) {
    this.id = id;
    this.key = key;
    this.release = release;
    this.startedAt = startedAt;
  }

  String name() {
    return key.slot().toString();
  }
}
