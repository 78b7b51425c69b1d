package dev.undercloud.runtime.driver;

import java.util.List;

/**
 * What a driver can do on this host, found by probing.
 *
 * @param limitsCpu whether a CPU limit holds
 * @param limitsMemory whether a memory limit holds, for the whole replica
 * @param limitsPids whether a limit of processes holds
 * @param dropsPrivileges whether replicas run as a user of their own
 * @param notes what is lost here and what would bring it back, one sentence each
 */
public record Capabilities(
    boolean limitsCpu,
    boolean limitsMemory,
    boolean limitsPids,
    boolean dropsPrivileges,
    List<String> notes) {
  public Capabilities {
    notes = List.copyOf(notes);
  }
}
