/** What this host offers to the features that exist, found by trying: what {@code doctor} tells. */
@NullMarked
package dev.undercloud.runtime.host;

import org.jspecify.annotations.NullMarked;
