/** Which app the views are about: a name, or all of them. */

import { now, on } from './live.js';
import { h, set, sync } from './dom.js';

const KEPT = 'undercloud.app';
const listeners = new Set();
let chosen = sessionStorage.getItem(KEPT) ?? '';

/** The name of the chosen app, empty for all. */
export const app = () => chosen;

/** The apps that are meant, in the order of `status`. */
export const apps = () => (now.status?.apps ?? []).filter(({ name }) => !chosen || name === chosen);

/** Whether a view has to say which app something belongs to. */
export const several = () => apps().length > 1;

export function onChoice(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function choose(name) {
  if (name === chosen) return;
  chosen = name;
  sessionStorage.setItem(KEPT, name);
  for (const listener of listeners) listener();
}

/** Ties the chooser to it: shown once there is something to choose. */
export function bind(label, select) {
  select.addEventListener('change', () => choose(select.value));
  on('status', ({ apps: known }) => {
    const names = known.map(({ name }) => name);
    if (chosen && !names.includes(chosen)) choose('');
    set(label, 'hidden', names.length < 2);
    const options = [['', 'All apps'], ...names.map((name) => [name, name])];
    sync(select, options, ([value]) => value, ([value, said]) => h('option', { value }, said));
    select.value = chosen;
  });
}
