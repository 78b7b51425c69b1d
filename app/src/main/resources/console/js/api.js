/** The console's half of the JSON API of the admin listener; the other half is on this origin. */

/** The cookie is gone or was never there: only the printed URL, with its token, brings it back. */
export class SessionOver extends Error {}

/** What went wrong, in the words of the server where it had any. */
async function refusal(answer) {
  const problem = await answer.json().catch(() => ({}));
  return new Error(problem.detail ?? problem.title ?? `the answer was ${answer.status}`);
}

/** GETs `/api/<path>`; parameters that are empty are left out. */
export async function get(path, parameters = {}, signal = undefined) {
  const given = Object.entries(parameters).filter(([, value]) => value !== '' && value !== null && value !== undefined && value !== false);
  const query = new URLSearchParams(given.map(([name, value]) => [name, value === true ? '1' : String(value)]));
  const address = `/api/${path}${given.length ? `?${query}` : ''}`;
  const answer = await fetch(address, { headers: { Accept: 'application/json' }, cache: 'no-store', signal });
  if (answer.status === 401 || answer.status === 403) throw new SessionOver();
  if (!answer.ok) throw await refusal(answer);
  return answer.json();
}
