/** How numbers and times are written. A value that nobody knows is an en dash. */

export const NONE = '–';

const unknown = (value) => value === null || value === undefined || Number.isNaN(value);
const grouped = new Intl.NumberFormat('en');
const hour = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
const seconds = new Intl.DateTimeFormat('en-GB', hour);
const thousandths = new Intl.DateTimeFormat('en-GB', { ...hour, fractionalSecondDigits: 3 });

/** Milliseconds as a number and its unit: 42 µs, 0.42 ms, 4.1 ms, 31 ms, 1.24 s. */
export function duration(ms) {
  if (unknown(ms)) return [NONE, ''];
  if (ms < 0.0005) return ['<1', 'µs'];
  if (ms < 0.0995) return [(ms * 1000).toFixed(0), 'µs'];
  if (ms < 0.995) return [ms.toFixed(2), 'ms'];
  if (ms < 9.95) return [ms.toFixed(1), 'ms'];
  if (ms < 999.5) return [ms.toFixed(0), 'ms'];
  if (ms < 99_950) return [(ms / 1000).toFixed(ms < 9995 ? 2 : 1), 's'];
  return [grouped.format(Math.round(ms / 1000)), 's'];
}

export const ms = (value) => duration(value).join('\u202f').trim();

/** Something a second: 0.4, 12, 1,240, 18.2k. */
export function rate(value) {
  if (unknown(value)) return NONE;
  if (value === 0) return '0';
  if (value < 9.95) return value.toFixed(1);
  return value < 10_000 ? grouped.format(Math.round(value)) : `${(value / 1000).toFixed(1)}k`;
}

export const count = (value) => (unknown(value) ? NONE : grouped.format(value));

/** A share from 0 to 1. Never says 0 % of what did happen. */
export function percent(share) {
  if (unknown(share)) return NONE;
  const value = share * 100;
  if (value === 0) return '0\u202f%';
  if (value < 0.1) return '<0.1\u202f%';
  return `${value.toFixed(value < 9.95 ? 1 : 0)}\u202f%`;
}

export function bytes(value) {
  if (unknown(value)) return [NONE, ''];
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let step = 0;
  while (value >= 1024 && step < units.length - 1) { value /= 1024; step += 1; }
  return [value.toFixed(step && value < 9.95 ? 1 : 0), units[step]];
}

/** ISO 8601 or seconds since 1970, as a Date. */
export const moment = (time) => new Date(typeof time === 'number' ? time * 1000 : time);

export const clock = (time) => seconds.format(moment(time));
export const exactClock = (time) => thousandths.format(moment(time));

/** `1 replica`, `3 replicas` */
export const plural = (number, word) => `${count(number)} ${word}${number === 1 ? '' : 's'}`;
