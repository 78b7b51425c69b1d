package dev.undercloud.observe.query;

import dev.undercloud.observe.ingest.RecentExchanges;
import dev.undercloud.observe.ingest.RecentLines;

/** What is known without a look at the disk. */
public record Memory(RecentExchanges exchanges, RecentLines lines) {}
