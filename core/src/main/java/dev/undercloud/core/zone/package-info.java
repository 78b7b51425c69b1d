/**
 * DNS zones as immutable data, and what was asked of them: what the authoritative server publishes,
 * whoever writes the records.
 */
@NullMarked
package dev.undercloud.core.zone;

import org.jspecify.annotations.NullMarked;
