// The gauge: a day's curve by REST, the moving reading by server-sent events.
import { draw, el } from './svg.js';

const curve = document.getElementById('curve');
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
const WINDOW_HOURS = 25;
const BEFORE_MS = 6 * 3600e3;
let source, day, start, harbour;

const height = (metres) => metres.toFixed(2);

async function json(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

const scale = (heights) => {
  const low = Math.min(0, ...heights) - 0.3;
  const high = Math.max(...heights) + 0.5;
  return (metres) => 340 - ((metres - low) / (high - low)) * 340;
};

async function load(at) {
  start = at.getTime() - BEFORE_MS;
  const query = `at=${encodeURIComponent(at.toISOString())}`;
  const [shape, tide] = await Promise.all([
    json(`api/harbours/${harbour}/curve?${query}`), json(`api/harbours/${harbour}/tide?${query}`)]);
  day = { y: scale(shape.heights), heights: shape.heights };
  const points = shape.heights.map((metres, n) => `${(n / (shape.heights.length - 1)) * 1000} ${day.y(metres).toFixed(1)}`);
  const hours = [];
  const first = Math.ceil(start / 3 / 3600e3) * 3 * 3600e3;
  for (let t = first; t < start + WINDOW_HOURS * 3600e3; t += 3 * 3600e3) hours.push((t - start) / (WINDOW_HOURS * 3600e3) * 1000);
  draw(curve,
    ...hours.map((x) => el('path', { class: 'hour', d: `M${x.toFixed(1)} 0V340` })),
    el('path', { class: 'sea', d: `M0 340L${points.join('L')}L1000 340Z` }),
    el('path', { class: 'line', d: `M${points.join('L')}` }),
    el('path', { class: 'now', id: 'now', d: 'M0 0V340' }));
  document.getElementById('extremes').replaceChildren(...tide.next.slice(0, 4).map((extreme) => {
    const item = document.createElement('li');
    const [kind, time, metres] = ['b', 'time', 'span'].map((name) => document.createElement(name));
    kind.textContent = extreme.kind;
    time.textContent = clock.format(new Date(extreme.at));
    metres.textContent = `${height(extreme.height)} m`;
    item.append(kind, time, metres);
    return item;
  }));
}

function show(event) {
  const { at, height: metres, rising } = JSON.parse(event.data);
  document.getElementById('height').textContent = height(metres);
  document.getElementById('trend').textContent = `${rising ? 'rising' : 'falling'}, ${clock.format(new Date(at))} UTC`;
  const x = ((Date.parse(at) - start) / (WINDOW_HOURS * 3600e3)) * 1000;
  document.getElementById('now')?.setAttribute('d', `M${x.toFixed(1)} 0V340`);
  if (x > 900) load(new Date(at));
}

async function choose(id) {
  harbour = id;
  source?.close();
  for (const button of document.querySelectorAll('#harbours button')) button.setAttribute('aria-pressed', button.value === id);
  await load(new Date());
  source = new EventSource(`events?harbour=${id}`);
  source.addEventListener('tide', show);
  source.addEventListener('error', () => { document.getElementById('trend').textContent = 'lost the stream, trying again'; });
}

const harbours = await json('api/harbours');
document.getElementById('harbours').replaceChildren(...harbours.map(({ id, name }) => {
  const button = document.createElement('button');
  button.value = id;
  button.textContent = name;
  button.addEventListener('click', () => choose(id));
  return button;
}));
choose(harbours[0].id);
