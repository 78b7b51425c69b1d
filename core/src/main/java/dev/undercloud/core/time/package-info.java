/** Time as a parameter: nothing outside this package asks the machine what time it is. */
@NullMarked
package dev.undercloud.core.time;

import org.jspecify.annotations.NullMarked;
