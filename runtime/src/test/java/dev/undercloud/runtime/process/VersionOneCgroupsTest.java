package dev.undercloud.runtime.process;

import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The same with version 1 alone, which cannot kill a group at once. */
class VersionOneCgroupsTest extends ProcessDriverTest {
  @Override
  protected Cgroups cgroups(String mark) {
    List<CgroupTree> one =
        Cgroups.probe(mark).trees().stream().filter(tree -> !tree.unified()).toList();
    Assumptions.assumeFalse(one.isEmpty(), "no cgroups of version 1 here");
    return new Cgroups(one, mark);
  }
}
