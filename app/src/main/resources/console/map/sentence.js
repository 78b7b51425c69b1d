/** The state of things in one sentence, the worst first. */

import { ms, percent, plural, rate } from '../js/format.js';

const FAILING = 0.01;

export function sentence(apps, edge) {
  if (!apps.length) return 'No app is running. `undercloud up` in a project’s folder starts one.'.replaceAll('`', '');
  const replicas = apps.flatMap((app) => app.replicas);
  const healthy = replicas.filter(({ state }) => state === 'healthy').length;
  const rps = apps.reduce((sum, app) => sum + (app.rps ?? 0), 0);
  const failing = apps.filter((app) => app.rps && app.error_rate > FAILING);
  const idle = apps.filter(({ why, replicas: own }) => why && !own.some(({ state }) => state === 'healthy'));
  const closed = apps.filter(({ maintenance }) => maintenance);
  if (closed.length) return `${closed.map(({ name }) => name).join(', ')} ${closed.length === 1 ? 'is' : 'are'} closed for maintenance.`;
  if (idle.length) return idle.map(({ name, why }) => `${name} serves nothing: ${why}`).join(' ');
  const health = healthy === replicas.length
    ? `${['', 'The one replica is', 'Both replicas are'][healthy] ?? `All ${healthy} replicas are`} healthy`
    : `${healthy} of ${plural(replicas.length, 'replica')} ${healthy === 1 ? 'is' : 'are'} healthy`;
  if (failing.length) return `${failing.map(({ name, error_rate: share }) => `${name} fails ${percent(share)} of its requests`).join(', ')}. ${health}.`;
  if (!rps) return `${health}. No requests just now.`;
  const slowest = Math.max(...apps.map((app) => app.p99_ms ?? 0));
  const own = Object.values(edge?.answers ?? {}).reduce((sum, one) => sum + (one.rps ?? 0), 0) / rps;
  const byEdge = own >= 0.005 ? `, ${percent(Math.min(1, own))} answered by the edge itself` : '';
  return `${health}. ${rate(rps)} requests a second${byEdge}, 99 of 100 within ${ms(slowest)}.`;
}
