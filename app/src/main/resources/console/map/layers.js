/**
 * What the edge answers by itself, as stops of their own: rules, files, cache. Drawn as replicas
 * are, since to a request they are the same: the place where its answer is made.
 */

import { h, set, text } from '../js/dom.js';
import { bytes, count, percent, plural, rate } from '../js/format.js';
import { layerOf } from '../js/words.js';

const sum = (answers, wanted, figure) => Object.entries(answers ?? {})
  .filter(([by]) => wanted(by)).reduce((total, [, one]) => total + (one[figure] ?? 0), 0);

const inLayer = (layer) => (by) => layerOf({ answered_by: by }) === layer;
const of = (...names) => (by) => names.includes(by);

/** What stands where dots would, while there are none. */
function idle(answers, mine) {
  if (sum(answers, mine, 'rps') > 0) return '';
  return sum(answers, mine, 'requests') ? 'idle' : 'idle, no request yet';
}

const folders = (apps) => apps.flatMap(({ routes = [] }) => routes).filter(({ does }) => does.some((word) => word.startsWith('files of ')));

const LAYERS = [
  {
    name: 'rules',
    title: 'Rules',
    about: ({ apps }) => plural(apps.flatMap(({ routes = [] }) => routes).length, 'route'),
    shown: () => true,
    figures: [
      ['answered/s', ({ answers }) => rate(sum(answers, inLayer('rules'), 'rps'))],
      ['limited', ({ answers }) => count(sum(answers, of('rate_limit'), 'requests'))],
      ['denied', ({ answers }) => count(sum(answers, of('address', 'password', 'password_limit', 'body_limit', 'https_only'), 'requests'))],
      ['redirected', ({ answers }) => count(sum(answers, of('redirect', 'to_https'), 'requests'))],
    ],
  },
  {
    name: 'files',
    title: 'Files',
    about: ({ apps }) => plural(folders(apps).length, 'folder'),
    shown: ({ apps, answers }) => folders(apps).length > 0 || sum(answers, inLayer('files'), 'requests') > 0,
    figures: [
      ['answered/s', ({ answers }) => rate(sum(answers, inLayer('files'), 'rps'))],
      ['served', ({ answers }) => count(sum(answers, of('file'), 'requests'))],
      ['not found', ({ answers }) => count(sum(answers, of('no_file'), 'requests'))],
    ],
  },
  {
    name: 'cache',
    title: 'Cache',
    about: ({ cache }) => `${count(cache?.entries)} stored`,
    shown: () => true,
    figures: [
      ['answered/s', ({ answers }) => rate(sum(answers, inLayer('cache'), 'rps'))],
      ['hits', ({ cache }) => percent(cache?.hit_ratio)],
      ['memory', ({ cache }) => bytes(cache?.bytes).join('\u202f')],
      ['disk', ({ cache }) => bytes(cache?.disk_bytes).join('\u202f')],
    ],
  },
];

export function layers() {
  const made = LAYERS.map((one) => {
    const element = h('li.layer', {},
      h('span.stop'),
      h('span.chamber', { 'aria-hidden': 'true' }, h('span.idle')),
      h('div.who', {}, h('b', {}, one.title), h('small')),
      h('dl', {}, ...one.figures.map(([label]) => h('div', {}, h('dt', {}, label), h('dd')))));
    element.dataset.layer = one.name;
    return { ...one, element };
  });
  const element = h('ol.layers', { 'aria-label': 'Answered by the edge itself' }, ...made.map((one) => one.element));

  /** @param status the newest; @param apps those that are shown */
  function update(status, apps) {
    const known = { apps, answers: status.edge?.answers, cache: status.edge?.cache };
    for (const one of made) {
      set(one.element, 'hidden', !one.shown(known));
      text(one.element.querySelector('small'), one.about(known));
      text(one.element.querySelector('.idle'), idle(known.answers, inLayer(one.name)));
      one.element.querySelectorAll('dd').forEach((cell, n) => text(cell, one.figures[n][1](known)));
    }
  }

  /** What the lines to them weigh. */
  const rates = (status) => made.filter(({ element: node }) => !node.hidden)
    .map(({ name, element: node }) => ({ name, node, rps: sum(status.edge?.answers, inLayer(name), 'rps') }));

  return { element, update, rates };
}
