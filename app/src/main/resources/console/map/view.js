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
import { banner } from './banner.js';
import { layers } from './layers.js';
import { panels } from './panels.js';
import { sentence } from './sentence.js';

const total = (figure) => apps().reduce((sum, one) => sum + (one[figure] ?? 0), 0);

export function view(root) {
  const clients = station('clients', 'Clients', ['requests/s', 'encrypted', 'HTTP/2', 'DNS lookups/s']);
  const edge = station('edge', 'Edge', ['connections', 'in flight', 'waiting', 'failed']);
  const own = layers();
  const appRows = h('div.app-rows');
  const rows = h('div.apps', {}, own.element, appRows);
  const summary = h('h1.summary');
  const note = h('p.note');
  const schematic = h('div.schematic', {}, clients, edge, rows);
  const lines = new Lines(schematic, clients, edge);
  const traffic = new Traffic(schematic, lines, note);
  const charts = strips();
  const noted = remarkable();
  const closed = banner();
  const below = panels(noted.element);
  root.append(h('div.map-head', {}, summary), closed.element, schematic, note, charts.element, below.element);

  function update() {
    const known = apps();
    if (!now.status) return;
    text(summary, sentence(known, now.status.edge));
    figure(clients, 0, rate(total('rps')));
    const handled = now.status.edge ?? {};
    figure(clients, 1, share(handled.tls?.rps));
    figure(clients, 2, share(handled.http2?.rps));
    figure(clients, 3, rate(now.status.dns?.rps), now.status.dns?.error_rate > 0.01);
    figure(edge, 0, count(handled.connections));
    figure(edge, 1, count(total('in_flight')));
    figure(edge, 2, count(total('waiting')), total('waiting') > 0);
    const failed = total('rps') ? known.reduce((sum, one) => sum + (one.error_rate ?? 0) * one.rps, 0) / total('rps') : 0;
    figure(edge, 3, percent(failed), failed > 0.01);
    own.update(now.status, known);
    closed.update(known);
    below.update(now.status, known);
    const replicas = known.reduce((sum, one) => sum + one.replicas.length, 0);
    set(schematic, 'data-size', replicas > 8 ? 'dense' : replicas <= 3 ? 'roomy' : null);
    sync(appRows, known, ({ name }) => name, appRow, (row, one) => {
      updateApp(row.firstChild, one);
      sync(row.lastChild, one.replicas, ({ name }) => name, replicaNode, updateReplica);
    });
    lines.update(known, own.rates(now.status));
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

/** Of the requests of these seconds; nothing where there were none. */
function share(rps) {
  const all = total('rps');
  return percent(all ? Math.min(1, (rps ?? 0) / all) : null);
}

function appRow(one) {
  return h('div.app-row', {}, appNode(one), h('ol.replicas', { 'aria-label': `Replicas of ${one.name}` }));
}

function figure(node, n, value, alarming = false) {
  const place = node.querySelectorAll('dd')[n];
  text(place, value);
  set(place, 'data-alarming', alarming);
}
