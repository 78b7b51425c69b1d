package dev.undercloud.control.journal;

import java.time.Instant;

/** Something that happened, in one sentence. */
public record EventRow(Instant time, String sentence) {}
