/** A running Undercloud: the planes put together, their start and their end. */
@NullMarked
package dev.undercloud.app.up;

import org.jspecify.annotations.NullMarked;
