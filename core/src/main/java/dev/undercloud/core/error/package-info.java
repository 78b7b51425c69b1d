/**
 * What went wrong, where, why, and what to do about it: one shape for every failure a person sees.
 */
@NullMarked
package dev.undercloud.core.error;

import org.jspecify.annotations.NullMarked;
