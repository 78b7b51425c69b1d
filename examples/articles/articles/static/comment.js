// Counts what is typed as the server will: characters as a person sees them in text, not UTF-16 units.
const body = document.getElementById('body');
const hint = document.getElementById('body-hint');
const limit = Number(body.dataset.limit);
const plain = hint.textContent;
const number = new Intl.NumberFormat('en');

function show() {
  const left = limit - [...body.value.trim()].length;
  hint.classList.toggle('over', left < 0);
  if (left > limit / 4) hint.textContent = plain;
  else if (left >= 0) hint.textContent = `${number.format(left)} characters left.`;
  else hint.textContent = `${number.format(-left)} characters over the limit of ${number.format(limit)}.`;
}

body.addEventListener('input', show);
show();
