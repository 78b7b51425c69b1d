/**
 * What a log line says. A line of JSON is taken apart: the message, its level, and the rest as
 * facts, without those that the row shows anyway.
 */

const MESSAGES = ['event', 'message', 'msg'];
const LEVELS = ['level', 'severity', 'levelname'];
const SHOWN = new Set(['timestamp', 'time', 'ts', '@timestamp', 'request_id', 'replica', 'app', 'exception', ...MESSAGES, ...LEVELS]);
const PLAIN_LEVEL = /\b(CRITICAL|FATAL|ERROR|WARN(?:ING)?)\b/;

function json(message) {
  if (!message.startsWith('{')) return null;
  try {
    const value = JSON.parse(message);
    return value && typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function severity(name) {
  const level = String(name ?? '').toLowerCase();
  if (/crit|fatal|err|exception/.test(level)) return 'error';
  return level.startsWith('warn') ? 'warning' : level === 'debug' ? 'debug' : 'info';
}

const first = (value, names) => names.map((name) => value[name]).find((found) => found !== undefined);
const say = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/** `{ level, text, facts: [[name, value]], exception }` */
export function read(message) {
  const value = json(message);
  if (!value) return { level: severity(message.match(PLAIN_LEVEL)?.[0]), text: message, facts: [], exception: '' };
  const { method, path, status } = value;
  const access = method && path;
  const hidden = access ? new Set([...SHOWN, 'method', 'path', 'status']) : SHOWN;
  return {
    level: severity(first(value, LEVELS)),
    text: access ? [method, path, status].filter((part) => part !== undefined).join(' ') : say(first(value, MESSAGES) ?? ''),
    facts: Object.entries(value).filter(([name]) => !hidden.has(name)).map(([name, fact]) => [name, say(fact)]),
    exception: value.exception ? say(value.exception) : '',
  };
}
