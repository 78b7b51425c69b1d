package dev.undercloud.runtime.driver;

/**
 * How a replica ended.
 *
 * @param code its exit code; -1 where a signal ended it or nobody could see
 * @param signal the signal that ended it; 0 where none did
 * @param outOfMemory whether the kernel killed it for its memory limit
 * @param words for people: {@code exit code 3}, {@code killed by SIGKILL}, {@code out of memory:
 *     over its limit of 256 MiB}
 */
public record Exit(int code, int signal, boolean outOfMemory, String words) {}
