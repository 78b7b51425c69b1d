package dev.undercloud.core.config;

import dev.undercloud.core.unit.Cidr;
import dev.undercloud.core.unit.Endpoint;
import dev.undercloud.core.zone.DnsName;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of {@code [dns]}. */
final class DnsSchema {
  /** Where DNS is answered everywhere (RFC 1035, 4.2). */
  static final int PORT = 53;

  private static final ValueType FILE =
      ValueType.text(Pattern.compile("\\S(?:.*\\S)?"), "a file or folder");

  static final Shape.Table DNS =
      Shape.Table.empty()
          .with("listen", ValueType.list("a list of addresses with ports", DnsSchema::place))
          .with("zones", names("a list of zones"))
          .with("addresses", ValueType.list("a list of addresses", DnsSchema::address))
          .with("servers", names("a list of name servers"))
          .with("transfer", RuleTypes.addresses())
          .with("transfer_key", FILE)
          .with("notify", ValueType.list("a list of addresses", DnsSchema::server))
          .with(
              "secondary",
              new Shape.Tables(
                  Shape.Table.empty()
                      .with("zone", name("a zone"))
                      .with("primary", toml -> server(ValueType.string(toml, "an address")))
                      .with("key", FILE),
                  List.of("zone", "primary")));

  private DnsSchema() {}

  private static ValueType names(String right) {
    return ValueType.list(right, DnsSchema::zone);
  }

  private static ValueType name(String right) {
    return toml -> zone(ValueType.string(toml, right));
  }

  private static String zone(String text) {
    DnsName name = DnsName.of(text);
    if (name.isRoot() || name.isWildcard()) {
      throw new IllegalArgumentException(
          ValueType.shown(text) + " is not a name like \"shop.example\"");
    }
    return text;
  }

  private static String place(String text) {
    Endpoint.parse(text, PORT);
    return text;
  }

  private static String server(String text) {
    if (Endpoint.parse(text, PORT).getPort() == 0) {
      throw new IllegalArgumentException(ValueType.shown(text) + " has no port from 1 to 65535");
    }
    return text;
  }

  private static String address(String text) {
    if (Cidr.address(text) == null) {
      throw new IllegalArgumentException(
          ValueType.shown(text) + " is not an address like \"203.0.113.7\" or \"2001:db8::7\"");
    }
    return text;
  }
}
