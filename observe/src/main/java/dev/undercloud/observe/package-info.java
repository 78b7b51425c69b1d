/** TEMP */
@NullMarked
package dev.undercloud.observe;

import org.jspecify.annotations.NullMarked;
