/**
 * The authoritative DNS server: zones compiled into answers, a responder from octets to octets, UDP
 * and TCP around it, zone files, transfers.
 */
@NullMarked
package dev.undercloud.edge.dns;

import org.jspecify.annotations.NullMarked;
