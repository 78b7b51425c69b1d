/**
 * The lines of the map, drawn between the stops wherever the page has put them, and the routes
 * that dots take along them.
 */

import { set, svg, sync } from '../js/dom.js';

const SAMPLES = 28;

/** Between two points: level where there is room to the side, else down a trunk and then across. */
function bend([ax, ay], [bx, by]) {
  if (Math.abs(bx - ax) > 60) {
    const across = (share) => ax + (bx - ax) * share;
    return [[ax, ay], [across(0.72), ay], [across(0.5), by], [bx, by]];
  }
  return [[ax, ay], [ax, by], [ax, by], [bx, by]];
}

const path = ([a, b, c, d]) => `M${a}C${b} ${c} ${d}`;

function at([a, b, c, d], t) {
  const u = 1 - t;
  return [0, 1].map((n) => u ** 3 * a[n] + 3 * u * u * t * b[n] + 3 * u * t * t * c[n] + t ** 3 * d[n]);
}

/** A route as points at even steps of length, so that dots move at one speed. */
function trace(curves) {
  const points = curves.flatMap((curve) => Array.from({ length: SAMPLES }, (_, n) => at(curve, n / (SAMPLES - 1))));
  const lengths = [0];
  for (let n = 1; n < points.length; n += 1) {
    lengths.push(lengths[n - 1] + Math.hypot(points[n][0] - points[n - 1][0], points[n][1] - points[n - 1][1]));
  }
  return { points, lengths, length: lengths[lengths.length - 1] };
}

export class Lines {
  constructor(schematic, clients, edge) {
    this.schematic = schematic;
    this.clients = clients;
    this.edge = edge;
    this.routes = new Map();
    this.apps = [];
    this.layers = [];
    this.svg = svg('svg.lines', { 'aria-hidden': 'true' });
    schematic.prepend(this.svg);
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(schematic);
  }

  update(apps, layers) {
    this.apps = apps;
    this.layers = layers;
    this.measure();
  }

  /** The middle of a station's stop, within the schematic. */
  stop(node) {
    const box = node.querySelector('.stop').getBoundingClientRect();
    return [box.left + box.width / 2 - this.origin.left, box.top + box.height / 2 - this.origin.top];
  }

  measure() {
    this.origin = this.schematic.getBoundingClientRect();
    const inward = bend(this.stop(this.clients), this.stop(this.edge));
    const drawn = [{ key: 'clients', curve: inward, rps: this.apps.reduce((sum, one) => sum + (one.rps ?? 0), 0) }];
    this.routes = new Map([['edge', { ...trace([inward]), chamber: null }]]);
    for (const { name, node, rps } of this.layers) {
      const toLayer = bend(this.stop(this.edge), this.stop(node));
      drawn.push({ key: `@${name}`, curve: toLayer, rps });
      this.routes.set(`@${name}`, { ...trace([inward, toLayer]), chamber: this.chamber(node), inFlight: 0 });
    }
    for (const one of this.apps) {
      const row = this.schematic.querySelector(`.station.app[data-app="${CSS.escape(one.name)}"]`);
      if (!row) continue;
      const toApp = bend(this.stop(this.edge), this.stop(row));
      drawn.push({ key: one.name, curve: toApp, rps: one.rps });
      for (const replica of one.replicas) {
        const node = row.nextSibling.querySelector(`[data-replica="${CSS.escape(replica.name)}"]`);
        const toReplica = bend(this.stop(row), this.stop(node));
        drawn.push({ key: `${one.name}/${replica.name}`, curve: toReplica, rps: replica.rps, state: replica.state });
        this.routes.set(`${one.name}/${replica.name}`, { ...trace([inward, toApp, toReplica]), chamber: this.chamber(node), inFlight: replica.in_flight ?? 0 });
      }
    }
    sync(this.svg, drawn, ({ key }) => key, () => svg('path'), (element, { curve, rps, state }) => {
      set(element, 'd', path(curve.map((point) => point.map((value) => value.toFixed(1)).join(' '))));
      set(element, 'stroke-width', (1 + Math.log10(1 + (rps ?? 0)) * 1.1).toFixed(2));
      set(element, 'data-state', state);
    });
  }

  chamber(node) {
    const box = node.querySelector('.chamber').getBoundingClientRect();
    return { x: box.left - this.origin.left, y: box.top - this.origin.top, width: box.width, height: box.height };
  }

  close() {
    this.observer.disconnect();
  }
}
