/** Byte sizes and durations as people write them. */
@NullMarked
package dev.undercloud.core.unit;

import org.jspecify.annotations.NullMarked;
