/** One request explained: what it was, why it took as long, stage by stage, and what was logged. */

import { get } from '../js/api.js';
import { h } from '../js/dom.js';
import { bytes, count, exactClock, ms } from '../js/format.js';
import { logRow } from '../logs/row.js';
import { kindOf } from '../js/marks.js';
import { waterfall } from './waterfall.js';

/** A request may be asked for before the writer has stored it. */
const AGAIN_MS = 700;
const TRIES = 4;

const OUTCOMES = {
  complete: 'the response reached the client whole',
  answered_by_edge: 'answered by the edge, not by the app',
  client_aborted: 'the client went away before the end',
  upstream_aborted: 'the replica broke off',
  timed_out: 'a timeout ended it',
  tunnel_closed: 'an upgraded connection, closed',
};

/** Fills `pane` with the request `id`, unless `wanted()` says that by then another one is. */
export async function detail(pane, id, wanted) {
  if (!id) {
    pane.replaceChildren(h('div.notice', {}, h('p', {}, 'Choose a request to see where its time went.'), h('p.hint', {}, h('kbd', {}, '↓'), ' ', h('kbd', {}, '↑'), ' move through the list.')));
    return;
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      const found = await get(`requests/${encodeURIComponent(id)}`);
      if (wanted()) pane.replaceChildren(...explain(found));
      return;
    } catch (error) {
      if (!wanted()) return;
      if (attempt === TRIES) {
        pane.replaceChildren(h('div.notice', {}, h('h2', {}, 'Not found'), h('p', {}, `Nothing is known of ${id}: ${error.message}.`)));
        return;
      }
    }
    await new Promise((done) => { setTimeout(done, AGAIN_MS); });
    if (!wanted()) return;
  }
}

function explain(one) {
  const kind = kindOf(one);
  return [
    h('header.request-head', {},
      h('p.back', {}, h('a', { href: '#/requests' }, 'All requests')),
      h('h1', {}, h('b', {}, one.method), ' ', one.path),
      h('p.facts', {},
        h(`b.answer.${kind}`, {}, one.status ? String(one.status) : 'no answer'), h('b', {}, ms(one.total_ms)),
        ...[one.usual_ms && `usually ${ms(one.usual_ms)}`, one.replica && `by ${one.replica}`, one.time && `at ${exactClock(one.time)}`].filter(Boolean).map((fact) => h('span', {}, fact)))),
    h(`p.verdict.${kind}`, {}, one.verdict ?? 'No verdict.'),
    waterfall(one.stages ?? [], one.total_ms, one.dns),
    ...attempts(one.attempts),
    ...logs(one.logs ?? []),
    more(one),
  ];
}

/** What the client had asked the DNS server before it came. */
function lookedUp({ name, type, answer, ttl_seconds: ttl, before_ms: before, matched, asker, again }) {
  const kept = again ? '; an earlier connection followed it, too' : '';
  return `${name} ${type} ${answer}, to be kept for ${ttl} s, answered ${ms(before)} before the connection; asked ${matched} (${asker})${kept}`;
}

/** Attempts come as a list, or as their number where only one was made. */
function attempts(given) {
  if (!Array.isArray(given) || given.length < 2) return [];
  const item = ({ replica, outcome, ms: took }) => h('li', {}, h('b', {}, replica ?? 'edge'), ` ${outcome ?? ''}`, h('span', {}, took === undefined ? '' : ms(took)));
  return [h('h2', {}, 'Attempts'), h('ol.attempts', {}, ...given.map(item))];
}

function logs(lines) {
  if (!lines.length) return [h('h2', {}, 'Logs'), h('p.hint', {}, 'Nobody logged a line with this request’s id.')];
  return [h('h2', {}, 'Logs'), h('div.log.inset', {}, ...lines.map((one) => logRow(one, { link: false })))];
}

function more(one) {
  const facts = [
    ['Request id', one.request_id],
    ['Trace id', one.trace_id],
    ['Outcome', OUTCOMES[one.outcome?.toLowerCase()] ?? one.outcome],
    ['Error', one.error],
    ['Client', one.client],
    ['Host', one.host],
    ['DNS lookup', one.dns && lookedUp(one.dns)],
    ['Protocol', one.version],
    ['Bytes in, out', one.request_bytes === undefined ? null : `${bytes(one.request_bytes).join(' ')}, ${bytes(one.response_bytes).join(' ')}`],
    ['In flight before', one.in_flight_before === undefined ? null : count(one.in_flight_before)],
    ['Connection', one.reused === undefined ? null : one.reused ? 'from the pool' : 'new'],
    ['User agent', one.user_agent],
    ['In a terminal', `undercloud why ${one.request_id}`],
  ].filter(([, value]) => value !== undefined && value !== null && value !== '');
  return h('dl.more', {}, ...facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, String(value)))));
}
