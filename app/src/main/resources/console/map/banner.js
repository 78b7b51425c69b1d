/** Apps that are closed for maintenance: since when, what is open, and how it ends. */

import { h, set, sync } from '../js/dom.js';
import { clock } from '../js/format.js';

function words({ name, maintenance }) {
  const { since, except = [], allow = [] } = maintenance;
  const open = [...except, ...allow.map((block) => `from ${block}`)];
  return `${name} is closed for maintenance${since ? ` since ${clock(since)}` : ''}. ${open.length ? `Open: ${open.join(', ')}.` : 'Nothing is open.'}`;
}

export function banner() {
  const element = h('div.banner', { hidden: true, role: 'status' });
  return {
    element,
    update(apps) {
      const closed = apps.filter(({ maintenance }) => maintenance);
      set(element, 'hidden', !closed.length);
      sync(element, closed, words, (one) => h('p', {}, words(one), ' ', h('code', {}, 'undercloud maintenance off'), ' opens it.'));
    },
  };
}
