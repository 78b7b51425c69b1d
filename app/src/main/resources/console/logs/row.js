/** One log line on the page. */

import { h, set } from '../js/dom.js';
import { exactClock } from '../js/format.js';
import { several } from '../js/selection.js';
import { read } from './message.js';

/** @param options.link whether the row leads to the request that it belongs to */
export function logRow(one, { link }) {
  const { level, text, facts, exception } = read(one.message);
  const replica = one.replica && `${several() && one.app ? `${one.app}/` : ''}${one.replica}`;
  const from = { app: replica, control: replica && `control ${replica}` }[one.source] ?? one.source;
  const row = h('div.row', {},
    h('time', { datetime: one.time }, exactClock(one.time)),
    h(`span.from.${one.source}`, {}, from),
    h('span.said', {}, text, ...facts.map(([name, value]) => h('span.fact', {}, h('i', {}, name), value)),
      link && one.request_id ? h('a', { href: `#/requests/${one.request_id}`, title: `Explain request ${one.request_id}` }, 'why') : null,
      exception ? h('pre', {}, exception) : null));
  set(row, 'data-level', level);
  return row;
}
