package dev.undercloud.core.config;

import org.jspecify.annotations.Nullable;

/**
 * One value in force and the place it came from: a row of {@code config explain}.
 *
 * @param key dotted, as {@code web.replicas}
 * @param value for people; a secret is shown as its length only
 * @param file where it was read, relative to the project; null for a default or a detection
 * @param line 1-based; 0 where the whole file speaks
 * @param reason why this value: {@code default}, {@code Procfile names it}, {@code flask in
 *     requirements.txt}
 */
public record Setting(String key, String value, @Nullable String file, int line, String reason) {}
