/** Requests: a list that keeps up with the traffic, and beside it the one that is looked at. */

import { h, set, text } from '../js/dom.js';
import { get } from '../js/api.js';
import * as keys from '../js/keys.js';
import { app, onChoice } from '../js/selection.js';
import { List } from './list.js';
import { detail } from './detail.js';

const EVERY_MS = 1500;
const TYPING_MS = 200;
const LIMIT = 200;
const REQUEST_ID = /^[0-9a-f]{16}$/;

export function view(root) {
  const search = h('input', { type: 'search', placeholder: 'part of a path, or a request id', 'aria-label': 'Search requests', spellcheck: 'false' });
  const slow = toggle('Slowest', 's');
  const errors = toggle('Errors', 'e');
  const following = toggle('Live', 'l', true);
  const said = h('p.empty', {}, 'Loading.');
  const list = new List(select, open);
  const pane = h('section.pane', { 'aria-label': 'One request', tabindex: '-1' });
  root.append(
    h('section.list-pane', { 'aria-label': 'Requests' },
      h('div.tools', {}, search, slow, errors, following), said, list.element),
    pane);

  let shown = null;
  let timer = null;
  let loading = null;

  async function load() {
    clearTimeout(timer);
    loading?.abort();
    loading = new AbortController();
    try {
      const { requests } = await get('requests', { app: app(), slow: on(slow), errors: on(errors), q: search.value.trim(), limit: LIMIT }, loading.signal);
      list.show(requests);
      text(said, requests.length ? '' : 'No request matches.');
    } catch (error) {
      if (error.name === 'AbortError') return;
      text(said, `The list could not be read: ${error.message}`);
    }
    if (on(following)) timer = setTimeout(() => (document.hidden ? wait() : load()), EVERY_MS);
  }

  /** Nobody looks: nothing is asked until somebody does. */
  function wait() {
    document.addEventListener('visibilitychange', () => { if (on(following) && root.isConnected) load(); }, { once: true });
  }

  function follow(yes) {
    set(following, 'aria-pressed', String(yes));
    if (yes) load(); else clearTimeout(timer);
  }

  /** A list must not move under the one who reads it: looking at a request stops it. */
  function select(id) {
    if (on(following)) follow(false);
    history.replaceState(null, '', `#/requests/${id}`);
    show(id);
  }

  /** Enter, or a click: on a narrow screen the list gives way, so that "back" must lead to it. */
  function open(id) {
    if (on(following)) follow(false);
    location.hash = `#/requests/${id}`;
    show(id);
    pane.focus({ preventScroll: true });
  }

  function show(id) {
    set(root, 'data-open', Boolean(id));
    list.mark(id);
    if (id === shown) return;
    shown = id;
    detail(pane, id, () => shown === id);
  }

  for (const button of [slow, errors]) button.addEventListener('click', () => { press(button); load(); });
  following.addEventListener('click', () => follow(!on(following)));
  let typed = null;
  search.addEventListener('input', () => { clearTimeout(typed); typed = setTimeout(load, TYPING_MS); });
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    if (REQUEST_ID.test(search.value.trim())) open(search.value.trim());
    else list.step(1);
  });

  keys.whileShown(
    [['j', 'ArrowDown'], 'Next request', () => list.step(1)],
    [['k', 'ArrowUp'], 'Request before', () => list.step(-1)],
    ['Enter', 'To its explanation', () => list.current && open(list.current)],
    ['Escape', 'Back to the list', () => back()],
    ['/', 'Search', () => search.focus()],
    ['s', 'The slowest first', () => slow.click()],
    ['e', 'Errors only', () => errors.click()],
    ['l', 'Follow the traffic, or hold still', () => following.click()],
  );

  function back() {
    if (document.activeElement === search) { search.blur(); list.focus(); return; }
    list.focus();
    location.hash = '#/requests';
  }

  const end = onChoice(load);
  load();
  return {
    route({ id, parameters }) {
      if (parameters.get('errors') && !on(errors)) errors.click();
      if (parameters.get('slow') && !on(slow)) slow.click();
      if (id && on(following)) follow(false);
      show(id);
    },
    close() {
      clearTimeout(timer);
      loading?.abort();
      root.removeAttribute('data-open');
      shown = null;
      end();
    },
  };
}

const on = (button) => button.getAttribute('aria-pressed') === 'true';
const press = (button) => set(button, 'aria-pressed', String(!on(button)));

function toggle(label, key, pressed = false) {
  return h('button.toggle', { type: 'button', 'aria-pressed': String(pressed), 'aria-keyshortcuts': key }, label);
}
