package dev.undercloud.control.journal;

import org.jspecify.annotations.Nullable;

/**
 * What is wanted, as one row: written at once or not at all.
 *
 * @param current number of the revision that serves; null before the first has
 * @param next number of the revision being rolled out; null while none is
 * @param running whether current is to run
 * @param epoch of the latest restart
 */
public record Wish(@Nullable Long current, @Nullable Long next, boolean running, long epoch) {
  public static final Wish NOTHING = new Wish(null, null, false, 0);
}
