package dev.undercloud.observe;

import dev.undercloud.observe.store.StoreState;

/**
 * How telemetry is doing, since the start.
 *
 * @param store the store
 * @param exchanges taken in and counted
 * @param exchangesNotStored over the budget of detail: counted, in the access log, not in history
 * @param exchangesDropped lost: readers too slow, or nothing could be written
 * @param lines taken in
 * @param linesNotStored over the budget
 * @param linesDropped lost
 * @param queries DNS questions taken in
 * @param queriesNotStored over the budget
 * @param queriesDropped lost
 * @param accessWritten lines of the access log on disk
 * @param accessDropped lines of it that were lost
 */
public record ObserveState(
    StoreState store,
    long exchanges,
    long exchangesNotStored,
    long exchangesDropped,
    long lines,
    long linesNotStored,
    long linesDropped,
    long queries,
    long queriesNotStored,
    long queriesDropped,
    long accessWritten,
    long accessDropped) {}
