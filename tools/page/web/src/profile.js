// profile.js: the page of a profile: each line, its mechanisms, the histogram
// of its maps and what each hint would cost.

import { Component, html } from './ui.js';
import { FlameGraph, treeOf } from './flames.js';
import { num } from './words.js';

const percent = (a, b) => (b > 0 ? `${(100 * a / b).toFixed(1)} %` : '–');

function Share({ part, of }) {
  return html`<span class="share"><span class="track"><span class="fill" style=${{ width: `${of > 0 ? 100 * part / of : 0}%` }}/></span>${percent(part, of)}</span>`;
}

function Mechanisms({ line }) {
  const rows = Object.entries(line.mechanisms).sort((a, b) => b[1].objects - a[1].objects);
  return html`<table><caption>Why it allocates</caption><thead><tr><th scope="col">mechanism</th><th scope="col">objects</th><th scope="col">bytes</th><th scope="col">share</th></tr></thead>
    <tbody>${rows.map(([name, m]) => html`<tr><th scope="row">${name}</th><td>${num(m.objects)}</td><td>${num(m.bytes)}</td><td><${Share} part=${m.objects} of=${line.objects}/></td></tr>`)}</tbody></table>`;
}

function Histogram({ stages }) {
  const shown = stages.filter((s) => s.ended > 0 || s.arrays > 0);
  const most = Math.max(1, ...shown.map((s) => s.ended));
  return html`<table class="histogram"><caption>How large its maps became</caption><thead><tr><th scope="col">room for</th><th scope="col">maps that ended there</th><th scope="col">arrays made</th></tr></thead>
    <tbody>${shown.map((s) => html`<tr><th scope="row">${num(s.capacity)} entries</th><td><span class="hist"><span class="fill" style=${{ width: `${100 * s.ended / most}%` }}/></span>${num(s.ended)}</td><td>${num(s.arrays)}</td></tr>`)}</tbody></table>`;
}

function Hints({ map }) {
  if (map.hints.length === 0) return null;
  return html`<table><caption>What a hint would cost all of them together</caption><thead><tr><th scope="col">hint</th><th scope="col">objects</th><th scope="col">bytes</th><th scope="col">objects saved</th><th scope="col">bytes saved</th></tr></thead>
    <tbody><tr><th scope="row">as it is</th><td>${num(map.objects)}</td><td>${num(map.bytes)}</td><td>–</td><td>–</td></tr>
      ${map.hints.map((p) => html`<tr class=${map.best && p.hint === map.best.hint ? 'chosen' : ''}><th scope="row">${num(p.hint)}${p.hint_to > p.hint ? ` to ${num(p.hint_to)}` : ''}${map.best && p.hint === map.best.hint ? ' (best)' : ''}</th>
        <td>${num(p.objects)}</td><td>${num(p.bytes)}</td><td>${num(p.saved_objects)}</td><td>${num(p.saved_bytes)}</td></tr>`)}</tbody></table>`;
}

function sentence(line) {
  const map = line.maps[0];
  if (!map) return 'No map grows on this line.';
  const maps = `${num(map.maps)}${map.maps_off ? ` ± ${num(map.maps_off)}` : ''} map${map.maps === 1 ? '' : 's'}`;
  if (map.verdict === 'unsure') return `Perhaps ${maps} grew here: ${map.why}.`;
  if (!map.best) return `${maps} grew here; no hint would pay.`;
  return `${maps} grew here; make(map[K]V, ${num(map.best.hint)}) saves ${num(map.best.saved_objects)} of ${num(line.objects)} objects and ${num(map.best.saved_bytes)} bytes.`;
}

function Line({ line, total }) {
  return html`<article class="line"><h3><code>${line.func}:${line.line}</code> <small>${line.file}</small></h3>
    <p class="sentence">${sentence(line)}</p>
    <p class="row"><span>${num(line.objects)} objects <${Share} part=${line.objects} of=${total.objects}/></span>
      <span>${num(line.bytes)} bytes <${Share} part=${line.bytes} of=${total.bytes}/></span></p>
    <div class="sideways" tabindex="0" role="group" aria-label="Tables of this line, scroll"><div class="columns"><${Mechanisms} line=${line}/>
      ${line.maps.map((m) => html`<${Histogram} stages=${m.stages}/><${Hints} map=${m}/>`)}
      ${line.slices && html`<p>${num(line.slices.slices)} slices grew by append; a capacity saves ${num(line.slices.saved_objects)} objects and ${num(line.slices.saved_bytes)} bytes.</p>`}</div></div></article>`;
}

export class ProfilePage extends Component {
  state = { bytes: false };
  tree = null;
  render({ doc }, { bytes }) {
    const e = doc.explained;
    if (!this.tree || this.by !== bytes)
      this.tree = treeOf(doc.stacks.map(([stack, o, b]) => [stack.split('\n').filter(Boolean), bytes ? b : o]));
    this.by = bytes;
    return html`<div class="page"><header><div class="top"><h1>${e.source}</h1></div>
      <p class="lesson">${num(e.objects)} objects and ${num(e.bytes)} bytes, by the line that allocated them.</p>
      <p class="runfacts"><span>rules of ${e.go}${e.go_why ? `, ${e.go_why}` : ''}</span><span>frames ${e.frames}</span><span>rate ${num(e.rate)}</span><span>seed ${e.seed}</span></p>
      <p class="command"><code>${doc.command}</code></p></header>
      <main><section><h2>All of it</h2>
        <p class="row"><label class="switch"><input type="checkbox" checked=${bytes} onChange=${(ev) => this.setState({ bytes: ev.target.checked })}/> by bytes, not objects</label></p>
        <${FlameGraph} tree=${this.tree} unit=${bytes ? 'bytes' : 'objects'} label="Flame graph of the profile; the lines below say the same."/></section>
      <section><h2>Line by line</h2>${e.lines.map((l) => html`<${Line} line=${l} total=${e}/>`)}
        ${e.left_out > 0 && html`<p class="hint">${num(e.left_out)} smaller lines are left out.</p>`}</section></main>
      <footer><details><summary>Licences of what is in this page</summary><pre tabindex="0">${document.getElementById('licences').textContent}</pre></details></footer></div>`;
  }
}
