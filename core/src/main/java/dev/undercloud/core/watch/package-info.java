/** Immutable values that one side publishes and others follow. */
@NullMarked
package dev.undercloud.core.watch;

import org.jspecify.annotations.NullMarked;
