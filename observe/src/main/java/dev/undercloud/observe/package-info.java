/**
 * What the planes tell of themselves: taken in without ever making them wait, kept, queried,
 * explained.
 */
@NullMarked
package dev.undercloud.observe;

import org.jspecify.annotations.NullMarked;
