/** Logs as they come. Scrolling up stops them, scrolling to the end lets them run again. */

import { get } from '../js/api.js';
import { h, set, sync, text } from '../js/dom.js';
import * as keys from '../js/keys.js';
import { now, on } from '../js/live.js';
import { logRow } from './row.js';
import { app, apps, onChoice } from '../js/selection.js';

const MOST_ROWS = 1000;
const FIRST_LINES = 300;
const TYPING_MS = 250;
const NEAR_END = 40;

export function view(root) {
  const replica = h('select', { 'aria-label': 'Replica' });
  const grep = h('input', { type: 'search', placeholder: 'text in the line', 'aria-label': 'Only lines with this text', spellcheck: 'false' });
  const request = h('input', { type: 'search', placeholder: 'request id', 'aria-label': 'Only lines of this request', spellcheck: 'false' });
  const follow = h('button.toggle', { type: 'button', 'aria-pressed': 'true', 'aria-keyshortcuts': 'f' }, 'Follow');
  const said = h('p.empty', {}, 'Loading.');
  const rows = h('div.log', { role: 'log', 'aria-live': 'off', 'aria-label': 'Log lines', tabindex: '0' });
  root.append(h('div.tools', {}, replica, grep, request, follow), said, rows);

  let waiting = [];
  let drawing = 0;
  let loads = 0;
  let wantedReplica = '';

  const following = () => follow.getAttribute('aria-pressed') === 'true';
  const filters = () => ({ app: app(), replica: replica.value || wantedReplica, grep: grep.value.trim(), request: request.value.trim() });

  function fits(line) {
    const wanted = filters();
    return (!wanted.app || line.app === wanted.app) && (!wanted.replica || line.replica === wanted.replica)
      && (!wanted.request || line.request_id === wanted.request)
      && (!wanted.grep || line.message.toLowerCase().includes(wanted.grep.toLowerCase()));
  }

  async function load() {
    loads += 1;
    const mine = loads;
    waiting = [];
    try {
      const { lines } = await get('logs', { ...filters(), limit: FIRST_LINES });
      if (mine !== loads) return;
      rows.replaceChildren(...lines.map((line) => logRow(line, { link: true })));
      text(said, lines.length ? '' : 'No line matches yet. New ones appear here.');
      toEnd();
    } catch (error) {
      text(said, `The logs could not be read: ${error.message}`);
    }
  }

  function add(line) {
    if (!fits(line)) return;
    waiting.push(line);
    if (waiting.length > MOST_ROWS) waiting.shift();
    if (following() && !drawing) drawing = requestAnimationFrame(draw);
  }

  function draw() {
    drawing = 0;
    if (!waiting.length) return;
    text(said, '');
    rows.append(...waiting.map((line) => logRow(line, { link: true })));
    waiting = [];
    for (let extra = rows.children.length - MOST_ROWS; extra > 0; extra -= 1) rows.firstChild.remove();
    toEnd();
  }

  const toEnd = () => { rows.scrollTop = rows.scrollHeight; };

  function setFollow(yes) {
    set(follow, 'aria-pressed', String(yes));
    if (yes) { draw(); toEnd(); }
  }

  function choices() {
    const several = apps().length > 1;
    const names = [...new Set(apps().flatMap((one) => one.replicas.map(({ name }) => name)))].sort();
    if (wantedReplica && !names.includes(wantedReplica)) names.push(wantedReplica);
    sync(replica, ['', ...names], (name) => name, (name) => h('option', { value: name }, name || (several ? 'All sources' : 'All replicas')));
    replica.value = wantedReplica;
  }

  replica.addEventListener('change', () => { wantedReplica = replica.value; load(); });
  let typed = null;
  for (const input of [grep, request]) input.addEventListener('input', () => { clearTimeout(typed); typed = setTimeout(load, TYPING_MS); });
  follow.addEventListener('click', () => setFollow(!following()));
  rows.addEventListener('scroll', () => {
    const atEnd = rows.scrollHeight - rows.scrollTop - rows.clientHeight < NEAR_END;
    if (atEnd !== following() && !drawing) setFollow(atEnd);
  });
  keys.whileShown(
    ['/', 'Filter by text', () => grep.focus()],
    ['f', 'Follow, or hold still', () => follow.click()],
    ['r', 'Filter by replica', () => replica.focus()],
    ['Escape', 'Clear the filters', () => { grep.value = request.value = wantedReplica = ''; choices(); load(); rows.focus(); }],
  );

  const ends = [on('log', add), on('status', choices), onChoice(() => { wantedReplica = ''; choices(); load(); })];
  return {
    route({ parameters }) {
      wantedReplica = parameters.get('replica') ?? '';
      request.value = parameters.get('request') ?? '';
      if (now.status) choices();
      load();
    },
    close() { ends.forEach((end) => end()); cancelAnimationFrame(drawing); },
  };
}
