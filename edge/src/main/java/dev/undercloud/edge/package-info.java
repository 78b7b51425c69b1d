/**
 * The front door: listeners, routing, load balancing and the reverse proxy, as one thing to start
 * and to close.
 */
@NullMarked
package dev.undercloud.edge;

import org.jspecify.annotations.NullMarked;
