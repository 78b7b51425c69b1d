/** Ids and chance as parameters: nothing outside this package rolls dice. */
@NullMarked
package dev.undercloud.core.id;

import org.jspecify.annotations.NullMarked;
