// ui.js: what every component uses.

import { Component, h } from 'preact';
import htm from 'htm';

export const html = htm.bind(h);
export { Component };

// A component that is drawn anew only when one of its properties differs.
export class Steady extends Component {
  shouldComponentUpdate(next) {
    for (const k in next)
      if (next[k] !== this.props[k]) return true;
    return false;
  }
}

// The colours as the present scheme has them, for canvases; looked up once a
// scheme, since to ask for a style makes the browser compute all of them.
const known = new Map();
export function colours() {
  const scheme = document.documentElement.dataset.scheme
    ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  return (name) => {
    const key = `${scheme} ${name}`;
    if (!known.has(key))
      known.set(key, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
    return known.get(key);
  };
}

export function canvasOf(element, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const w = Math.round(width * ratio), h = Math.round(height * ratio);
  if (element.width !== w) element.width = w;
  if (element.height !== h) element.height = h;
  const c = element.getContext('2d');
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, width, height);
  return c;
}
