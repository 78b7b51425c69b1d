/** Beneath the map: the routes with what they did, and what the edge serves with. */

import { h, set, sync, text } from '../js/dom.js';
import { bytes, clock, count, percent, plural, rate } from '../js/format.js';

const SOON_DAYS = 14;

const ROUTE_HEADS = ['Route', 'Does', 'req/s', 'requests', 'limited', 'denied', 'at the edge'];

function routeRow(one) {
  const cells = ROUTE_HEADS.slice(2).map((title) => h('td.number', { 'data-label': title }));
  const methods = one.methods?.length ? h('small', {}, one.methods.join(' ')) : null;
  return h('tr', {},
    h('th', { scope: 'row' }, h('code', {}, one.path), methods, h('small', {}, one.at)),
    h('td.does', {}, one.does.length ? one.does.join(', ') : 'nothing more'), ...cells);
}

function refreshRoute(row, one) {
  const values = [rate(one.rps), count(one.requests), count(one.limited), count(one.denied), count(one.by_edge)];
  values.forEach((value, n) => {
    const cell = row.children[n + 2];
    text(cell, value);
    set(cell, 'data-none', value === '0');
  });
}

function routes() {
  const body = h('tbody');
  const element = h('section.panel.routes', {}, h('h2', {}, 'Routes'), h('table', {},
    h('thead', {}, h('tr', {}, ...ROUTE_HEADS.map((title, n) => h(n > 1 ? 'th.number' : 'th', { scope: 'col' }, title)))), body));
  return {
    element,
    update(apps) {
      const all = apps.flatMap((app) => (app.routes ?? []).map((one) => ({ app: app.name, ...one })));
      set(element, 'hidden', !all.length);
      sync(body, all, ({ app, path, at, does }) => `${app} ${path} ${at} ${does}`, routeRow, refreshRoute);
    },
  };
}

const fact = ([name, value, alarming]) => [name, value, alarming];

/** A list of names and values under a title. */
function facts(title) {
  const list = h('dl');
  const element = h('section.panel', {}, h('h2', {}, title), list);
  return {
    element,
    update(given) {
      sync(list, given.map(fact), ([name]) => name, ([name]) => h('div', {}, h('dt', {}, name), h('dd')), (row, [, value, alarming]) => {
        text(row.lastChild, value);
        set(row.lastChild, 'data-alarming', Boolean(alarming));
      });
    },
  };
}

const size = (value) => bytes(value).join('\u202f');

const cacheFacts = ({ cache = {} }) => [
  ['Hits', `${percent(cache.hit_ratio)} of ${count((cache.hits ?? 0) + (cache.misses ?? 0))}`],
  ['In memory', `${size(cache.bytes)} of ${size(cache.budget_bytes)}, ${count(cache.entries)} stored`],
  ['On disk', `${size(cache.disk_bytes)} of ${size(cache.disk_budget_bytes)}, ${count(cache.disk_entries)} stored`],
  ['Made room', count(cache.evicted)],
];

const queueFacts = (status, apps) => [
  ...apps.map((app) => [apps.length > 1 ? `Wait for ${app.name}` : 'Wait for room', `${count(app.waiting ?? 0)} of at most ${count(app.queue_limit)}`, app.waiting > 0]),
  ['Told to come back', count(status.edge?.answers?.overload?.requests ?? 0), status.edge?.answers?.overload?.rps > 0],
  ['No replica, no answer', count(['no_replica', 'circuit', 'bad_gateway', 'timeout'].reduce((all, by) => all + (status.edge?.answers?.[by]?.requests ?? 0), 0))],
  ['Connections', count(status.edge?.connections)],
];

const dnsFacts = ({ dns = {} }) => [
  ['Address', dns.address ?? '–'],
  ['Lookups', `${rate(dns.rps)} a second, ${count(dns.queries)} in all`],
  ['Over the rate', count(dns.rate_limited), dns.rate_limited > 0],
];

function certificateFact({ hosts, origin, issuer, days_left: days, not_after: end }) {
  const name = hosts.length > 1 ? `${hosts[0]} and ${hosts.length - 1} more` : hosts[0];
  if (!issuer) return [name, 'made when first asked for'];
  const by = origin === 'local' ? 'this machine' : issuer;
  return [name, `by ${by}, ${days < 1 ? `ends ${clock(end)}` : `${plural(days, 'day')} left`}`, origin !== 'local' && days < SOON_DAYS];
}

export function panels(...more) {
  const [table, cache, queue, dns, certificates] = [routes(), facts('Cache'), facts('Queue'), facts('DNS'), facts('Certificates')];
  const side = h('div.facts-row', {}, ...[cache, queue, dns, certificates].map(({ element }) => element));
  const element = h('div.panels', {}, ...more, table.element, side);
  return {
    element,
    update(status, apps) {
      table.update(apps);
      cache.update(cacheFacts(status.edge ?? {}));
      queue.update(queueFacts(status, apps));
      dns.update(dnsFacts(status));
      const served = status.edge?.certificates ?? [];
      set(certificates.element, 'hidden', !served.length);
      certificates.update(served.map(certificateFact));
    },
  };
}
