package dev.undercloud.observe.why;

import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One row of the table of verdicts: the first that applies speaks.
 *
 * @param name for tests and logs
 * @param applies to these facts
 * @param says the sentence
 */
record Rule(String name, Predicate<Facts> applies, Function<Facts, String> says) {}
