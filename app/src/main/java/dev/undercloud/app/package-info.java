/** TEMP */
@NullMarked
package dev.undercloud.app;

import org.jspecify.annotations.NullMarked;
