package dev.undercloud.control;

import dev.undercloud.control.journal.Revision;
import dev.undercloud.control.plan.Slot;
import dev.undercloud.core.error.Problem;

/** Failures of an app in words. */
final class Problems {
  private Problems() {}

  /** Two replicas of an app that is written for a fixed port meet there. */
  private static String remedy(String lastWords) {
    boolean met = lastWords.contains("Address already in use") || lastWords.contains("EADDRINUSE");
    return met
        ? "It listens on a fixed port, where another process is already: let it listen on the port in"
            + " $PORT, or on the Unix socket in $SOCKET, and deploy again"
        : "Mend the app and deploy again";
  }

  private static Problem failed(
      String code, String what, String where, String how, Tail tail, String remedy) {
    String why = "it " + how + "; " + tail.words();
    return new Problem(code, Problem.Kind.EXTERNAL, what, where, why, remedy);
  }

  private static Problem user(String code, String what, String app, String why, String remedy) {
    return new Problem(code, Problem.Kind.USER, what, app, why, remedy);
  }

  static Problem rollout(Revision revision, Slot slot, String reason, Tail tail, boolean serving) {
    return failed(
        "deploy-failed",
        "Release " + revision.release().id() + " of " + revision.spec().name() + " does not start",
        slot.toString(),
        reason,
        tail,
        remedy(tail.words()) + (serving ? "; the release before goes on serving" : ""));
  }

  static Problem restart(Revision revision, Slot slot, String reason, Tail tail) {
    return failed(
        "restart-failed",
        "A new replica of " + revision.spec().name() + " does not start",
        slot.toString(),
        reason,
        tail,
        "Replicas not yet replaced go on serving; see the log, mend the cause and restart again");
  }

  static Problem releaseCommand(Revision revision, String how, Tail tail, boolean serving) {
    return failed(
        "release-command-failed",
        "The release command of " + revision.spec().name() + " failed",
        "release",
        how,
        tail,
        "Mend it and deploy again" + (serving ? "; the release before goes on serving" : ""));
  }

  static Problem replica(String app, Slot slot, String reason, Tail tail) {
    return failed(
        "replica-failed",
        "A replica of " + app + " does not start",
        slot.toString(),
        reason,
        tail,
        "It is tried again and again; see the log, and mend the cause");
  }

  /** Why a replica was not started, as the predicate of a sentence about it. */
  static String notStarted(Problem problem) {
    String remedy = problem.remedy();
    String end = remedy.endsWith(".") ? remedy.substring(0, remedy.length() - 1) : remedy;
    return "could not be started: " + problem.why() + ". " + end;
  }

  static Problem busy(String app) {
    return user(
        "deploy-in-progress",
        "The command was not carried out",
        app,
        "another deploy, restart or scale of this app goes on",
        "Wait until it has ended and try again");
  }

  static Problem cancelled(String app) {
    return user(
        "deploy-cancelled",
        "The deploy was broken off",
        app,
        "the app was stopped, or Undercloud is ending",
        "Deploy again");
  }

  static Problem stopped(String app) {
    return user(
        "app-stopped",
        "There is nothing to act on",
        app,
        "the app is stopped",
        "Restart or deploy it first");
  }

  static Problem nothingDeployed(String app) {
    return user(
        "nothing-deployed",
        "There is nothing to act on",
        app,
        "the app was never deployed",
        "Deploy it first");
  }
}
