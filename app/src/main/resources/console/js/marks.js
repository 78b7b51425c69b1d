/** States as shape, colour and word: none of the three is needed to understand the other two. */

import { h, set, svg, text } from './dom.js';

const SHAPES = {
  healthy: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z',
  starting: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zm0 2v8a4 4 0 0 0 0-8z',
  unhealthy: 'M8 1.5 15 14H1z',
  draining: 'M8 1l7 7-7 7-7-7zm0 3.5L4.5 8 8 11.5 11.5 8z',
  stopped: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zm0 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8z',
};

/** An element that `setMark` shows a state in. */
export function mark() {
  const shape = svg('path', { 'fill-rule': 'evenodd' });
  const icon = svg('svg', { viewBox: '0 0 16 16', width: 12, height: 12, 'aria-hidden': 'true' }, shape);
  return h('span.mark', {}, icon, h('span'));
}

export function setMark(element, state) {
  set(element, 'data-state', state);
  set(element.querySelector('path'), 'd', SHAPES[state] ?? SHAPES.stopped);
  text(element.lastChild, state);
}

const BROKEN = new Set(['timed_out', 'upstream_aborted']);

/** How a request is to be coloured. A client that went away is no fault of the app. */
export function kindOf({ status, total_ms: totalMs, outcome }) {
  if (status >= 500 || BROKEN.has(outcome)) return 'error';
  if (!status) return outcome === 'client_aborted' ? 'refused' : 'error';
  if (status === 101) return 'ok'; // an upgraded connection is meant to last
  if (totalMs >= SLOW_MS) return 'slow';
  return status >= 400 ? 'refused' : 'ok';
}

/** What the map and the list draw as slow. */
export const SLOW_MS = 250;
