package dev.undercloud.control.journal;

/**
 * A count set by {@code scale}. It holds until the app's files say another count than they did
 * then.
 *
 * @param count replicas wanted
 * @param declared what the files said
 */
public record ScaleRow(int count, int declared) {}
