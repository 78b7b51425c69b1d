/** The request path as it is now: clients, edge, apps, replicas, and the traffic between them. */

import { h, set, sync, text } from '../js/dom.js';
import { count, percent, rate } from '../js/format.js';
import { now, on } from '../js/live.js';
import { apps, onChoice } from '../js/selection.js';
import { Lines } from './lines.js';
import { strips } from './strips.js';
import { app as appNode, replica as replicaNode, station, updateApp, updateReplica } from './nodes.js';
import { Traffic } from './traffic.js';
import { remarkable } from './remarkable.js';
import { sentence } from './sentence.js';

const total = (figure) => apps().reduce((sum, one) => sum + (one[figure] ?? 0), 0);

export function view(root) {
  const clients = station('clients', 'Clients', ['requests/s', 'DNS lookups/s']);
  const edge = station('edge', 'Edge', ['in flight', 'failed']);
  const rows = h('div.apps');
  const summary = h('h1.summary');
  const note = h('p.note');
  const schematic = h('div.schematic', {}, clients, edge, rows);
  const lines = new Lines(schematic, clients, edge);
  const traffic = new Traffic(schematic, lines, note);
  const charts = strips();
  const noted = remarkable();
  root.append(h('div.map-head', {}, summary), schematic, note, noted.element, charts.element);

  function update() {
    const known = apps();
    if (!now.status) return;
    text(summary, sentence(known));
    figure(clients, 0, rate(total('rps')));
    figure(clients, 1, rate(now.status.dns?.rps), now.status.dns?.error_rate > 0.01);
    figure(edge, 0, count(total('in_flight')));
    const share = total('rps') ? known.reduce((sum, one) => sum + (one.error_rate ?? 0) * one.rps, 0) / total('rps') : 0;
    figure(edge, 1, percent(share), share > 0.01);
    const replicas = known.reduce((sum, one) => sum + one.replicas.length, 0);
    set(schematic, 'data-size', replicas > 8 ? 'dense' : replicas <= 3 ? 'roomy' : null);
    sync(rows, known, ({ name }) => name, appRow, (row, one) => {
      updateApp(row.firstChild, one);
      sync(row.lastChild, one.replicas, ({ name }) => name, replicaNode, updateReplica);
    });
    lines.update(known);
    traffic.expect(total('rps'));
    charts.update();
  }

  const ends = [on('status', update), on('exchange', (exchange) => traffic.add(exchange)), onChoice(update)];
  update();
  return {
    close() {
      ends.forEach((end) => end());
      noted.close();
      lines.close();
      traffic.close();
    },
  };
}

function appRow(one) {
  return h('div.app-row', {}, appNode(one), h('ol.replicas', { 'aria-label': `Replicas of ${one.name}` }));
}

function figure(node, n, value, alarming = false) {
  const place = node.querySelectorAll('dd')[n];
  text(place, value);
  set(place, 'data-alarming', alarming);
}
