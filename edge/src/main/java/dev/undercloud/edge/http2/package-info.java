/**
 * HTTP/2 (RFC 9113) as far as it is only protocol: fields checked and said as HTTP/1.1, budgets
 * against floods, frames written. Connections and streams are in {@code proxy}.
 */
@NullMarked
package dev.undercloud.edge.http2;

import org.jspecify.annotations.NullMarked;
