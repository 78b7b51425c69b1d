/** Whether a replica serves, asked from outside. */
@NullMarked
package dev.undercloud.control.health;

import org.jspecify.annotations.NullMarked;
