// scrubber.js: the way through the steps: a strip of what each one allocates, a
// range, and jumps to what matters.

import { Component, canvasOf, colours, html } from './ui.js';
import { num } from './words.js';

export class Density extends Component {
  componentDidMount() {
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.canvas.parentElement);
  }
  componentWillUnmount() { this.observer.disconnect(); }
  componentDidUpdate(before) {
    for (const k of ['parts', 'times', 'scheme'])
      if (before[k] !== this.props[k]) { this.draw(); return; }
  }
  // One lane a release: bars are objects, a tick above is a growth.
  draw() {
    const { parts, times } = this.props;
    const width = this.canvas.parentElement.clientWidth, lane = 26;
    const height = lane * parts.length;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    const c = canvasOf(this.canvas, width, height);
    const get = colours();
    const x = (at) => (times.length < 2 ? 0 : at / (times.length - 1)) * (width - 16) + 8;
    const index = new Map(times.map((t, i) => [t, i]));
    parts.forEach((part, k) => {
      const floor = lane * (k + 1) - 3;
      c.fillStyle = get('line');
      c.fillRect(8, floor, width - 16, 1);
      for (const s of part.steps.filter((t) => index.has(t.at))) {
        const px = x(index.get(s.at));
        const n = s.allocs.reduce((sum, a) => sum + a.objects, 0);
        if (n > 0) {
          c.fillStyle = get('c1');
          c.fillRect(px - 1, floor - 3 - Math.min(12, Math.log2(n + 1) * 3), 2, 3 + Math.min(12, Math.log2(n + 1) * 3));
        }
        if (s.growths.length > 0) {
          c.fillStyle = get('fresh');
          c.beginPath();
          c.moveTo(px - 4, floor - 22);
          c.lineTo(px + 4, floor - 22);
          c.lineTo(px, floor - 16);
          c.fill();
        }
      }
    });
  }
  click = (e) => {
    const box = this.canvas.getBoundingClientRect();
    const share = (e.clientX - box.left - 8) / (box.width - 16);
    this.props.go(Math.round(Math.max(0, Math.min(1, share)) * (this.props.times.length - 1)));
  };
  // The cursor is an element above the strip: to move it draws nothing anew.
  render({ parts, times, place }) {
    const share = times.length < 2 ? 0 : place / (times.length - 1);
    return html`<div class="density"><span class="cursor" style=${{ left: `calc(8px + ${share} * (100% - 16px))` }}/><canvas role="img" ref=${(c) => { this.canvas = c; }} onClick=${this.click}
      aria-label=${`Allocations of each step${parts.length > 1 ? ', a lane a release' : ''}; triangles are growths.`}/></div>`;
  }
}

export function Scrubber({ props }) {
  const { times, steps, place, go, jump, playing, play, text, parts, filter, setFilter, scheme } = props;
  const button = (label, act, words, off) => html`<button type="button" onClick=${act} disabled=${off} title=${words} aria-label=${words}>${label}</button>`;
  return html`<section class="scrubber" aria-label="Steps">
    <${Density} parts=${parts} times=${times} place=${place} go=${go} scheme=${scheme}/>
    <input id="step" type="range" min="0" max=${times.length - 1} value=${place} aria-label="Step" aria-valuetext=${text}
      onInput=${(e) => go(+e.target.value)}/>
    ${filter && html`<p class="filter"><span>${num(times.length)} of ${num(steps)} steps: those that allocate through <code>${filter.name}</code></span>
      <button type="button" onClick=${() => setFilter(null)}>All steps</button></p>`}
    <div class="buttons">
      ${button('|◀', () => go(0), 'First step', place === 0)}
      ${button('◀', () => go(place - 1), 'Step back', place === 0)}
      <button type="button" class="play" onClick=${play} aria-pressed=${playing ? 'true' : 'false'}>${playing ? 'Pause' : 'Play'}</button>
      ${button('▶', () => go(place + 1), 'Step forward', place === times.length - 1)}
      ${button('▶|', () => go(times.length - 1), 'Last step', place === times.length - 1)}
      <span class="jumps">
        <button type="button" onClick=${() => jump('allocs')}>Next allocation</button>
        <button type="button" onClick=${() => jump('growths')}>Next growth</button>
        <button type="button" onClick=${() => jump('gcs')} disabled=${!parts.some((p) => p.steps.some((s) => s.gcs.length))}>Next collection</button>
      </span>
      <label class="goto">step <input type="number" min=${times[0]} max=${times[times.length - 1]} value=${times[place]}
        onChange=${(e) => props.goAt(+e.target.value)}/> <small>of ${num(times[times.length - 1])}</small></label>
    </div></section>`;
}
