package dev.undercloud.edge.balance;

import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.Upstream;
import java.util.Arrays;

/** A choice whose every answer a test sets. */
final class Each implements Choice {
  final Replica replica;
  boolean tried;
  boolean room = true;
  double weight = 1;

  Each(int i) {
    this(new Replica(upstream(i)));
  }

  Each(Replica replica) {
    this.replica = replica;
  }

  static Upstream upstream(int i) {
    return new Upstream("u" + i, "app", "web." + i, "r", new Address.Tcp("::1", 1));
  }

  static Each[] make(int n) {
    Each[] all = new Each[n];
    Arrays.setAll(all, Each::new);
    return all;
  }

  @Override
  public Replica replica() {
    return replica;
  }

  @Override
  public boolean tried() {
    return tried;
  }

  @Override
  public boolean hasRoom() {
    return room;
  }

  @Override
  public double weight(long now) {
    return weight;
  }
}
