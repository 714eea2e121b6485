// charts.js: how objects and bytes add up (uPlot), and the flame chart in the
// order of allocation (our own canvas).

import uPlot from 'uplot';
import { Component, canvasOf, colours, html } from './ui.js';
import { num } from './words.js';

const lines = [
  ['bytes allocated', (s) => s.sums.bytes, 'c1', []],
  ['heap in use', (s) => s.sums.heap, 'c2', [6, 3]],
  ['the map itself', (s) => s.sums.reach, 'c3', [2, 3]],
];

function thinned(steps, most) {
  if (steps.length <= most) return steps;
  const every = Math.ceil(steps.length / most);
  return steps.filter((s, i) => i % every === 0 || i === steps.length - 1 || s.growths.length > 0);
}

export class Counters extends Component {
  componentDidMount() {
    this.observer = new ResizeObserver(() => {
      if (this.plot && this.box.clientWidth !== this.plot.width)
        this.plot.setSize({ width: this.box.clientWidth, height: 200 });
    });
    this.observer.observe(this.box);
    this.make();
  }
  componentWillUnmount() { this.observer.disconnect(); this.plot?.destroy(); }
  componentDidUpdate(before) {
    if (before.part !== this.props.part || before.scheme !== this.props.scheme) this.make();
    else this.mark();
  }
  // The step's place, as an element above the plot.
  mark() {
    if (this.cursor) this.cursor.style.left = `${this.plot.valToPos(this.props.at, 'x')}px`;
  }
  make() {
    this.plot?.destroy();
    const steps = thinned(this.props.part.steps, 2000);
    const get = colours();
    const axis = { stroke: get('quiet'), grid: { stroke: get('line'), width: 1 }, ticks: { stroke: get('line') }, font: '12px system-ui' };
    this.plot = new uPlot({
      width: this.box.clientWidth || 320, height: 200, legend: { show: false },
      cursor: { drag: { x: false, y: false } },
      scales: { x: { time: false } },
      axes: [{ ...axis, values: (u, v) => v.map((x) => num(x)) },
        { ...axis, size: 62, values: (u, v) => v.map((x) => x >= 1e6 ? `${x / 1e6} MB` : x >= 1e3 ? `${x / 1e3} kB` : x) }],
      series: [{}, ...lines.map(([label, , c, dash]) => ({ label, stroke: get(c), width: 2, dash, points: { show: false } }))],
      hooks: { draw: [() => this.mark()] },
    }, [steps.map((s) => s.at), ...lines.map(([, of]) => steps.map(of))], this.box);
    this.cursor = document.createElement('span');
    this.cursor.className = 'cursor';
    this.plot.over.append(this.cursor);
    this.mark();
    this.plot.over.addEventListener('click', () => {
      const x = this.plot.posToVal(this.plot.cursor.left, 'x');
      this.props.go(Math.round(x));
    });
  }
  render({ step }) {
    return html`<div class="counters">
      <p class="legend">${lines.map(([label, of, c], i) => html`<span class="key"><i class=${`k line l${i + 1}`}/>${label} <strong>${num(of(step))}</strong></span>`)}
        <span class="key">objects <strong>${num(step.sums.objects)}</strong></span>
        ${step.sums.goal > 0 && html`<span class="key">next collection at <strong>${num(step.sums.goal)}</strong></span>`}</p>
      <div ref=${(b) => { this.box = b; }}/></div>`;
  }
}

// --- flame chart ------------------------------------------------------------

// Frames side by side that are the same are one box.
function boxesOf(allocs, chains, byBytes) {
  const boxes = [];
  const open = [];
  let x = 0;
  for (const a of allocs) {
    const frames = chains[a.chain - 1] ?? [{ func: '(not profiled)' }];
    const wide = byBytes ? a.objects * a.slot : a.objects;
    for (let d = 0; d < frames.length; d++) {
      const { func } = frames[frames.length - 1 - d];
      const last = open[d];
      if (last && last.func === func && last.end === x && (d === 0 || open[d - 1].start <= last.start)) {
        last.end = x + wide;
      } else {
        open[d] = { func, depth: d, start: x, end: x + wide, chain: a.chain, first: a.step };
        boxes.push(open[d]);
      }
    }
    open.length = frames.length;
    x += wide;
  }
  return { boxes, total: x };
}

const ROW = 18;

export class FlameChart extends Component {
  componentDidMount() {
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.canvas.parentElement);
  }
  componentWillUnmount() { this.observer.disconnect(); }
  componentDidUpdate(before) {
    for (const k of ['part', 'byBytes', 'filter', 'scheme'])
      if (before[k] !== this.props[k]) { this.draw(); return; }
  }
  layout() {
    const { part, chains, byBytes } = this.props;
    if (this.of !== part || this.by !== byBytes) {
      this.of = part;
      this.by = byBytes;
      this.made = boxesOf(part.allocs, chains, byBytes);
    }
    return this.made;
  }
  draw() {
    const { boxes, total } = this.layout();
    const width = this.canvas.parentElement.clientWidth;
    const depth = boxes.reduce((d, b) => Math.max(d, b.depth), 0) + 1;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${depth * ROW}px`;
    const c = canvasOf(this.canvas, width, depth * ROW);
    const get = colours();
    const tones = ['flame0', 'flame1', 'flame2', 'flame3'].map(get);
    c.font = '11px system-ui';
    c.textBaseline = 'middle';
    for (const b of boxes) {
      const x = b.start / total * width, w = Math.max(0.5, (b.end - b.start) / total * width - 0.5);
      const y = b.depth * ROW;
      c.fillStyle = tones[(b.func.length * 7 + b.func.charCodeAt(b.func.length - 1)) % 4];
      c.globalAlpha = this.props.filter && !this.props.filter.chains.has(b.chain) ? 0.3 : 1;
      c.fillRect(x, y, w, ROW - 1);
      if (w > 40) {
        c.fillStyle = get('flametext');
        c.save();
        c.beginPath();
        c.rect(x, y, w - 3, ROW);
        c.clip();
        c.fillText(b.func, x + 4, y + ROW / 2);
        c.restore();
      }
    }
    c.globalAlpha = 1;
    this.width = width;
  }
  find(e) {
    const { boxes, total } = this.made;
    const box = this.canvas.getBoundingClientRect();
    const x = (e.clientX - box.left) / this.width * total, d = Math.floor((e.clientY - box.top) / ROW);
    return boxes.find((b) => b.depth === d && b.start <= x && x < b.end);
  }
  click = (e) => {
    const b = this.find(e);
    if (b) this.props.choose(b.chain, b.first);
  };
  render({ part, step, byBytes }) {
    const all = part.steps[part.steps.length - 1].sums, now = step.sums;
    const share = byBytes ? now.bytes / Math.max(1, all.bytes) : now.objects / Math.max(1, all.objects);
    return html`<div class="flamechart"><span class="cursor" style=${{ left: `${share * 100}%` }}/><canvas role="img" ref=${(c) => { this.canvas = c; }} onClick=${this.click}
      aria-label=${`Flame chart of ${num(part.allocs.length)} allocations in their order; the table of chains below says the same.`}/></div>`;
  }
}
