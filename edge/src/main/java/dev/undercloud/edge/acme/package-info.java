/** Certificates from public authorities (RFC 8555): ordered, proved, kept and renewed. */
@NullMarked
package dev.undercloud.edge.acme;

import org.jspecify.annotations.NullMarked;
