/** The stages of a request as bars on one time axis, the longest of them marked. */

import { h } from '../js/dom.js';
import { ms } from '../js/format.js';
import { ceiling } from '../js/chart.js';

/** Round moments along the axis, about four of them. */
function ticks(total) {
  const step = ceiling([total / 5], 1e-6);
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, n) => n * step).filter((tick) => tick <= total * 0.97);
}

const label = (tick, total) => (total < 1 ? `${tick.toFixed(2)}` : total < 10 ? `${+tick.toFixed(1)}` : total < 2000 ? `${Math.round(tick)}` : `${+(tick / 1000).toFixed(2)} s`);

/** The hop before the first stage: its bar has the scale of the others, its place is before them. */
function lookup(dns, total) {
  const when = h('span.when', {}, `${dns.answer}, ${ms(dns.before_ms)} before the connection`);
  const track = h('td.track', {}, at(h('i.span'), 0), when);
  track.style.setProperty('--wide', Math.min(1, dns.ms / total).toFixed(4));
  return h('tr.lookup', {}, h('th', { scope: 'row' }, 'DNS lookup'), track, h('td.ms', {}, ms(dns.ms)));
}

export function waterfall(stages, totalMs, dns) {
  const total = Math.max(totalMs ?? 0, ...stages.map(({ start_ms: start, ms: took }) => start + took)) || 1;
  const longest = stages.reduce((most, stage) => (stage.ms > (most?.ms ?? 0) ? stage : most), null);
  const axis = h('div.axis', { 'aria-hidden': 'true' }, ...ticks(total).map((tick) => at(h('span', {}, label(tick, total)), tick / total)));
  const rows = stages.map((stage) => {
    const bar = at(h('i.span'), stage.start_ms / total);
    bar.style.setProperty('--wide', Math.max(0, stage.ms / total).toFixed(4));
    const row = h('tr', {},
      h('th', { scope: 'row' }, stage.name),
      h('td.track', {}, bar),
      h('td.ms', {}, ms(stage.ms)));
    if (stage === longest) row.className = 'longest';
    return row;
  });
  return h('div.waterfall', {}, axis, h('table', { 'aria-label': 'Stages, in order, with the time that each took' },
    h('tbody', {}, ...(dns ? [lookup(dns, total)] : []), ...rows),
    h('tfoot', {}, h('tr', {}, h('th', { scope: 'row' }, 'total'), h('td'), h('td.ms', {}, ms(totalMs))))));
}

function at(element, share) {
  element.style.setProperty('--at', share.toFixed(4));
  return element;
}
