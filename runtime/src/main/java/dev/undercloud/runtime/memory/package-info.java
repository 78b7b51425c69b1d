/**
 * A driver without processes, for tests of whoever uses drivers: it does what it is told, and fails
 * on request.
 */
@NullMarked
package dev.undercloud.runtime.memory;

import org.jspecify.annotations.NullMarked;
