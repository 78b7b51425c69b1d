/**
 * From the planes' rings to memory, store and followers: one thread, which never makes them wait.
 */
@NullMarked
package dev.undercloud.observe.ingest;

import org.jspecify.annotations.NullMarked;
