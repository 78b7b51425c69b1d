package dev.undercloud.observe.live;

/**
 * A replica's last minute, as the edge saw it.
 *
 * @param replica {@code web.1}
 * @param upstreamId its unique name
 * @param count exchanges since the start
 * @param last10 its last ten seconds
 * @param last60 its last minute
 * @param inFlight on it now
 * @param quietSeconds since its last exchange ended; negative where none has
 */
public record ReplicaLive(
    String replica,
    String upstreamId,
    long count,
    Rates last10,
    Rates last60,
    int inFlight,
    long quietSeconds) {}
