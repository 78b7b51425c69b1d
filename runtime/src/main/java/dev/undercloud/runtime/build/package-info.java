/** From source to something that can run: snapshot, environment, release. */
@NullMarked
package dev.undercloud.runtime.build;

import org.jspecify.annotations.NullMarked;
