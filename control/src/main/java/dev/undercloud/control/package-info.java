/** TEMP */
@NullMarked
package dev.undercloud.control;

import org.jspecify.annotations.NullMarked;
