package dev.undercloud.edge.balance;

/** What is chosen from: the per-loop side of a {@link Replica}. Its loop's thread. */
public interface Choice {
  Replica replica();

  /** Whether this exchange has failed there already. */
  boolean tried();

  /** Whether it takes one more exchange now. */
  boolean hasRoom();

  /** Its share relative to the others' at {@code now}, above 0. */
  double weight(long now);
}
