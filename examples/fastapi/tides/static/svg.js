// The few lines that building SVG takes.
export function el(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export const draw = (svg, ...parts) => svg.replaceChildren(...parts);
