// panels.js: who served a step's objects, their span, their chain.

import { Component, html } from './ui.js';
import { spanAt } from './model.js';
import { filterOf } from './flames.js';
import { num, roleOf, served } from './words.js';

const lanes = [
  ['tiny', 'a block of 16 bytes'], ['mcache', 'the thread’s own span'],
  ['mcentral', 'a span fetched'], ['mheap', 'whole pages'],
];

export function Tiers({ step }) {
  const count = (tier) => step.allocs.reduce((n, a) => n + (a.tier === tier ? a.objects : 0), 0);
  return html`<ol class="tiers">
    ${lanes.map(([tier, what]) => {
      const n = count(tier);
      return html`<li class=${n ? 'lit' : ''}><strong>${tier}</strong><small>${what}</small>
        <span class="served">${n ? `served ${num(n)}` : '–'}</span></li>`;
    })}</ol>`;
}

// The slots of the span that the object came from.
export function Span({ part, step, alloc }) {
  const span = alloc.span ? spanAt(part, step.index, alloc.span) : null;
  if (!span) return null;
  const shown = Math.min(span.slots, 512);
  const taken = (i) => span.taken[i >> 3] >> (i & 7) & 1;
  let n = 0;
  for (let i = 0; i < span.slots; i++) n += taken(i);
  const side = shown <= 64 ? 16 : shown <= 200 ? 9 : 6;
  const columns = Math.max(1, Math.min(shown, Math.floor(300 / side)));
  const height = Math.ceil(shown / columns) * side;
  const text = `span of ${num(span.pages)} page${span.pages === 1 ? '' : 's'} at 0x${span.address.replace(/^0+/, '')}: `
    + `${num(span.slots)} slot${span.slots === 1 ? '' : 's'} of ${num(span.slot)} bytes, ${num(n)} taken; this object is in slot ${alloc.index}`;
  return html`<figure class="span"><figcaption>${text}</figcaption>
    <svg role="img" aria-label=${text} width=${columns * side} height=${height}>
      ${Array.from({ length: shown }, (_, i) => html`<rect class=${i === alloc.index ? 'this' : taken(i) ? 'taken' : 'free'}
        x=${(i % columns) * side + 1} y=${Math.floor(i / columns) * side + 1} width=${side - 2} height=${side - 2} rx="1.5"/>`)}
    </svg>${shown < span.slots && html`<small>the first ${shown}</small>`}</figure>`;
}

export function Chain({ chain, asPprof }) {
  if (!chain) return html`<p class="hint">Not profiled: no chain.</p>`;
  const frames = asPprof ? chain.filter((f) => !f.hidden) : chain;
  return html`<ol class="chain">${frames.map((f) => html`<li class=${f.hidden ? 'hidden' : ''}>
    <code>${f.func}</code>${f.hidden && html` <small>hidden by Go’s profiles</small>`}</li>`)}</ol>`;
}

// All objects of a step, one of them chosen: its tier, span and chain.
export class Objects extends Component {
  state = { chosen: 0 };
  render({ part, step, chains, asPprof, setPprof, filter, setFilter }, { chosen }) {
    const a = step.allocs[Math.min(chosen, step.allocs.length - 1)];
    const chain = a && chains[a.chain - 1];
    return html`<div class="objects">
      <h3>Who served it</h3><${Tiers} step=${step}/>
      ${!a && html`<p class="hint">Nothing is allocated in this step.</p>`}
      ${step.allocs.length > 1 && html`<ul class="objectlist">${step.allocs.slice(0, 12).map((x, i) => html`<li>
        <button type="button" aria-pressed=${x === a ? 'true' : 'false'} onClick=${() => this.setState({ chosen: i })}>
          ${roleOf(x, chains[x.chain - 1])}: ${served(x)}</button></li>`)}</ul>`}
      ${a && step.allocs.length === 1 && html`<p class="one">${roleOf(a, chain)}: ${served(a)}${a.type ? html`; type <code>${a.type}</code>` : ''}</p>`}
      ${a && html`<${Span} part=${part} step=${step} alloc=${a}/>
        <h3>Call chain <small>leaf first</small></h3>
        <p class="row"><label class="switch"><input type="checkbox" checked=${asPprof} onChange=${(e) => setPprof(e.target.checked)}/> as pprof shows it</label>
          <button type="button" aria-pressed=${filter?.chains.has(a.chain) ? 'true' : 'false'} onClick=${() => setFilter(filterOf(a.chain, chains, filter))}>Only steps with this chain</button></p>
        <${Chain} chain=${chain} asPprof=${asPprof}/>`}
    </div>`;
  }
}
