/** The JSON access log, rotated within a budget. */
@NullMarked
package dev.undercloud.observe.log;

import org.jspecify.annotations.NullMarked;
