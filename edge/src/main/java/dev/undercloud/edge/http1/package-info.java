/**
 * HTTP/1.1 on the wire (RFC 9112): heads as byte arrays, bodies as byte counts, and no guessing.
 * Whatever two readers could understand differently is a {@link dev.undercloud.edge.http1.Reject}.
 * Nothing here allocates per message, blocks, or is safe across threads.
 */
@NullMarked
package dev.undercloud.edge.http1;

import org.jspecify.annotations.NullMarked;
