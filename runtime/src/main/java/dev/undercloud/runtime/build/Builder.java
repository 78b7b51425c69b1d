package dev.undercloud.runtime.build;

import dev.undercloud.core.model.AppSpec;
import dev.undercloud.runtime.driver.Output;

/** Makes releases. Blocking; one build of an app at a time. */
public interface Builder {
  /**
   * Makes the release of the project as it is on disk now, or finds that it is already there.
   *
   * @param log takes what is done, line by line, the installers' own output included
   * @throws dev.undercloud.core.error.CloudException with the lines that matter in its reason; then
   *     nothing has changed
   */
  Release build(AppSpec app, Output log);
}
