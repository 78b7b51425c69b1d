// The echo sounder: each message goes out over a WebSocket and its way back is timed.
import { draw, el } from './svg.js';

const SHOWN = 40;
const state = document.getElementById('state');
const times = [];
const waiting = [];
let socket;

function connect() {
  const address = new URL('ws', document.baseURI);
  address.protocol = address.protocol.replace('http', 'ws');
  socket = new WebSocket(address);
  socket.addEventListener('open', () => { state.textContent = 'Connected.'; });
  socket.addEventListener('message', echoed);
  socket.addEventListener('close', () => {
    waiting.length = 0;
    state.textContent = 'Closed, trying again.';
    setTimeout(connect, 1000);
  });
}

function send(text) {
  if (socket.readyState !== WebSocket.OPEN) return;
  waiting.push({ at: performance.now(), quiet: text === '' });
  socket.send(text);
}

function echoed({ data }) {
  const { at, quiet } = waiting.shift() ?? {};
  if (at === undefined) return;
  const took = performance.now() - at;
  times.push(took);
  if (times.length > SHOWN) times.shift();
  plot();
  if (quiet) return;
  const item = document.createElement('li');
  const time = document.createElement('span');
  time.textContent = `${took.toFixed(1)} ms`;
  item.append(time, data);
  document.getElementById('echoes').prepend(item);
  document.querySelector('#echoes li:nth-child(5)')?.remove();
}

function plot() {
  const deepest = Math.max(4, ...times) * 1.15;
  const step = 400 / (SHOWN - 1);
  const x = (n) => (400 - (times.length - 1 - n) * step).toFixed(1);
  const y = (took) => ((took / deepest) * 150).toFixed(1);
  const line = times.map((took, n) => `${x(n)} ${y(took)}`).join('L');
  draw(document.getElementById('pings'),
    el('path', { class: 'ground', d: `M${x(0)} 150L${line}L400 150Z` }),
    el('path', { class: 'line', d: `M${line}` }));
  document.getElementById('pings').setAttribute('aria-label', `Last round trip ${times.at(-1).toFixed(1)} milliseconds`);
}

document.getElementById('ping').addEventListener('submit', (event) => {
  event.preventDefault();
  send(document.getElementById('text').value || ' ');
});
setInterval(() => send(''), 1000);
connect();
