package dev.undercloud.edge.dns;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.zone.DnsName;

/** Why an edit of zones is refused. */
final class ZoneProblems {
  private ZoneProblems() {}

  static CloudException unknown(DnsName name) {
    return CloudException.user(
        "dns-zone-unknown",
        "No zone for " + name,
        "this server has none of that name",
        "Create the zone first, or correct the name.");
  }

  static CloudException taken(DnsName name) {
    return CloudException.user(
        "dns-zone-exists",
        "There is a zone " + name + " already",
        "a name has one authority here",
        "Edit that one, or delete it first.");
  }

  static CloudException invalid(DnsName zone, IllegalArgumentException why) {
    return CloudException.user(
        "dns-record-conflict",
        "The zone " + zone + " cannot have that",
        RecordText.because(why),
        "Remove what is in its way first.");
  }

  static CloudException noRecord(String record, DnsName zone, boolean ofApp) {
    return CloudException.user(
        "dns-record-unknown",
        "No such record: " + record,
        ofApp
            ? "what is at that name follows the app's hosts and is in no zone file"
            : "the zone " + zone + " has none",
        ofApp
            ? "Take the host out of web.hosts, or add an alias (CNAME) in its place."
            : "List the zone to see what it has.");
  }
}
