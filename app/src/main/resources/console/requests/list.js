/** The list of requests: one row is current, arrows move it, and it stays when rows are added. */

import { h, set, sync, text } from '../js/dom.js';
import { clock, ms } from '../js/format.js';
import { kindOf } from '../js/marks.js';
import { answeredBy } from '../js/words.js';
import { several } from '../js/selection.js';

/** The bar behind a duration is full at ten seconds and counts in powers of ten. */
const share = (totalMs) => Math.min(1, Math.log10(1 + totalMs) / 4);

export class List {
  /** `select(id)` when a row becomes current, `open(id)` when it is meant to be read. */
  constructor(select, open) {
    this.select = select;
    this.open = open;
    this.current = '';
    this.rows = [];
    this.body = h('tbody');
    const heads = ['Time', 'Request', 'Status', 'Took', 'Answered by'].map((title) => h(`th.${title.toLowerCase().split(' ')[0]}`, { scope: 'col' }, title));
    this.element = h('div.scroll', {}, h('table.request-table', {}, h('thead', {}, h('tr', {}, ...heads)), this.body));
  }

  show(requests) {
    this.rows = requests;
    sync(this.body, requests, ({ request_id: id }) => id, (one) => this.row(one));
    this.mark(this.current);
  }

  row(one) {
    const id = one.request_id;
    const bar = h('i.took-bar');
    bar.style.setProperty('--share', share(one.total_ms ?? 0).toFixed(3));
    const link = h('a', { href: `#/requests/${id}`, tabindex: '-1', click: (event) => { event.preventDefault(); this.open(id); } });
    const row = h('tr', { tabindex: '-1', click: () => this.open(id) },
      h('td.time', {}, clock(one.time)),
      h('td.request', {}, h('b', {}, one.method), ' ', link),
      h('td.status', {}, one.status ? String(one.status) : 'none'),
      h('td.took', {}, bar, h('span', {}, ms(one.total_ms))),
      h('td.answered', {}, several() && one.app ? `${one.app} ` : '', answeredBy(one)));
    text(link, one.path);
    set(link, 'title', one.path);
    set(row, 'data-kind', kindOf(one));
    row.dataset.id = id;
    return row;
  }

  /** Shows which one is current; only that row is in the order of tabs. */
  mark(id) {
    this.current = id;
    for (const row of this.body.children) {
      const here = row.dataset.id === id;
      set(row, 'aria-current', here ? 'true' : null);
      set(row, 'tabindex', here || (!id && row === this.body.firstChild) ? '0' : '-1');
    }
  }

  step(by) {
    if (!this.rows.length) return;
    const from = this.current || document.activeElement?.dataset.id;
    const at = this.rows.findIndex(({ request_id: id }) => id === from);
    const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), this.rows.length - 1);
    this.select(this.rows[next].request_id);
    this.focus();
  }

  focus() {
    const row = [...this.body.children].find((one) => one.dataset.id === this.current) ?? this.body.firstChild;
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
  }
}
