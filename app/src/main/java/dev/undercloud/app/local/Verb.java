package dev.undercloud.app.local;

import com.fasterxml.jackson.databind.JsonNode;

/** What a running Undercloud does on command. Throws {@code CloudException} when it cannot. */
@FunctionalInterface
public interface Verb {
  /**
   * @param arguments an object, empty where there are none
   * @param caller takes progress while it runs
   * @return the result that ends the call
   */
  JsonNode call(JsonNode arguments, Caller caller) throws InterruptedException;
}
