/** Questions to memory and store, and the JSON forms of their answers. */
@NullMarked
package dev.undercloud.observe.query;

import org.jspecify.annotations.NullMarked;
