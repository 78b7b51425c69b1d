package dev.undercloud.observe.store;

import java.util.List;

/**
 * The tables of a day file. Ids are 64-bit numbers in it: half the size of their text and quicker
 * to find. The views have the text, and OpenTelemetry's names, for whoever opens a file with
 * DuckDB.
 */
final class Schema {
  /** Grows when tables change; files of another version are neither written nor read. */
  static final int VERSION = 3;

  static final String EXCHANGE_COLUMNS =
      "epoch_us, id, trace_high, trace_low, parent_span, app, replica, upstream, release, method,"
          + " path, query, host, user_agent, client, version, status, request_bytes,"
          + " response_bytes, attempts, reused, in_flight_before, outcome, error, duration_us,"
          + " at_accept, at_begin, at_head, at_route, at_queue, at_connect, at_first_byte, at_body,"
          + " at_drain, cache, cache_age, dns_epoch_us, dns_before_us, dns_match, dns_again,"
          + " dns_asker, dns_name, dns_type, dns_answer, dns_ttl, dns_us";

  static final String LOG_COLUMNS =
      "epoch_us, seq, source, app, replica, request, correlated, message";

  static final String QUERY_COLUMNS =
      "epoch_us, client, subnet, name, type, rcode, reply, answers, ttl, answer, us, tcp";

  private Schema() {}

  /** What makes a file ours; fine on one that has it. */
  static List<String> create(String catalog) {
    return List.of(
        "CREATE TABLE IF NOT EXISTS " + catalog + ".meta(version INTEGER)",
        "INSERT INTO "
            + catalog
            + ".meta SELECT "
            + VERSION
            + " WHERE NOT EXISTS (SELECT 1 FROM "
            + catalog
            + ".meta)",
        """
        CREATE TABLE IF NOT EXISTS %s.exchanges(
          epoch_us BIGINT NOT NULL, id BIGINT NOT NULL, trace_high BIGINT NOT NULL,
          trace_low BIGINT NOT NULL, parent_span BIGINT NOT NULL, app VARCHAR, replica VARCHAR,
          upstream VARCHAR, release VARCHAR, method VARCHAR NOT NULL, path VARCHAR NOT NULL,
          query VARCHAR, host VARCHAR NOT NULL, user_agent VARCHAR NOT NULL, client VARCHAR NOT NULL,
          version SMALLINT NOT NULL, status SMALLINT NOT NULL, request_bytes BIGINT NOT NULL,
          response_bytes BIGINT NOT NULL, attempts INTEGER NOT NULL, reused BOOLEAN NOT NULL,
          in_flight_before INTEGER NOT NULL, outcome VARCHAR NOT NULL, error VARCHAR,
          duration_us BIGINT NOT NULL, at_accept BIGINT, at_begin BIGINT, at_head BIGINT,
          at_route BIGINT, at_queue BIGINT, at_connect BIGINT, at_first_byte BIGINT, at_body BIGINT,
          at_drain BIGINT, cache VARCHAR NOT NULL, cache_age BIGINT NOT NULL, dns_epoch_us BIGINT,
          dns_before_us BIGINT, dns_match VARCHAR, dns_again BOOLEAN, dns_asker VARCHAR,
          dns_name VARCHAR, dns_type INTEGER, dns_answer VARCHAR, dns_ttl INTEGER, dns_us INTEGER)\
        """
            .formatted(catalog),
        """
        CREATE TABLE IF NOT EXISTS %s.logs(
          epoch_us BIGINT NOT NULL, seq BIGINT NOT NULL, source VARCHAR NOT NULL, app VARCHAR,
          replica VARCHAR, request BIGINT, correlated VARCHAR, message VARCHAR NOT NULL)\
        """
            .formatted(catalog),
        """
        CREATE TABLE IF NOT EXISTS %s.dns_queries(
          epoch_us BIGINT NOT NULL, client VARCHAR NOT NULL, subnet VARCHAR NOT NULL,
          name VARCHAR NOT NULL, type INTEGER NOT NULL, rcode INTEGER NOT NULL,
          reply VARCHAR NOT NULL, answers INTEGER NOT NULL, ttl INTEGER NOT NULL,
          answer VARCHAR NOT NULL, us INTEGER NOT NULL, tcp BOOLEAN NOT NULL)\
        """
            .formatted(catalog),
        """
        CREATE VIEW IF NOT EXISTS %s.spans AS SELECT
          printf('%%016x%%016x', trace_high, trace_low) AS trace_id,
          printf('%%016x', id) AS span_id,
          CASE WHEN parent_span <> 0 THEN printf('%%016x', parent_span) END AS parent_span_id,
          method AS name, 'SERVER' AS kind, make_timestamp(epoch_us) AS start_time,
          make_timestamp(epoch_us + greatest(at_drain, at_body, at_first_byte, at_connect, at_queue,
            at_route, at_head, at_begin, at_accept, 0)) AS end_time,
          CASE WHEN status >= 500 THEN 'ERROR' ELSE 'UNSET' END AS status_code,
          app AS "service.name", replica AS "service.instance.id", release AS "service.version",
          method AS "http.request.method", path AS "url.path", query AS "url.query",
          host AS "server.address", client AS "client.address",
          user_agent AS "user_agent.original", status AS "http.response.status_code",
          request_bytes AS "http.request.body.size", response_bytes AS "http.response.body.size",
          greatest(attempts - 1, 0) AS "http.request.resend_count", error AS "error.message"
          FROM %s.exchanges\
        """
            .formatted(catalog, catalog));
  }
}
