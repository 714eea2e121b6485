// mapview.js: the map after a step: how full it is, its arrays or tables, and
// what a chosen slot holds.

import { Component, html } from './ui.js';
import { Cells } from './cells.js';
import { Rows, rowsOf, slotOf } from './rows.js';
import { num } from './words.js';

// A bar of entries against what the map, or one table, takes before it grows.
function Bar({ name, len, limit, over }) {
  const share = Math.min(1, len / Math.max(1, limit));
  return html`<div class="bar">
    <span class="barname">${name}</span>
    <span class=${`track${over ? ' over' : ''}`}><span class="fill" style=${{ width: `${share * 100}%` }}/></span>
    <span class="barnum">${num(len)} of ${num(limit)}${over ? ': full' : ''}</span>
  </div>`;
}

const capacityB = (B) => (B === 0 ? 8 : 6.5 * 2 ** B);
const capacitySlots = (slots) => (slots <= 8 ? 8 : slots * 7 / 8);

// Before and after a growth, and else how full it is now.
export function Fullness({ step, state }) {
  if (!state) return null;
  const g = step.growths[0];
  const swiss = state.B === 0 && (state.directory > 0 || state.type === null || step.swiss);
  if (g && g.why === 'load')
    return html`<div class="fullness">
      <${Bar} name="before" len=${g.len} limit=${capacityB(g.from)} over/>
      <${Bar} name="after" len=${state.len} limit=${capacityB(g.to)}/></div>`;
  if (g && (g.why === 'table' || g.why === 'split'))
    return html`<div class="fullness">
      <${Bar} name="this table" len=${g.moves} limit=${capacitySlots(g.from)} over/>
      <${Bar} name=${g.why === 'split' ? 'each of two' : 'the new one'}
        len=${g.why === 'split' ? g.moves / 2 : g.moves + 1} limit=${capacitySlots(g.to)}/></div>`;
  if (state.slots === 0) return null;
  const limit = swiss || state.directory > 0 ? capacitySlots(state.slots) : capacityB(state.B);
  return html`<div class="fullness"><${Bar} name="entries" len=${state.len} limit=${limit}/></div>`;
}

// All tables of a large map, told as one array: none has so many slots.
const isTogether = (a) => a.swiss && a.slots > 1024;

function arrayTitle(a, old) {
  const each = a.unit ? `, ${num(a.unit)} bytes each` : '';
  if (isTogether(a))
    return `${num(a.places)} places, their tables side by side: ${num(a.used)} entries in ${num(a.slots)} slots, `
      + `room for ${num(a.room)}${a.tombstones ? `, ${num(a.tombstones)} tombstones` : ''}`;
  if (a.swiss && a.slots <= 8) return `one group of 8 slots${each}`;
  if (a.swiss)
    return `table ${a.place}${a.places > 1 ? ` to ${a.place + a.places - 1}` : ''}: `
      + `${num(a.used)} entries in ${num(a.slots)} slots, room for ${num(a.room)}`
      + `${a.tombstones ? `, ${num(a.tombstones)} tombstones` : ''}`;
  const spares = a.spares ? `, and ${num(a.spares)} spare` : '';
  return `${old ? 'old array, being emptied: ' : ''}${num(a.rows)} bucket${a.rows === 1 ? '' : 's'}${spares}${each}`;
}

// hash 79f4…: which bits pick the bucket or table, which byte stands in it.
function HashSplit({ hash, state, array }) {
  if (!hash) return null;
  const h = BigInt(`0x${hash}`);
  const bits = h.toString(2).padStart(64, '0');
  const swiss = array.swiss;
  const parts = swiss
    ? [[bits.slice(0, state.depth), 'table'], [bits.slice(state.depth, 57), 'group (h1)'], [bits.slice(57), 'control byte (h2)']]
    : [[bits.slice(0, 8), 'tophash'], [bits.slice(8, 64 - state.B), ''], [bits.slice(64 - state.B), 'bucket']];
  return html`<p class="hash">hash ${hash}: ${parts.filter(([b]) => b).map(([b, name]) =>
    html`<span class=${name ? 'bits named' : 'bits'}><code>${b.length > 14 ? `${b.slice(0, 6)}…${b.slice(-6)}` : b}</code>${name && html`<small>${name}</small>`}</span>`)}</p>`;
}

function Chosen({ place, arrays, state, hashes }) {
  const [id, number, depth, slot] = (place ?? '').split('/');
  const a = arrays.find((x) => `${x.map}.${x.array}` === id);
  const row = a && !a.per_cell && rowsOf(a).find((r) => r.number === +number && r.depth === +depth);
  if (!row) return html`<p class="hint">Choose a slot to see its key, its hash and where it lies.</p>`;
  const kind = slotOf(row, +slot, a.swiss);
  const key = row.keys[slot];
  const at = depth === '0' ? (BigInt(`0x${a.address}`) + BigInt(number * a.unit)).toString(16) : null;
  return html`<div class="chosenslot" aria-live="polite">
    <p><strong>${a.swiss ? 'group' : 'bucket'} ${number}${depth > 0 ? `, overflow ${depth}${row.spare ? ' (a spare)' : ''}` : ''}, slot ${slot}</strong>:
      ${' '}${key === null ? kind === 'moved' ? 'its entry has moved' : kind : html`key <code>${key}</code>`}
      ${at && html`, at <code>0x${at}</code>`}, ${num(a.unit)} bytes</p>
    ${key !== null && html`<${HashSplit} hash=${hashes.get(`${a.map}:${key}`)} state=${state} array=${a}/>`}
  </div>`;
}

// The same picture as words, for those who do not see it.
class AsTable extends Component {
  state = { open: false };
  render({ arrays }, { open }) {
    return html`<details class="astable" onToggle=${(e) => this.setState({ open: e.target.open })}><summary>The same as a table</summary>
      ${open && arrays.map((a) => html`<${ArrayTable} a=${a}/>`)}</details>`;
  }
}

function ArrayTable({ a }) {
  const rows = a.per_cell
    ? [...a.list.slice(0, 256)].map((v, i) => [num(i * a.per_cell), v >> 1, ''])
    : rowsOf(a).map((r) => [`${r.number}${r.depth ? `, overflow ${r.depth}` : ''}`,
      [0, 1, 2, 3, 4, 5, 6, 7].filter((i) => slotOf(r, i, a.swiss) === 'entry').length,
      r.keys.filter((k) => k !== null).join(' ')]);
  return html`<table><caption>${arrayTitle(a, a.old)}${a.per_cell ? ': entries a cell, the first 256' : ''}</caption>
    <thead><tr><th scope="col">row</th><th scope="col">entries</th>${!a.per_cell && html`<th scope="col">keys</th>`}</tr></thead>
    <tbody>${rows.map(([name, n, keys]) => html`<tr><th scope="row">${name}</th><td>${n}</td>${!a.per_cell && html`<td>${keys}</td>`}</tr>`)}</tbody></table>`;
}

function Legend({ swiss, cells, marked }) {
  if (cells)
    return html`<p class="legend"><span class="ramp"/> 0 to 8 entries a ${swiss ? 'group' : 'bucket'}
      ${marked && html`<span class="key"><i class="k striped"/>${swiss ? 'has tombstones' : 'evacuated'}</span>`}</p>`;
  return html`<p class="legend">
    <span class="key"><i class="k entry"/>entry (its ${swiss ? 'control' : 'tophash'} byte)</span>
    <span class="key"><i class="k fresh"/>new in this step</span>
    <span class="key"><i class="k came"/>moved here in this step</span>
    ${swiss ? html`<span class="key"><i class="k tombstone">×</i>tombstone</span>`
      : html`<span class="key"><i class="k moved">╱</i>moved</span><span class="key"><i class="k empty">•</i>deleted</span>`}
    <span class="key"><i class="k empty"/>empty</span></p>`;
}

export class MapView extends Component {
  state = { place: null, cell: -1, zoom: 1, width: 560 };
  componentDidMount() {
    const fit = () => {
      const width = this.box?.clientWidth;
      if (width && width !== this.state.width) this.setState({ width });
    };
    this.observer = new ResizeObserver(fit);
    this.observer.observe(this.box);
    fit();
  }
  componentWillUnmount() { this.observer.disconnect(); }
  choose = (place) => this.setState({ place });
  chooseCell = (cell) => this.setState({ cell });
  render({ picture, step, hashes }, { place, cell, zoom, width }) {
    const { state, arrays, asOf } = picture;
    const swiss = arrays.some((a) => a.swiss);
    const cells = arrays.some((a) => a.per_cell > 0);
    return html`<div class="mapview" ref=${(b) => { this.box = b; }}>
      <${Fullness} step=${step} state=${state}/>
      ${!state && html`<p class="hint">No map in this step.</p>`}
      ${state && asOf === null && html`<p class="hint">This map is not drawn in this page: its figures alone are told.</p>`}
      ${state && asOf !== null && asOf < step.at && !step.state?.drawn && step.state && html`<p class="hint">Drawn as it was after step ${num(asOf)}.</p>`}
      ${state && asOf !== null && arrays.length === 0 && html`<p class="hint">A header alone: no bucket until the first insert.</p>`}
      ${swiss && state.directory > 0 && html`<${Directory} state=${state} arrays=${arrays}/>`}
      ${arrays.map((a) => html`<figure key=${`${a.map}.${a.array}`} class=${a.old ? 'old' : ''}>
        <figcaption>${arrayTitle(a, a.old)}${a.per_cell > 1 ? `; ${num(a.per_cell)} ${a.swiss ? 'groups' : 'buckets'} a cell` : ''}</figcaption>
        ${a.per_cell ? html`<${Cells} array=${a} width=${width} zoom=${zoom} label=${arrayTitle(a, a.old)}
            chosen=${cell < a.list.length ? cell : -1} choose=${this.chooseCell}/>`
          : html`<${Rows} array=${a} step=${step} width=${width} label=${arrayTitle(a, a.old)}
            chosen=${place} choose=${this.choose}/>`}
      </figure>`)}
      ${arrays.length > 0 && html`<${Legend} swiss=${swiss} cells=${cells} marked=${true}/>`}
      ${cells && html`<p class="zoom"><button type="button" onClick=${() => this.setState({ zoom: Math.max(1, zoom / 2) })}>Smaller cells</button>
        <button type="button" onClick=${() => this.setState({ zoom: Math.min(8, zoom * 2) })}>Larger cells</button>
        ${cell >= 0 && arrays[arrays.length - 1].list[cell] !== undefined && html`<span>cell ${num(cell)}: ${num(arrays[arrays.length - 1].list[cell] >> 1)} entries</span>`}</p>`}
      ${arrays.length > 0 && !cells && html`<${Chosen} place=${place} arrays=${arrays} state=${state} hashes=${hashes}/>`}
      ${arrays.length > 0 && html`<${AsTable} arrays=${arrays}/>`}
    </div>`;
  }
}

// Places of the directory, joined where they lead to one table.
function Directory({ state, arrays }) {
  const tables = [...new Map(arrays.map((a) => [a.place, a])).values()];
  if (state.directory > 64 || arrays.some(isTogether))
    return html`<p class="directory">directory of ${num(state.directory)} places, ${num(state.tables)} tables</p>`;
  return html`<div class="directory"><span>directory</span>
    ${tables.map((t) => html`<span class="place" style=${{ flexGrow: t.places }} title=${`places ${t.place} to ${t.place + t.places - 1}`}>${t.places > 1 ? `${t.place}–${t.place + t.places - 1}` : t.place}</span>`)}</div>`;
}
