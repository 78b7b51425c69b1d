package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsName;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * How a zone of another primary is doing.
 *
 * @param transferred when what is served came; empty: nothing has
 * @param confirmed when the primary last had nothing newer
 * @param problem why the last look at the primary failed; empty where it did not
 */
public record SecondaryState(
    DnsName zone,
    InetSocketAddress primary,
    Optional<Instant> transferred,
    Optional<Instant> confirmed,
    String problem) {}
