/** Which replica takes an exchange. No input or output here: pure decisions on shared counts. */
@NullMarked
package dev.undercloud.edge.balance;

import org.jspecify.annotations.NullMarked;
