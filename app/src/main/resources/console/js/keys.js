/** Keyboard shortcuts: one table, from which the keys work and the help is written. */

import { h } from './dom.js';

const everywhere = [];
let here = [];

/** `[keys, what it does, action]`; keys as `event.key` names them, alternatives in an array. */
export function always(...shortcuts) {
  everywhere.push(...shortcuts);
}

/** The shortcuts of the view that is shown now. */
export function whileShown(...shortcuts) {
  here = shortcuts;
}

const typing = (element) => element.matches?.('input, select, textarea');
const names = { ArrowDown: '↓', ArrowUp: '↑', Enter: '↵', Escape: 'Esc', ' ': 'Space' };

/** Enter on a link or a button is that link's own. */
const taken = (event) => event.key === 'Enter' && event.target.matches?.('a, button, summary');

export function start(dialog) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open || taken(event)) return;
    if (typing(event.target) && event.key !== 'Escape') return;
    const found = [...here, ...everywhere].find(([keys]) => [keys].flat().includes(event.key));
    if (!found) return;
    event.preventDefault();
    found[2](event);
  });
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
}

export function showHelp(dialog) {
  const table = (title, shortcuts) => [
    h('h3', {}, title),
    h('dl.keys', {}, ...shortcuts.map(([keys, what]) => h('div', {},
      h('dt', {}, ...[keys].flat().map((key) => h('kbd', {}, names[key] ?? key))),
      h('dd', {}, what)))),
  ];
  dialog.replaceChildren(
    h('h2', { id: 'help-title' }, 'Keyboard'),
    ...(here.length ? table('In this view', here) : []),
    ...table('Everywhere', everywhere),
    h('form', { method: 'dialog' }, h('button', {}, 'Close')),
  );
  dialog.showModal();
}
