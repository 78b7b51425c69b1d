/** TEMP */
@NullMarked
package dev.undercloud.edge;

import org.jspecify.annotations.NullMarked;
