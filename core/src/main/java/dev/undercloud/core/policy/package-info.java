/**
 * What the edge does with requests beside passing them on: the rules of each app, published as one
 * immutable snapshot. A change of rules needs no deploy.
 */
@NullMarked
package dev.undercloud.core.policy;

import org.jspecify.annotations.NullMarked;
