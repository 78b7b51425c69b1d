/** Files that must survive a crash. */
@NullMarked
package dev.undercloud.core.file;

import org.jspecify.annotations.NullMarked;
