package dev.undercloud.core.policy;

import java.util.Map;
import java.util.Set;

/**
 * Header fields set and removed; setting replaces what was there.
 *
 * @param setInRequest name to value
 * @param removeFromRequest lower case
 * @param setInResponse name to value
 * @param removeFromResponse lower case
 */
public record Fields(
    Map<String, String> setInRequest,
    Set<String> removeFromRequest,
    Map<String, String> setInResponse,
    Set<String> removeFromResponse) {
  public Fields {
    setInRequest = Map.copyOf(setInRequest);
    removeFromRequest = Set.copyOf(removeFromRequest);
    setInResponse = Map.copyOf(setInResponse);
    removeFromResponse = Set.copyOf(removeFromResponse);
  }
}
