/** Four figures over the last two minutes. Pointing at a moment reads all of them at that moment. */

import { h, set, svg, text } from '../js/dom.js';
import { area, bars, ceiling, line } from '../js/chart.js';
import { clock, count, ms, rate } from '../js/format.js';
import { recent, SECONDS } from '../js/history.js';

const [WIDTH, HEIGHT] = [300, 72];

/** Latencies differ by powers of ten: on an even scale the quick half of them would be a line. */
const powers = (value) => (value === null ? null : Math.log10(1 + value));

const STRIPS = [
  { title: 'Requests a second', series: [['rps', 'area']], least: 5, say: ({ rps }) => rate(rps), top: rate },
  { title: 'Latency, p50 and p99', series: [['p50_ms', 'area'], ['p99_ms', 'line']], least: 5, scale: powers, say: ({ p50_ms: p50, p99_ms: p99 }) => `${ms(p50)} and ${ms(p99)}`, top: ms },
  { title: 'Failed a second', series: [['errors', 'bars']], least: 1, say: ({ errors }) => rate(errors), top: rate },
  { title: 'In flight', series: [['in_flight', 'area']], least: 5, say: ({ in_flight: flight }) => count(Math.round(flight)), top: count },
];

const SHAPES = { area, bars, line };

function strip({ title, series }) {
  const paths = series.map(([, shape]) => svg(`path.${shape}`));
  const edges = series.map(([, shape]) => (shape === 'area' ? svg('path.line') : null));
  const cursor = svg('path.cursor', { d: '' });
  const chart = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, ...paths, ...edges, cursor);
  const [value, top] = [h('b'), h('span.top')];
  const element = h('section.strip', {}, h('h2', {}, title), h('p', {}, value), h('div.plot', {}, chart, top));
  return { element, paths, edges, cursor, value, top };
}

export function strips() {
  const made = STRIPS.map(strip);
  const time = h('p.moment', { 'aria-hidden': 'true' });
  const element = h('div.strips', {}, ...made.map((one) => one.element), time);
  let pointed = null;

  /** Which of the seconds the pointer is over, counted from the newest. */
  function point(event) {
    const plot = event.target.closest?.('.plot');
    if (!plot) { pointed = null; return update(); }
    const box = plot.getBoundingClientRect();
    pointed = Math.round((1 - (event.clientX - box.left) / box.width) * (SECONDS - 1));
    return update();
  }

  function update() {
    const seconds = recent();
    if (!seconds.length) return;
    const index = pointed === null || pointed >= seconds.length ? seconds.length - 1 : seconds.length - 1 - pointed;
    const over = pointed !== null && pointed < seconds.length;
    text(time, over ? clock(seconds[index].t) : 'last 2 minutes');
    made.forEach((one, n) => {
      const { series, least, say, top, scale = (value) => value } = STRIPS[n];
      const max = ceiling(series.flatMap(([figure]) => seconds.map((second) => second[figure])), least);
      const box = { width: WIDTH, height: HEIGHT, max: scale(max), slots: SECONDS };
      series.forEach(([figure, shape], k) => {
        const values = seconds.map((second) => scale(second[figure] ?? null));
        set(one.paths[k], 'd', SHAPES[shape](values, box));
        if (one.edges[k]) set(one.edges[k], 'd', line(values, box));
      });
      const x = WIDTH - (WIDTH / (SECONDS - 1)) * (seconds.length - 1 - index);
      set(one.cursor, 'd', over ? `M${x.toFixed(1)} 0V${HEIGHT}` : '');
      text(one.value, say(seconds[index]));
      text(one.top, top(max));
    });
  }

  element.addEventListener('pointermove', point);
  element.addEventListener('pointerleave', () => { pointed = null; update(); });
  return { element, update };
}
