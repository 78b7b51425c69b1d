/** Prometheus text, with OpenTelemetry's names. */
@NullMarked
package dev.undercloud.observe.metrics;

import org.jspecify.annotations.NullMarked;
