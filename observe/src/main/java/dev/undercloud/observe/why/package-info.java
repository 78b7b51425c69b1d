/** Why a request took what it took, in a waterfall and one sentence. */
@NullMarked
package dev.undercloud.observe.why;

import org.jspecify.annotations.NullMarked;
