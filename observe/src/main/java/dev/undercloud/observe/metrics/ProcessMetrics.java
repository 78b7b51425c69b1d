package dev.undercloud.observe.metrics;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What our own process uses, by the names every Prometheus client has for it. */
public final class ProcessMetrics implements MetricSource {
  private static final Path SELF = Path.of("/proc/self");

  @Override
  public void collect(Prometheus out) {
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.UnixOperatingSystemMXBean os) {
      out.counter("process_cpu_seconds_total", "Processor time of Undercloud itself.")
          .sample(os.getProcessCpuTime() / 1e9);
      out.gauge("process_max_fds", "Most file descriptors it may have open.")
          .sample(os.getMaxFileDescriptorCount());
    }
    out.gauge("process_open_fds", "File descriptors it has open.").sample(openFiles());
    out.gauge("process_resident_memory_bytes", "Resident memory of Undercloud itself.")
        .sample(statusKilobytes("VmRSS:") * 1024.0);
    out.gauge("process_start_time_seconds", "When it was started, seconds since 1970.")
        .sample(ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0);
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    out.gauge("jvm_memory_used_bytes", "Heap in use.").sample(heap.getUsed(), "area", "heap");
    out.gauge("jvm_memory_committed_bytes", "Heap taken from the system.")
        .sample(heap.getCommitted(), "area", "heap");
    out.gauge("jvm_threads_current", "Platform threads.")
        .sample(ManagementFactory.getThreadMXBean().getThreadCount());
    out.counter("jvm_gc_collections_total", "Garbage collections.");
    for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
      out.sample(gc.getCollectionCount(), "gc", gc.getName());
    }
    out.counter("jvm_gc_collection_seconds_total", "Time spent in garbage collections.");
    for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
      out.sample(gc.getCollectionTime() / 1000.0, "gc", gc.getName());
    }
  }

  private static double openFiles() {
    try (Stream<Path> files = Files.list(SELF.resolve("fd"))) {
      return files.count();
    } catch (IOException notLinux) {
      return Double.NaN;
    }
  }

  private static double statusKilobytes(String key) {
    try (Stream<String> lines = Files.lines(SELF.resolve("status"))) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToDouble(Double::parseDouble)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException notLinux) {
      return Double.NaN;
    }
  }
}
