/** DuckDB files, one a day, with one writer; retention and the state of it all. */
@NullMarked
package dev.undercloud.observe.store;

import org.jspecify.annotations.NullMarked;
