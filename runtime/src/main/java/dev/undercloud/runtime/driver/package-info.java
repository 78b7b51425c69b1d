/** The seam to whatever runs replicas: few verbs, capabilities as data, recovery as a verb. */
@NullMarked
package dev.undercloud.runtime.driver;

import org.jspecify.annotations.NullMarked;
