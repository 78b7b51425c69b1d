/** The product: {@code main} and what it is made of. */
@NullMarked
package dev.undercloud.app;

import org.jspecify.annotations.NullMarked;
