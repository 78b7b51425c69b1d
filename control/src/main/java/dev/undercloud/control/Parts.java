package dev.undercloud.control;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.route.EdgeView;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.telemetry.WorkSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.runtime.build.Builder;
import dev.undercloud.runtime.driver.Driver;

/**
 * What a controller works with.
 *
 * @param table may be shared with other controllers: each changes the route of its own app
 * @param work hears of health checks
 * @param entropy used on the controller's thread alone
 */
public record Parts(
    Driver driver,
    Builder builder,
    EdgeView edge,
    Watch<RoutingTable> table,
    LogSink log,
    WorkSink work,
    Clock clock,
    Entropy entropy) {}
