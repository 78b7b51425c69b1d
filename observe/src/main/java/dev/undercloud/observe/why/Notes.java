package dev.undercloud.observe.why;

import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.BodyCoding;
import dev.undercloud.core.telemetry.CacheUse;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.Handling;
import dev.undercloud.observe.model.Tried;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the edge did beside, a sentence each: what the verdict does not say already. Pure. */
final class Notes {
  private Notes() {}

  static List<String> of(Facts facts, String verdict) {
    Exchange e = facts.e();
    Handling h = e.handling();
    List<String> notes = new ArrayList<>();
    if (h.route() != null && !verdict.contains(h.routeText())) {
      notes.add("The route " + h.routeText() + " decided.");
    }
    if (h.rewritten() != null) {
      notes.add("It was rewritten: the app got " + h.rewritten() + ".");
    }
    if (h.instead() && !facts.sentOn()) {
      notes.add("A split gave it to " + Facts.app(String.valueOf(e.app())) + ".");
    }
    if (h.mirror() != null) {
      notes.add("A copy went to " + Facts.app(h.mirror()) + ", as its route mirrors.");
    }
    if (h.copy()) {
      notes.add("It is the copy that a mirror makes of a request; nobody gets its response.");
    }
    for (Tried each : h.tried()) {
      notes.add(
          "Tried "
              + each.replica()
              + " for "
              + Facts.time(each.micros())
              + ": it "
              + each.how()
              + ".");
    }
    cache(e, h, notes);
    if (h.coding() != BodyCoding.NONE && h.sentBytes() > 0) {
      notes.add(
          "Compressed with "
              + h.coding().name().toLowerCase(Locale.ROOT)
              + ": "
              + new ByteSize(e.responseBytes())
              + " became "
              + new ByteSize(h.sentBytes())
              + ".");
    }
    if (h.limitLeft() >= 0 && h.by() != AnsweredBy.RATE_LIMIT) {
      notes.add(
          "Its rate limit had "
              + h.limitLeft()
              + (h.limitLeft() == 1 ? " request left." : " requests left."));
    }
    return List.copyOf(notes);
  }

  private static void cache(Exchange e, Handling h, List<String> notes) {
    if (e.cache() != CacheUse.MISS) {
      return;
    }
    String then =
        h.by() != AnsweredBy.APP
            ? ""
            : h.stored() ? " The response was stored." : " The response was not one to be stored.";
    switch (h.reason()) {
      case URI_MISS -> notes.add("The cache had nothing for it." + then);
      case VARY_MISS ->
          notes.add(
              "What the cache has for that address is for requests with other fields (Vary)."
                  + then);
      case STALE -> notes.add("What the cache had was not fresh any more." + then);
      case REQUEST ->
          notes.add("The request itself asks for what is new, by its Cache-Control." + then);
      case COOKIE ->
          notes.add(
              "The cache was bypassed: the request has cookies, and what is stored does not say"
                  + " that it is for everybody (public).");
      case AUTHORIZATION ->
          notes.add(
              "The cache was bypassed: the request has credentials, and what is stored does not"
                  + " say that it is for everybody (public).");
      case PART -> notes.add("What the cache has is a part, and more was asked for." + then);
      case NONE, COLLAPSED, WHILE_REVALIDATE, ON_ERROR -> {}
    }
  }
}
