/**
 * The {@code process} driver: replicas as plain processes of this host, each in a session of its
 * own, with cgroup limits and dropped privileges where the host allows. Blocking, on virtual
 * threads.
 */
@NullMarked
package dev.undercloud.runtime.process;

import org.jspecify.annotations.NullMarked;
