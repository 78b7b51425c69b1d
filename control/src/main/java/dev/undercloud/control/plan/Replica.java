package dev.undercloud.control.plan;

import org.jspecify.annotations.Nullable;

/**
 * One replica as the controller sees it. Times are monotonic nanoseconds.
 *
 * @param id unique for the life of the state folder
 * @param slot its place
 * @param revision what it runs
 * @param epoch the restart it was started in
 * @param phase where it is in its life
 * @param exited whether its process has ended
 * @param since when it was launched or adopted
 * @param healthySince when it became healthy last; without meaning before
 * @param lastPass when it answered last; {@link #since} before it did
 * @param misses checks failed in a row
 * @param lastMiss why the last check failed; null while the last one passed
 */
public record Replica(
    String id,
    Slot slot,
    long revision,
    long epoch,
    Phase phase,
    boolean exited,
    long since,
    long healthySince,
    long lastPass,
    int misses,
    @Nullable String lastMiss) {

  static Replica launching(String id, Slot slot, long revision, long epoch, long now) {
    return new Replica(id, slot, revision, epoch, Phase.LAUNCHING, false, now, now, now, 0, null);
  }

  public Key key() {
    return new Key(slot, revision, epoch);
  }

  Replica in(Phase next) {
    return with(next, exited, misses, lastMiss);
  }

  Replica launched(long now) {
    return new Replica(id, slot, revision, epoch, Phase.STARTING, exited, now, now, now, 0, null);
  }

  Replica ended() {
    return with(phase == Phase.STOPPING ? phase : Phase.UNFIT, true, misses, lastMiss);
  }

  Replica passed(long now) {
    long healthy = phase == Phase.HEALTHY ? healthySince : now;
    return new Replica(
        id, slot, revision, epoch, Phase.HEALTHY, exited, since, healthy, now, 0, null);
  }

  Replica missed(Phase next, int inARow, String why) {
    return with(next, exited, inARow, why);
  }

  private Replica with(Phase next, boolean gone, int inARow, @Nullable String why) {
    return new Replica(
        id, slot, revision, epoch, next, gone, since, healthySince, lastPass, inARow, why);
  }

  /** What crashes are counted by: a new revision or a restart begins anew. */
  public record Key(Slot slot, long revision, long epoch) {}
}
