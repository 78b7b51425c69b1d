package dev.undercloud.core.model;

import java.time.Duration;
import java.util.Map;

/**
 * One process type of an app, as a Procfile has them: {@code web}, {@code worker}.
 *
 * @param name lower-case letters, digits, dashes; {@code web} is the one that the edge routes to
 * @param command what runs; already with a production server where the user named a development one
 * @param environment set for this process type alone, over the app's environment
 * @param replicas how many run, 0 to {@link #MOST_REPLICAS}
 * @param listen how the edge reaches it
 * @param health how it is asked whether it serves; without meaning for {@link Listen#NONE}
 * @param limits of one replica
 * @param timeouts of the edge for it
 * @param upstreamIdle how long the edge may keep an idle connection to a replica: shorter than the
 *     server's own keep-alive, so that no request meets a connection that is being closed
 * @param protocol what it speaks with the edge; without meaning for {@link Listen#NONE}
 */
public record ProcessSpec(
    String name,
    Command command,
    Map<String, String> environment,
    int replicas,
    Listen listen,
    HealthCheck health,
    Limits limits,
    Timeouts timeouts,
    Duration upstreamIdle,
    Protocol protocol) {

  /** The process type that the edge routes to. */
  public static final String WEB = "web";

  /** More replicas of one process type than this on one machine is a typing error. */
  public static final int MOST_REPLICAS = 256;

  public ProcessSpec {
    if (!name.matches("[a-z][a-z0-9-]{0,31}")) {
      throw new IllegalArgumentException("not a process name: " + name);
    }
    Require.between("replicas", replicas, 0, MOST_REPLICAS);
    Require.positive("upstreamIdle", upstreamIdle);
    environment = Map.copyOf(environment);
  }

  /** One that speaks HTTP/1.1. */
  public ProcessSpec(
      String name,
      Command command,
      Map<String, String> environment,
      int replicas,
      Listen listen,
      HealthCheck health,
      Limits limits,
      Timeouts timeouts,
      Duration upstreamIdle) {
    this(
        name,
        command,
        environment,
        replicas,
        listen,
        health,
        limits,
        timeouts,
        upstreamIdle,
        Protocol.HTTP1);
  }

  public boolean isWeb() {
    return name.equals(WEB);
  }

  public ProcessSpec withReplicas(int count) {
    return new ProcessSpec(
        name,
        command,
        environment,
        count,
        listen,
        health,
        limits,
        timeouts,
        upstreamIdle,
        protocol);
  }
}
