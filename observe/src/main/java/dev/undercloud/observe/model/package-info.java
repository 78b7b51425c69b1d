/** What was observed, as immutable values: exchanges, their waterfall, log lines. */
@NullMarked
package dev.undercloud.observe.model;

import org.jspecify.annotations.NullMarked;
