/**
 * What happens to a request between two sockets. Everything here belongs to one event loop and runs
 * on its thread alone unless it says otherwise.
 */
@NullMarked
package dev.undercloud.edge.proxy;

import org.jspecify.annotations.NullMarked;
