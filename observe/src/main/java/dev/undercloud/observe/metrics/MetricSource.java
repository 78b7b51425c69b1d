package dev.undercloud.observe.metrics;

/** Adds families of its own to a scrape. Called on the asking thread; must be quick and safe. */
@FunctionalInterface
public interface MetricSource {
  void collect(Prometheus out);
}
