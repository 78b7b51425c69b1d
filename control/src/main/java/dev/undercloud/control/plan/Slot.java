package dev.undercloud.control.plan;

/**
 * The place of a replica: {@code web.1}. Replicas come and go, slots stay.
 *
 * @param process the process type
 * @param ordinal from 1
 */
public record Slot(String process, int ordinal) implements Comparable<Slot> {
  public Slot {
    if (ordinal < 1) {
      throw new IllegalArgumentException("ordinals begin at 1: " + ordinal);
    }
  }

  @Override
  public int compareTo(Slot other) {
    int byName = process.compareTo(other.process);
    return byName != 0 ? byName : Integer.compare(ordinal, other.ordinal);
  }

  /** What people call it. */
  @Override
  public String toString() {
    return process + "." + ordinal;
  }
}
