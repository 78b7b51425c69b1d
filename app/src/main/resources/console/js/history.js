/** The last minutes, second by second: of the apps from the server, of each replica from the stream. */

import { get } from './api.js';
import { on } from './live.js';
import { app, apps, onChoice } from './selection.js';

export const SECONDS = 120;
const FIGURES = ['rps', 'p99_ms', 'cpu', 'memory_bytes', 'in_flight'];

let seconds = [];
const replicas = new Map();

/** A second without requests has no latency, which is not the same as a latency of nothing. */
const quiet = (second) => (second.rps ? second : { ...second, p50_ms: null, p99_ms: null });

/** `[{ t, rps, errors, p50_ms, p99_ms, in_flight }]`, oldest first, at most SECONDS of them. */
export const recent = () => seconds.slice(-SECONDS).map(quiet);

/** The newest values of one figure of a replica, oldest first. */
export const ofReplica = (appName, name, figure) => replicas.get(`${appName}/${name}`)?.[figure] ?? [];

async function load() {
  const wanted = app();
  const { seconds: found } = await get('history', { app: wanted }).catch(() => ({ seconds: [] }));
  if (wanted === app()) seconds = found;
}

const sum = (values) => values.reduce((total, value) => total + (value ?? 0), 0);
const highest = (values) => values.reduce((most, value) => Math.max(most, value ?? 0), 0) || null;

/** What the newest status says of this second, for the time until the page is loaded again. */
function append() {
  const known = apps();
  if (!known.length) return;
  const rps = sum(known.map((one) => one.rps));
  seconds.push({
    t: Date.now() / 1000,
    rps,
    errors: sum(known.map((one) => (one.error_rate ?? 0) * (one.rps ?? 0))),
    p50_ms: highest(known.map((one) => one.p50_ms)),
    p99_ms: highest(known.map((one) => one.p99_ms)),
    in_flight: sum(known.map((one) => one.in_flight)),
  });
  seconds = seconds.slice(-SECONDS);
}

function remember(status) {
  const seen = new Set();
  for (const one of status.apps) {
    for (const replica of one.replicas) {
      const key = `${one.name}/${replica.name}`;
      seen.add(key);
      if (!replicas.has(key)) replicas.set(key, Object.fromEntries(FIGURES.map((figure) => [figure, []])));
      for (const figure of FIGURES) {
        const values = replicas.get(key)[figure];
        values.push((figure === 'p99_ms' && !replica.rps ? null : replica[figure]) ?? null);
        if (values.length > SECONDS) values.shift();
      }
    }
  }
  for (const key of replicas.keys()) if (!seen.has(key)) replicas.delete(key);
}

export function start() {
  load();
  onChoice(() => { seconds = []; load(); });
  on('status', (status) => { append(); remember(status); });
}
