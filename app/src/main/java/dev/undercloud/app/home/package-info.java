/** Where state lies on disk, and who holds it. */
@NullMarked
package dev.undercloud.app.home;

import org.jspecify.annotations.NullMarked;
