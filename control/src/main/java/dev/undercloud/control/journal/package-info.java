/** What survives a crash of the controller: one SQLite file an app. */
@NullMarked
package dev.undercloud.control.journal;

import org.jspecify.annotations.NullMarked;
