package dev.undercloud.runtime.driver;

import dev.undercloud.core.route.Address;
import org.jspecify.annotations.Nullable;

/**
 * A started replica, as data that can be journaled and used by a later process to find it again.
 *
 * @param id {@link ReplicaSpec#id}
 * @param pid the leader of its process group and session
 * @param startTicks the leader's start time as the kernel counts it: pid and this are an identity
 *     that no other process ever has
 * @param address where it listens; null where it does not
 */
public record Handle(String id, long pid, long startTicks, @Nullable Address address) {}
