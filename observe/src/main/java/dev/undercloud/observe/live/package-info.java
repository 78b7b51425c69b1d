/** Statistics of the last minute, and feeds for live views. */
@NullMarked
package dev.undercloud.observe.live;

import org.jspecify.annotations.NullMarked;
