/** Replicas: what each of them does and costs, now and over the last two minutes. */

import { area, ceiling, line } from '../js/chart.js';
import { h, set, svg, sync, text } from '../js/dom.js';
import { bytes, count, ms, percent, rate } from '../js/format.js';
import { ofReplica } from '../js/history.js';
import { now, on } from '../js/live.js';
import { mark, setMark } from '../js/marks.js';
import { apps, onChoice, several } from '../js/selection.js';

const [WIDTH, HEIGHT] = [96, 24];

/** A line that has just begun is not drawn over the whole width. */
const LEAST_SLOTS = 40;

const MEASURES = [
  { title: 'Requests/s', figure: 'rps', say: rate, least: 5 },
  { title: 'p99', figure: 'p99_ms', say: ms, least: 5 },
  { title: 'CPU', figure: 'cpu', say: percent, least: 0.1 },
  { title: 'Memory', figure: 'memory_bytes', say: (value) => bytes(value).join('\u202f'), least: 1 << 20 },
];

const HEADS = ['Replica', 'State', ...MEASURES.map(({ title }) => title), 'In flight', 'Restarts', 'Release', 'Process'];

export function view(root) {
  const body = h('tbody');
  const said = h('p.empty');
  root.append(
    h('h1.unseen', {}, 'Replicas'), said,
    h('div.scroll', {}, h('table.replica-table', {}, h('thead', {}, h('tr', {}, ...HEADS.map((title) => h('th', { scope: 'col' }, title)))), body)));

  function update() {
    if (!now.status) return;
    const all = apps().flatMap((one) => one.replicas.map((replica) => ({ app: one.name, ...replica })));
    text(said, all.length ? '' : 'No replica is running.');
    sync(body, all, ({ app, name }) => `${app}/${name}`, row, refresh);
  }

  const ends = [on('status', update), onChoice(update)];
  update();
  return { close() { ends.forEach((end) => end()); } };
}

function spark() {
  const paths = [svg('path.area'), svg('path.line')];
  return h('div.spark', {}, svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, ...paths), h('span'));
}

function row(one) {
  const cell = (label, ...content) => h('td', { 'data-label': label }, ...content);
  const link = h('a', { href: `#/logs?replica=${encodeURIComponent(one.name)}`, title: 'Its log lines' }, one.name);
  return h('tr', {},
    h('th', { scope: 'row' }, h('small'), link),
    cell('State', mark(), h('small.exit')),
    ...MEASURES.map(({ title }) => cell(title, spark())),
    ...HEADS.slice(-4).map((title) => cell(title, h('span'))));
}

function refresh(element, one) {
  const cells = [...element.children];
  text(cells[0].firstChild, several() ? one.app : '');
  setMark(cells[1].firstChild, one.state);
  text(cells[1].lastChild, (one.state === 'healthy' ? '' : one.last_miss) || one.last_exit || '');
  MEASURES.forEach(({ figure, say, least }, n) => {
    const values = ofReplica(one.app, one.name, figure);
    const box = { width: WIDTH, height: HEIGHT, max: ceiling(values, least), slots: Math.max(LEAST_SLOTS, values.length) };
    const holder = cells[2 + n].firstChild;
    const [fill, edge] = holder.querySelectorAll('path');
    set(fill, 'd', area(values, box));
    set(edge, 'd', line(values, box));
    text(holder.lastChild, say(figure === 'p99_ms' ? values[values.length - 1] : one[figure]));
  });
  const rest = [count(one.in_flight), count(one.restarts), String(one.release ?? '–').slice(0, 8), one.pid ? `pid ${one.pid}` : '–'];
  rest.forEach((value, n) => text(cells[6 + n].firstChild, value));
  set(cells[7], 'data-alarming', one.restarts > 0);
  set(cells[9], 'title', one.address);
}
