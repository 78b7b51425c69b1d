/**
 * Control of one app: what is wanted, what is there, and the loop that makes the second like the
 * first. {@link dev.undercloud.control.Controller} is the way in.
 */
@NullMarked
package dev.undercloud.control;

import org.jspecify.annotations.NullMarked;
