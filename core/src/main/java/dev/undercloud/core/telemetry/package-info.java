/** What the planes tell of themselves: exchanges and log lines, pushed into bounded rings. */
@NullMarked
package dev.undercloud.core.telemetry;

import org.jspecify.annotations.NullMarked;
