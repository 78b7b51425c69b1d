/** Lines from numbers: paths in a box of 0 to `width`, 0 to `height`, with gaps where nothing is known. */

const point = (x, y) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** Runs of neighbouring known values, as points. The newest value is at the right edge. */
function runs(values, { width, height, max, slots }) {
  const step = width / Math.max(1, slots - 1);
  const left = width - (values.length - 1) * step;
  const found = [];
  let run = null;
  values.forEach((value, n) => {
    if (value === null || value === undefined) { run = null; return; }
    if (!run) found.push(run = []);
    run.push([left + n * step, height - (Math.min(value, max) / max) * height]);
  });
  return found;
}

export function line(values, box) {
  return runs(values, box).map((run) => `M${run.map(([x, y]) => point(x, y)).join('L')}`).join('');
}

export function area(values, box) {
  return runs(values, box).map((run) => {
    const [first, last] = [run[0][0], run[run.length - 1][0]];
    return `M${point(first, box.height)}L${run.map(([x, y]) => point(x, y)).join('L')}L${point(last, box.height)}Z`;
  }).join('');
}

/** One thin bar for each value above nothing. */
export function bars(values, box) {
  const marks = runs(values, box).flat().filter(([, y]) => y < box.height);
  return marks.map(([x, y]) => `M${point(x, box.height)}V${Math.min(y, box.height - 3).toFixed(1)}`).join('');
}

/** The next round number above all values: 1, 2 or 5 times a power of ten. */
export function ceiling(values, least) {
  const most = Math.max(least, ...values.filter((value) => value !== null && value !== undefined));
  const power = 10 ** Math.floor(Math.log10(most));
  return power * [1, 2, 5, 10].find((step) => step * power >= most);
}
