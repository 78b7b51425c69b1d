package dev.undercloud.runtime.build;

import dev.undercloud.core.model.AppSpec;
import dev.undercloud.runtime.driver.Output;
import java.util.Collection;

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

  /**
   * Removes every release of the app but those of {@code ids}. Not while a build of it runs.
   *
   * @throws dev.undercloud.core.error.CloudException when something cannot be removed
   */
  default void retain(Collection<String> ids) {}
}
