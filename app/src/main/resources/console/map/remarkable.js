/** The newest requests that failed or were slow: where a look at the map usually wants to go next. */

import { get } from '../js/api.js';
import { h, set, sync, text } from '../js/dom.js';
import { clock, moment, ms } from '../js/format.js';
import { kindOf } from '../js/marks.js';
import { answeredBy } from '../js/words.js';
import { app, onChoice } from '../js/selection.js';

const EVERY_MS = 4000;
const SHOWN = 4;

/** What was slow an hour ago is for the list of requests to tell. */
const RECENT_MS = 10 * 60_000;

const worthALook = (one) => ['error', 'slow'].includes(kindOf(one)) && Date.now() - moment(one.time) < RECENT_MS;

export function remarkable() {
  const list = h('ol');
  const title = h('h2', {}, 'Failed or slow');
  const element = h('section.remarkable', { hidden: true }, title, list);
  let timer = null;
  let closed = false;

  async function load() {
    clearTimeout(timer);
    const asked = [{ errors: 1 }, { slow: 1 }].map((filter) => get('requests', { app: app(), limit: SHOWN, ...filter }));
    const found = (await Promise.allSettled(asked)).flatMap(({ value }) => value?.requests ?? []);
    const newest = [...new Map(found.map((one) => [one.request_id, one])).values()]
      .filter(worthALook)
      .sort((a, b) => String(b.time).localeCompare(String(a.time))).slice(0, SHOWN);
    if (closed) return;
    set(element, 'hidden', !newest.length);
    sync(list, newest, ({ request_id: id }) => id, item);
    timer = setTimeout(load, EVERY_MS);
  }

  const end = onChoice(load);
  load();
  return { element, close() { closed = true; clearTimeout(timer); end(); } };
}

function item(one) {
  const path = h('span.path');
  text(path, `${one.method} ${one.path}`);
  return h('li', { 'data-kind': kindOf(one) }, h('a', { href: `#/requests/${one.request_id}` },
    h('time', {}, clock(one.time)),
    h('b.status', {}, one.status ? String(one.status) : 'none'),
    h('b.took', {}, ms(one.total_ms)),
    path,
    h('span.by', {}, answeredBy(one))));
}
