/** Sockets: which transport this machine has, and which ports are free. */
@NullMarked
package dev.undercloud.edge.net;

import org.jspecify.annotations.NullMarked;
