package dev.undercloud.core.policy;

import dev.undercloud.core.unit.Cidr;
import java.util.List;
import java.util.Map;

/**
 * Who may use a route.
 *
 * @param allow CIDR blocks; empty: every address
 * @param deny CIDR blocks, which overrule {@code allow}
 * @param users name to password hash for HTTP Basic authentication (RFC 7617); empty: none is asked
 * @param realm shown by browsers
 */
public record Access(
    List<String> allow, List<String> deny, Map<String, String> users, String realm) {
  public Access {
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
    users = Map.copyOf(users);
    allow.forEach(Cidr::parse);
    deny.forEach(Cidr::parse);
    users.values().forEach(PasswordHash::parse);
  }
}
