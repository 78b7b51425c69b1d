/** Table of contents: the views, the way to them, and what is on every page. */

import * as history from './history.js';
import * as keys from './keys.js';
import * as live from './live.js';
import * as selection from './selection.js';
import { h, set, text } from './dom.js';
import { view as map } from '../map/view.js';
import { view as requests } from '../requests/view.js';
import { view as replicas } from '../replicas/view.js';
import { view as logs } from '../logs/view.js';

const VIEWS = [
  { name: 'map', title: 'Map', view: map },
  { name: 'requests', title: 'Requests', view: requests },
  { name: 'replicas', title: 'Replicas', view: replicas },
  { name: 'logs', title: 'Logs', view: logs },
];

const LINK_STATES = {
  connecting: 'connecting',
  live: 'live',
  lost: 'connection lost, trying again',
  over: 'session over',
};

const byId = (id) => document.getElementById(id);
const main = byId('main');
const dialog = byId('help');
let shown = null;

/** `#/requests/4f2a?slow=1` as the view's name, the rest of the path, and the parameters. */
function place() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [name, ...rest] = path.split('/');
  return { name, id: decodeURIComponent(rest.join('/')), parameters: new URLSearchParams(query) };
}

function route() {
  const to = place();
  const wanted = VIEWS.find(({ name }) => name === to.name) ?? VIEWS[0];
  if (shown?.wanted !== wanted) {
    shown?.view.close?.();
    keys.whileShown();
    main.replaceChildren();
    main.className = wanted.name;
    shown = { wanted, view: wanted.view(main) };
    document.title = `${wanted.title} · Undercloud`;
    for (const link of byId('nav').children) set(link, 'aria-current', link.hash === `#/${wanted.name}` ? 'page' : null);
  }
  shown.view.route?.(to);
}

function showLink(state) {
  set(byId('link-state'), 'data-state', state);
  text(byId('link-state'), LINK_STATES[state]);
  if (state !== 'over') return;
  shown?.view.close?.();
  shown = null;
  main.className = '';
  main.replaceChildren(h('div.notice', {},
    h('h1', {}, 'This session is over'),
    h('p', {}, 'The console asks for a token that comes with its address. Open the line that begins with ', h('code', {}, 'console'), ' where ', h('code', {}, 'undercloud up'), ' runs.')));
}

byId('nav').append(...VIEWS.map(({ name, title }, n) => h('a', { href: `#/${name}`, 'aria-keyshortcuts': n + 1 }, title)));
byId('help-button').addEventListener('click', () => keys.showHelp(dialog));
keys.always(
  ...VIEWS.map(({ name, title }, n) => [String(n + 1), title, () => { location.hash = `#/${name}`; main.focus({ preventScroll: true }); }]),
  ['?', 'This list', () => keys.showHelp(dialog)],
);
keys.start(dialog);
selection.bind(byId('chooser'), byId('app'));
live.on('link', showLink);
showLink(live.now.link);
history.start();
live.start();
window.addEventListener('hashchange', route);
route();
