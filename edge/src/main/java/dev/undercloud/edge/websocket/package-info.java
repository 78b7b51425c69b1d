/** What the edge knows of WebSocket (RFC 6455): where frames end, and how to say goodbye. */
@NullMarked
package dev.undercloud.edge.websocket;

import org.jspecify.annotations.NullMarked;
