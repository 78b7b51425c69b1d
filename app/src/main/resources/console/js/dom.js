/** Builds and updates elements. Text is always text: nothing here ever parses markup. */

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets, or with null and false removes, an attribute; a function becomes a listener. */
export function set(element, name, value) {
  if (typeof value === 'function') element.addEventListener(name, value);
  else if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? '' : value);
}

/** `h('p.note', { id: 'x' }, 'text', child)` */
export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(' ');
  return fill(element, attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElementNS(SVG, name);
  if (classes.length) element.setAttribute('class', classes.join(' '));
  return fill(element, attributes, children);
}

/** Changes text only where it differs, so that selections and screen readers are left in peace. */
export function text(element, value) {
  const wanted = String(value);
  if (element.textContent !== wanted) element.textContent = wanted;
}

const kept = new WeakMap();

/**
 * Makes the children of `parent` those of `items`, in order. An item that was there before keeps
 * its element, and with it focus and hover.
 */
export function sync(parent, items, key, make, update) {
  const before = kept.get(parent) ?? new Map();
  const now = new Map();
  let place = parent.firstChild;
  for (const item of items) {
    const id = key(item);
    if (now.has(id)) continue;
    const element = before.get(id) ?? make(item);
    update?.(element, item);
    now.set(id, element);
    if (element === place) place = place.nextSibling;
    else parent.insertBefore(element, place);
  }
  for (const [id, element] of before) if (!now.has(id)) element.remove();
  kept.set(parent, now);
}
