package dev.undercloud.control;

import java.time.Duration;

/**
 * A deploy that ended well.
 *
 * @param release what serves now
 * @param changed false where the project was as it had been deployed, and no replica was touched
 * @param took from the command to the first request that can reach it
 * @param sentence for people
 */
public record DeployResult(String release, boolean changed, Duration took, String sentence) {}
