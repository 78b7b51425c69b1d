/**
 * The stream of `/api/live`, and what is known from it. Listeners are called on `status` (once a
 * second), `exchange` and `log`, and on `link` when the connection comes or goes.
 */

import { get, SessionOver } from './api.js';

const RETRY_MS = 2000;
const listeners = new Map();

/** The newest status, null until the first; and the state of the link. */
export const now = { status: null, link: 'connecting' };

/** Returns the function that ends it. */
export function on(event, listener) {
  if (!listeners.has(event)) listeners.set(event, new Set());
  listeners.get(event).add(listener);
  return () => listeners.get(event).delete(listener);
}

function tell(event, value) {
  for (const listener of listeners.get(event) ?? []) listener(value);
}

function link(state) {
  // That the session is over is the reason why the stream is lost, not followed by it.
  if (now.link === state || (now.link === 'over' && state === 'lost')) return;
  now.link = state;
  tell('link', state);
}

function status(value) {
  now.status = value;
  tell('status', value);
}

export function start() {
  const source = new EventSource('/api/live');
  source.addEventListener('open', () => link('live'));
  source.addEventListener('status', (event) => { link('live'); status(JSON.parse(event.data)); });
  source.addEventListener('exchange', (event) => tell('exchange', JSON.parse(event.data)));
  source.addEventListener('log', (event) => tell('log', JSON.parse(event.data)));
  source.addEventListener('error', () => {
    link('lost');
    // A stream that was refused stays closed; one that broke is tried again by the browser itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(again, RETRY_MS);
  });
  get('status').then(status, refused);
}

async function again() {
  try {
    await get('status');
    start();
  } catch (error) {
    refused(error);
    if (!(error instanceof SessionOver)) setTimeout(again, RETRY_MS);
  }
}

function refused(error) {
  link(error instanceof SessionOver ? 'over' : 'lost');
}
