/** Responses that the edge makes itself, and what it does to those of apps. */
@NullMarked
package dev.undercloud.edge.reply;

import org.jspecify.annotations.NullMarked;
