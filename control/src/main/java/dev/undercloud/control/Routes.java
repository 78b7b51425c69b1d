package dev.undercloud.control;

import dev.undercloud.control.journal.Revision;
import dev.undercloud.control.plan.Crashes;
import dev.undercloud.control.plan.Observed;
import dev.undercloud.control.plan.Phase;
import dev.undercloud.control.plan.Replica;
import dev.undercloud.control.plan.Target;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.runtime.driver.Handle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From the controller's state to the app's route. */
final class Routes {
  private Routes() {}

  /** The route; null where the app has none: before anything is deployed, or workers only. */
  static @Nullable AppRoute of(State state, Map<String, Live> lives) {
    Revision revision = state.current() != null ? state.current() : state.next();
    ProcessSpec web = revision == null ? null : revision.spec().web();
    if (revision == null || web == null) {
      return null;
    }
    List<Upstream> upstreams = new ArrayList<>();
    List<String> ids = state.observed().published();
    for (String id : ids == null ? List.<String>of() : ids) {
      Live live = lives.get(id);
      Handle handle = live == null ? null : live.handle;
      Address address = handle == null ? null : handle.address();
      if (live != null && address != null) {
        upstreams.add(
            new Upstream(
                id,
                revision.spec().name(),
                live.name(),
                live.release,
                address,
                Upstream.EQUAL,
                live.protocol));
      }
    }
    return new AppRoute(
        revision.spec().name(),
        revision.spec().hosts(),
        upstreams,
        web.timeouts(),
        web.upstreamIdle(),
        upstreams.isEmpty() ? why(state) : "");
  }

  /** Why nothing serves, in words for a 503 page. */
  static String why(State state) {
    Target active = state.desired().active();
    if (active == null) {
      return state.next() == null ? "the app is stopped" : "its first release is starting";
    }
    Observed observed = state.observed();
    for (Replica replica : observed.replicas().values()) {
      if (replica.revision() == active.revision() && replica.phase() == Phase.UNHEALTHY) {
        return replica.slot() + " is unhealthy: it " + replica.lastMiss();
      }
    }
    for (Map.Entry<Replica.Key, Crashes> entry : observed.crashes().entrySet()) {
      if (entry.getKey().revision() == active.revision() && entry.getValue().looping()) {
        return entry.getKey().slot() + " is in a crash loop: it " + entry.getValue().lastReason();
      }
    }
    return active.replicas() == 0 ? "it is scaled to no replica" : "its replicas are starting";
  }
}
