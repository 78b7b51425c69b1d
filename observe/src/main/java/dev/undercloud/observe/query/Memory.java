package dev.undercloud.observe.query;

import dev.undercloud.observe.ingest.RecentExchanges;
import dev.undercloud.observe.ingest.RecentLines;
import dev.undercloud.observe.ingest.RecentQueries;

/** What is known without a look at the disk. */
public record Memory(RecentExchanges exchanges, RecentLines lines, RecentQueries queries) {}
