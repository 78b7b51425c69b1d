/**
 * The shared HTTP cache (RFC 9111): what may be stored, for how long it is fresh, which stored
 * response answers a request, and where the bytes are.
 */
@NullMarked
package dev.undercloud.edge.cache;

import org.jspecify.annotations.NullMarked;
