/** What the edge does with requests by the rules of their app: found by path, then gates. */
@NullMarked
package dev.undercloud.edge.rule;

import org.jspecify.annotations.NullMarked;
