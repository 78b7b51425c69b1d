/** How the command line speaks to a running Undercloud: JSON lines over a Unix socket. */
@NullMarked
package dev.undercloud.app.local;

import org.jspecify.annotations.NullMarked;
