/**
 * What the edge needs to know of apps and replicas, published by control as one immutable table.
 */
@NullMarked
package dev.undercloud.core.route;

import org.jspecify.annotations.NullMarked;
