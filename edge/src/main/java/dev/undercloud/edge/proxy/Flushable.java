package dev.undercloud.edge.proxy;

/** What has bytes for the kernel, and hands them over when its {@link Loop} asks. */
interface Flushable {
  void flushNow();
}
