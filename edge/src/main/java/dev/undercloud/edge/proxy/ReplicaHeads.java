package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http2.RequestFields;
import dev.undercloud.edge.http2.ResponseText;
import dev.undercloud.edge.http2.TrailerLines;

/**
 * What one event loop translates heads of HTTP/2 with, to and from replicas: each of one request or
 * response at a time.
 */
final class ReplicaHeads {
  final RequestFields request = new RequestFields();
  final ResponseText response = new ResponseText();
  final TrailerLines trailers = new TrailerLines();
}
