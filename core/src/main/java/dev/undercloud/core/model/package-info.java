/** The app model: what the user wants, as immutable records that cannot hold an invalid value. */
@NullMarked
package dev.undercloud.core.model;

import org.jspecify.annotations.NullMarked;
