package dev.undercloud.edge.cache;

import dev.undercloud.edge.cache.Freshness.Lifetime;
import java.util.Set;

/** What an {@link Entry} is made of. */
record Made(
    Key key,
    Variation variation,
    Facts facts,
    byte[] head,
    byte[][] body,
    long length,
    long receivedNanos,
    long received,
    int initialAge,
    Lifetime lifetime,
    int staleWhileRevalidate,
    int staleIfError,
    Set<String> tags) {}
