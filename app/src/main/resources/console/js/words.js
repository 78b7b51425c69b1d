/** Who answered, in words, and where on the map that is. */

/** Those that are no replica and no plain name of themselves. */
const ANSWERS = {
  cache: 'cache', file: 'static file', no_file: 'no such file', redirect: 'redirect', to_https: 'to HTTPS', preflight: 'CORS preflight',
  maintenance: 'maintenance', rate_limit: 'rate limit', address: 'address rule', password: 'password', password_limit: 'password limit',
  body_limit: 'body limit', malformed: 'malformed', no_host: 'unknown host', misdirected: 'TLS host', https_only: 'HTTPS only',
  acme: 'ACME', not_stored: 'nothing stored', no_replica: 'no replica', overload: 'overload', circuit: 'circuit open',
  bad_gateway: 'no answer', timeout: 'timeout',
};

/** The layer of the edge that answers; what none of them does is trouble with the replicas. */
const LAYERS = {
  cache: 'cache', not_stored: 'cache', file: 'files', no_file: 'files',
  no_replica: null, overload: null, circuit: null, bad_gateway: null, timeout: null, app: null,
};

/** `web.1`, `rate limit`, `cache`: who made the response. */
export function answeredBy({ replica, answered_by: by }) {
  if (!by || by === 'app') return replica ?? 'edge';
  const word = ANSWERS[by] ?? by.replaceAll('_', ' ');
  return replica ? `${replica}, ${word}` : word;
}

/** `rules`, `files` or `cache`; null where the request got further, or nowhere. */
export function layerOf({ replica, answered_by: by }) {
  if (replica || !by) return null;
  return by in LAYERS ? LAYERS[by] : 'rules';
}

export const answerWord = (by) => ANSWERS[by] ?? by.replaceAll('_', ' ');
