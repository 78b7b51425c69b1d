package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.core.zone.Zone;
import org.jspecify.annotations.Nullable;

/**
 * A name of a zone and every answer it gives. Written while its zone is compiled, by one thread,
 * and never again.
 */
final class Node {
  final DnsName name;
  final byte[] key;

  /** The zone it is the apex of. */
  @Nullable Zone apexOf;

  /** The child called {@code *}. */
  @Nullable Node wildcard;

  /** What every question here and below gets: a referral, or a failure. */
  @Nullable Answer instead;

  /**
   * Whether it is where a delegation begins: its DS records are this side's (RFC 4035, 3.1.4.1).
   */
  boolean cut;

  private int[] types = {};
  private Answer[] answers = {};

  /** For types it has no records of. */
  Answer other;

  Answer any;

  /** For names below that are not there. */
  final Answer absent;

  Node(DnsName name, Answer nothing, Answer absent) {
    this.name = name;
    this.absent = absent;
    key = name.toLowerWire();
    other = nothing;
    any = nothing;
  }

  void answers(int[] forTypes, Answer[] answersInOrder) {
    types = forTypes;
    answers = answersInOrder;
  }

  Answer answer(int type) {
    for (int i = 0; i < types.length; i++) {
      if (types[i] == type) {
        return answers[i];
      }
    }
    return type == RecordType.ANY ? any : other;
  }
}
