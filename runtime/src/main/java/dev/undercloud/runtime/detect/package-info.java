/** Reading Python sources with Python's own parser, in a child process that runs none of them. */
@NullMarked
package dev.undercloud.runtime.detect;

import org.jspecify.annotations.NullMarked;
