/** Strict reading of the files people have, with the place each value came from. */
@NullMarked
package dev.undercloud.core.config;

import org.jspecify.annotations.NullMarked;
