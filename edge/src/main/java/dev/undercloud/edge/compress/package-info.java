/** Content codings: what clients take, and responses compressed on their way (RFC 9110, 8.4). */
@NullMarked
package dev.undercloud.edge.compress;

import org.jspecify.annotations.NullMarked;
