/**
 * Deciding, purely: from what is wanted and what is there to the next actions. No clock, no thread,
 * no chance.
 */
@NullMarked
package dev.undercloud.control.plan;

import org.jspecify.annotations.NullMarked;
