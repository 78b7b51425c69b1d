/** HTTPS: certificates and where they come from, who gets which, and the engines that use them. */
@NullMarked
package dev.undercloud.edge.tls;

import org.jspecify.annotations.NullMarked;
