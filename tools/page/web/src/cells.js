// cells.js: a map of more than 256 buckets or groups: one cell for each, or for
// several, the darker the fuller.

import { Component, canvasOf, colours, html } from './ui.js';

// Entries of a cell of per rows as one of nine steps; the mark is a stripe.
function shade(value, per) {
  return Math.min(8, Math.round((value >> 1) / per));
}

export class Cells extends Component {
  draw() {
    const { array, width, zoom } = this.props;
    if (!this.canvas) return;
    const n = array.list.length;
    const fit = Math.max(2, Math.min(12, Math.floor(Math.sqrt(width * 260 / n))));
    const size = fit * zoom;
    const columns = Math.max(1, Math.floor(width * Math.max(1, zoom / 2) / size));
    const height = Math.ceil(n / columns) * size;
    this.layout = { size, columns };
    this.canvas.style.width = `${columns * size}px`;
    this.canvas.style.height = `${height}px`;
    const c = canvasOf(this.canvas, columns * size, height);
    const get = colours();
    const tones = Array.from({ length: 9 }, (_, i) => get(`fill${i}`));
    const line = get('moved');
    const side = size - (size > 3 ? 1 : 0);
    const x = (i) => (i % columns) * size, y = (i) => Math.floor(i / columns) * size;
    // A tone after the other: a canvas is slow to change its colour.
    const shades = Array.from(array.list, (v) => shade(v, array.per_cell));
    tones.forEach((tone, t) => {
      c.fillStyle = tone;
      shades.forEach((s, i) => { if (s === t) c.fillRect(x(i), y(i), side, side); });
    });
    c.fillStyle = line;
    array.list.forEach((v, i) => {
      if (v & 1) c.fillRect(x(i), y(i) + size * 0.4, side, Math.max(1, size * 0.2));
    });
    if (this.props.chosen >= 0) this.ring(c, get('fresh'));
  }
  ring(c, colour) {
    const { size, columns } = this.layout;
    const i = this.props.chosen;
    c.strokeStyle = colour;
    c.lineWidth = 2;
    c.strokeRect((i % columns) * size - 1, Math.floor(i / columns) * size - 1, size + 1, size + 1);
  }
  componentDidMount() { this.draw(); }
  componentDidUpdate(before) {
    this.draw();
    if (before.zoom !== this.props.zoom && this.props.chosen >= 0) {
      const { size, columns } = this.layout;
      this.canvas.parentElement.scrollTop =
        Math.floor(this.props.chosen / columns) * size - 80;
    }
  }
  click = (e) => {
    const box = this.canvas.getBoundingClientRect();
    const { size, columns } = this.layout;
    const i = Math.floor((e.clientY - box.top) / size) * columns
      + Math.floor((e.clientX - box.left) / size);
    if (i < this.props.array.list.length) this.props.choose(i);
  };
  render({ label }) {
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${`${label}, scrolls`}>
      <canvas role="img" aria-label=${label} ref=${(c) => { this.canvas = c; }}
        onClick=${this.click}/></div>`;
  }
}
