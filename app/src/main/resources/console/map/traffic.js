/**
 * Requests as dots: out to the replica, a stay in its chamber that grows with what the request
 * took, and back in the colour of the answer. Each dot is a real request and opens on a click.
 * A reader who wants no motion gets none: the figures and the weight of the lines say the same.
 */

import { h, text } from '../js/dom.js';
import { kindOf } from '../js/marks.js';
import { layerOf } from '../js/words.js';

const MOST_DOTS = 300;
const TRIP_MS = 750;
const SPREAD_MS = 900; // events come in bunches; dots set out evenly
const LANE = 2.6;
const SLOT = 8;
const REACH = 12;
const MOST_SEATS = 60;

/** Milliseconds in the chamber: a tenth of a second for the quickest, about two for half a minute. */
const stay = (totalMs) => 120 + 400 * Math.log10(1 + totalMs);

/** The middle of a place in a chamber: columns fill from the side where requests come in. */
function seat(slot, { x, y, width, height }) {
  const columns = Math.max(1, Math.floor(width / SLOT) - 1);
  const rows = Math.max(1, Math.floor(height / SLOT) - 1);
  return [x + SLOT * (1 + (Math.floor(slot / rows) % columns)), y + (height - (rows - 1) * SLOT) / 2 + SLOT * (slot % rows)];
}

export class Traffic {
  constructor(schematic, lines, note) {
    this.lines = lines;
    this.note = note;
    this.dots = [];
    this.seen = 0;
    this.still = matchMedia('(prefers-reduced-motion: reduce)');
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.recolour = () => { this.colours = null; };
    this.dark.addEventListener('change', this.recolour);
    this.canvas = h('canvas.dots', { 'aria-hidden': 'true' });
    schematic.addEventListener('click', (event) => this.open(event));
    schematic.addEventListener('pointermove', (event) => schematic.classList.toggle('hit', Boolean(this.near(event))));
    schematic.append(this.canvas);
    this.frame = (time) => { this.draw(time); this.next = requestAnimationFrame(this.frame); };
    this.next = requestAnimationFrame(this.frame);
  }

  add(exchange) {
    this.seen += 1;
    if (this.still.matches || document.hidden || this.dots.length >= MOST_DOTS) return;
    const route = [...this.lines.routes.keys()].find((key) => key === `@${layerOf(exchange)}` || key === `${exchange.app}/${exchange.replica}`)
      ?? [...this.lines.routes.keys()].find((key) => !exchange.app && exchange.replica && key.endsWith(`/${exchange.replica}`))
      ?? (exchange.replica ? null : 'edge');
    if (!route) return;
    const born = performance.now() + Math.random() * SPREAD_MS;
    const kind = kindOf(exchange);
    this.dots.push({ id: exchange.request_id, route, kind, born, stay: route === 'edge' ? 0 : stay(exchange.total_ms), slot: null });
  }

  /** Called once a second with the true rate: says what share of it the dots are. */
  expect(rps) {
    const drawn = this.seen;
    this.seen = 0;
    if (!rps || !drawn) text(this.note, this.still.matches ? '' : 'Each dot is a request, in the colour of its answer.');
    else if (this.still.matches) text(this.note, 'Dots are requests in flight, the weight of a line is its traffic. Nothing moves, as your system asks.');
    else text(this.note, rps / drawn < 1.5
      ? 'Each dot is a request, in the colour of its answer. A click explains it.'
      : `Each dot is a request, in the colour of its answer; one in ${Math.round(rps / drawn)} is drawn. A click explains it.`);
  }

  palette() {
    const style = getComputedStyle(this.canvas);
    this.colours ??= Object.fromEntries(['ok', 'refused', 'slow', 'error'].map((kind) => [kind, style.getPropertyValue(`--${kind}`).trim()]));
    return this.colours;
  }

  /** Where a dot is at a distance along its route, off the line by `lane`. */
  along({ points, lengths, length }, share, lane) {
    const distance = Math.min(Math.max(share, 0), 1) * length;
    let n = lengths.findIndex((value) => value >= distance);
    if (n < 1) n = 1;
    const [a, b] = [points[n - 1], points[n]];
    const part = lengths[n] - lengths[n - 1];
    const t = part ? (distance - lengths[n - 1]) / part : 0;
    const [dx, dy] = part ? [(b[0] - a[0]) / part, (b[1] - a[1]) / part] : [1, 0];
    return [a[0] + (b[0] - a[0]) * t - dy * lane, a[1] + (b[1] - a[1]) * t + dx * lane];
  }

  /** A free place in the chamber, kept until the dot leaves. */
  seat(dot, chamber) {
    if (dot.slot === null) {
      const used = new Set(this.dots.filter((other) => other.route === dot.route).map((other) => other.slot));
      dot.slot = 0;
      while (used.has(dot.slot) && dot.slot < MOST_SEATS) dot.slot += 1;
    }
    return seat(dot.slot, chamber);
  }

  place(dot, time) {
    const route = this.lines.routes.get(dot.route);
    const age = time - dot.born;
    if (!route || age > 2 * TRIP_MS + dot.stay) return null;
    if (age < 0) return undefined;
    if (age < TRIP_MS) return { at: this.along(route, age / TRIP_MS, LANE), tail: this.along(route, age / TRIP_MS - 0.035, LANE), kind: 'ok' };
    if (age < TRIP_MS + dot.stay) return { at: this.seat(dot, route.chamber), tail: null, kind: dot.kind };
    dot.slot = null;
    const back = 1 - (age - TRIP_MS - dot.stay) / TRIP_MS;
    return { at: this.along(route, back, -LANE), tail: this.along(route, back + 0.035, -LANE), kind: dot.kind };
  }

  draw(time) {
    const { canvas } = this;
    const [width, height, scale] = [canvas.clientWidth, canvas.clientHeight, devicePixelRatio || 1];
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const context = canvas.getContext('2d');
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    context.lineCap = 'round';
    const colours = this.palette();
    if (this.still.matches) { this.drawStill(context, colours.ok); return; }
    this.dots = this.dots.filter((dot) => {
      const placed = this.place(dot, time);
      if (!placed) return placed === undefined;
      dot.at = placed.at;
      context.strokeStyle = context.fillStyle = colours[placed.kind];
      if (placed.tail) {
        context.globalAlpha = 0.35;
        context.lineWidth = 2.4;
        context.beginPath();
        context.moveTo(...placed.tail);
        context.lineTo(...placed.at);
        context.stroke();
        context.globalAlpha = 1;
      }
      context.beginPath();
      context.arc(...placed.at, placed.kind === 'ok' ? 2.6 : 3.3, 0, 2 * Math.PI);
      context.fill();
      return true;
    });
  }

  /** Without motion: as many dots in each chamber as there are requests in flight. */
  drawStill(context, colour) {
    context.fillStyle = colour;
    for (const { chamber, inFlight } of this.lines.routes.values()) {
      for (let slot = 0; chamber && slot < Math.min(inFlight, MOST_SEATS); slot += 1) {
        context.beginPath();
        context.arc(...seat(slot, chamber), 2.6, 0, 2 * Math.PI);
        context.fill();
      }
    }
  }

  near(event) {
    const box = this.canvas.getBoundingClientRect();
    const distance = ({ at }) => (at ? Math.hypot(at[0] - event.clientX + box.left, at[1] - event.clientY + box.top) : Infinity);
    const [nearest] = [...this.dots].sort((a, b) => distance(a) - distance(b));
    return nearest && distance(nearest) < REACH ? nearest : null;
  }

  open(event) {
    const dot = event.target.closest('a') ? null : this.near(event);
    if (dot) location.hash = `#/requests/${dot.id}`;
  }

  close() {
    cancelAnimationFrame(this.next);
    this.dark.removeEventListener('change', this.recolour);
  }
}
