package dev.undercloud.control.plan;

import java.time.Duration;

/** What an event makes of what is there. */
record Transition(Observed from, long now, Pace pace) {

  Observed on(Event event) {
    return switch (event) {
      case Event.Starting e ->
          from.with(Replica.launching(e.id(), e.slot(), e.revision(), e.epoch(), now));
      case Event.Adopted e -> adopted(e);
      case Event.Launched e -> launched(e.id());
      case Event.LaunchFailed e -> launchFailed(e);
      case Event.Passed e -> passed(e.id());
      case Event.Missed e -> missed(e);
      case Event.Exited e -> exited(e);
      case Event.GivenUp e -> givenUp(e);
      case Event.Draining e -> moved(e.id(), Phase.DRAINING);
      case Event.Drained e -> drained(e.id());
      case Event.Stopping e -> moved(e.id(), Phase.STOPPING);
      case Event.Stopped e -> from.without(e.id());
      case Event.Published e -> new Observed(from.replicas(), from.crashes(), e.ids());
    };
  }

  private Observed adopted(Event.Adopted e) {
    Replica replica =
        Replica.launching(e.id(), e.slot(), e.revision(), e.epoch(), now).launched(now);
    Observed next = from.with(replica);
    return e.restarts() == 0 ? next : next.with(replica.key(), Crashes.restored(e.restarts()));
  }

  private Observed launched(String id) {
    Replica replica = from.replicas().get(id);
    if (replica == null || replica.phase() != Phase.LAUNCHING) {
      return from;
    }
    return from.with(replica.launched(now));
  }

  private Observed launchFailed(Event.LaunchFailed e) {
    Replica replica = from.replicas().get(e.id());
    if (replica == null) {
      return from;
    }
    return crashed(replica, e.reason(), false, e.chance()).without(e.id());
  }

  private Observed passed(String id) {
    Replica replica = from.replicas().get(id);
    if (replica == null) {
      return from;
    }
    return switch (replica.phase()) {
      case STARTING, HEALTHY, UNHEALTHY -> {
        Replica better = replica.passed(now);
        Crashes before = from.crashes(better.key());
        boolean steady = now - better.healthySince() >= pace.steady().toNanos();
        Observed next = from.with(better);
        yield steady && before.streak() > 0 ? next.with(better.key(), before.over()) : next;
      }
      case LAUNCHING, UNFIT, DRAINING, DRAINED, STOPPING -> from;
    };
  }

  private Observed missed(Event.Missed e) {
    Replica replica = from.replicas().get(e.id());
    if (replica == null) {
      return from;
    }
    boolean working = worksStill(replica, e.patience());
    int misses = working ? replica.misses() : replica.misses() + 1;
    return switch (replica.phase()) {
      case STARTING -> from.with(replica.missed(Phase.STARTING, 0, e.reason()));
      case HEALTHY ->
          from.with(
              replica.missed(
                  misses >= pace.outAfter() ? Phase.UNHEALTHY : Phase.HEALTHY, misses, e.reason()));
      case UNHEALTHY -> from.with(replica.missed(Phase.UNHEALTHY, misses, e.reason()));
      case LAUNCHING, UNFIT, DRAINING, DRAINED, STOPPING -> from;
    };
  }

  /** A long request of a replica that works on one at a time is no illness. */
  private boolean worksStill(Replica replica, Duration patience) {
    return now - replica.lastPass() < patience.toNanos();
  }

  private Observed exited(Event.Exited e) {
    Replica replica = from.replicas().get(e.id());
    if (replica == null || replica.exited()) {
      return from;
    }
    // One that was being taken out anyway did what it was asked for.
    Observed counted =
        replica.phase().holdsSlot() ? crashed(replica, e.words(), false, e.chance()) : from;
    return counted.with(replica.ended());
  }

  private Observed givenUp(Event.GivenUp e) {
    Replica replica = from.replicas().get(e.id());
    if (replica == null || !replica.phase().holdsSlot()) {
      return from;
    }
    boolean late = replica.phase() == Phase.STARTING;
    return crashed(replica, e.reason(), late, e.chance()).with(replica.in(Phase.UNFIT));
  }

  private Observed drained(String id) {
    Replica replica = from.replicas().get(id);
    return replica == null || replica.phase() != Phase.DRAINING
        ? from
        : from.with(replica.in(Phase.DRAINED));
  }

  private Observed moved(String id, Phase phase) {
    Replica replica = from.replicas().get(id);
    return replica == null ? from : from.with(replica.in(phase));
  }

  private Observed crashed(Replica replica, String reason, boolean hopeless, double chance) {
    Replica.Key key = replica.key();
    return from.with(key, settled(replica).more(reason, hopeless, chance, now, pace));
  }

  /** A replica that served for long before begins a new streak. */
  private Crashes settled(Replica replica) {
    Crashes before = from.crashes(replica.key());
    boolean healthy = replica.phase() == Phase.HEALTHY || replica.phase() == Phase.UNHEALTHY;
    boolean steady = healthy && now - replica.healthySince() >= pace.steady().toNanos();
    return steady ? before.over() : before;
  }
}
