package dev.undercloud.runtime.process;

import java.util.List;

/** The same where the host gives us no cgroup: processes are found by session and by their mark. */
class WithoutCgroupsTest extends ProcessDriverTest {
  @Override
  protected Cgroups cgroups(String mark) {
    return new Cgroups(List.of(), mark);
  }
}
