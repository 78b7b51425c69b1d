/** The verbs of the command line. */
@NullMarked
package dev.undercloud.app.cli;

import org.jspecify.annotations.NullMarked;
