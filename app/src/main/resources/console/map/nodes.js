/** The stations of the map. Each has a `.stop`, the ring that the lines meet in. */

import { h, set, text } from '../js/dom.js';
import { bytes, count, ms, percent, rate } from '../js/format.js';
import { mark, setMark } from '../js/marks.js';

/** Without requests there is no latency. */
const latency = (one, figure) => ms(one.rps ? one[figure] : null);

const figures = (labels) => h('dl.figures', {}, ...labels.map((label) => h('div', {}, h('dt', {}, label), h('dd', {}, '–'))));

export function station(kind, title, labels) {
  return h(`div.station.${kind}`, {}, h('h2', {}, title), h('span.stop'), figures(labels));
}

export function app(one) {
  const title = h('h2', {}, h('a', { href: one.url, target: '_blank', rel: 'noopener' }, one.name));
  const node = h('div.station.app', {}, title, h('span.stop'), figures(['p50', 'p99', 'release']));
  node.dataset.app = one.name;
  return node;
}

export function updateApp(node, one) {
  const [p50, p99, release] = node.querySelectorAll('dd');
  text(p50, latency(one, 'p50_ms'));
  text(p99, latency(one, 'p99_ms'));
  text(release, String(one.release ?? '–').slice(0, 8));
  set(release, 'title', one.release);
}

const COLUMNS = [
  ['rps', 'req/s', (one) => rate(one.rps)],
  ['p50', 'p50', (one) => latency(one, 'p50_ms')],
  ['p99', 'p99', (one) => latency(one, 'p99_ms')],
  ['flight', 'in flight', (one) => count(one.in_flight)],
  ['cpu', 'CPU', (one) => percent(one.cpu)],
  ['memory', 'memory', (one) => bytes(one.memory_bytes).join('\u202f')],
];

/** What stands in the chamber of a replica that has nothing to do. */
function idle({ rps, in_flight: flight, state, quiet_seconds: quiet, requests, last_miss: miss }) {
  if (state !== 'healthy') return state === 'unhealthy' ? miss || 'fails its check' : '';
  if (rps > 0 || flight > 0) return '';
  if (!requests) return 'idle, no request yet';
  return quiet === null || quiet === undefined ? 'idle for minutes' : `idle for ${quiet < 90 ? `${quiet} s` : `${Math.round(quiet / 60)} min`}`;
}

/** A replica: its chamber is where the dots of its requests stay while it works on them. */
export function replica(one) {
  const cells = COLUMNS.map(([key, label]) => h(`div.${key}`, {}, h('dt', {}, label), h('dd')));
  const node = h('li.replica', {},
    h('span.stop'),
    h('span.chamber', {}, h('span.idle')),
    h('div.who', {}, h('a', { href: `#/logs?replica=${encodeURIComponent(one.name)}` }, one.name), mark()),
    h('dl', {}, ...cells));
  node.dataset.replica = one.name;
  return node;
}

export function updateReplica(node, one) {
  set(node, 'data-state', one.state);
  setMark(node.querySelector('.mark'), one.state);
  text(node.querySelector('.idle'), idle(one));
  set(node.querySelector('.idle'), 'title', one.last_miss || null);
  node.querySelectorAll('dd').forEach((cell, n) => text(cell, COLUMNS[n][2](one)));
}
