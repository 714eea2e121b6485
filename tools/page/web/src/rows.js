// rows.js: a map of at most 256 buckets or groups: each row with its eight
// slots, as SVG. The rows are an ARIA grid: one tab stop, arrows go from slot
// to slot.

import { Steady, html } from './ui.js';

// What a tophash or a control byte says.
export function slotOf(row, i, swiss) {
  const b = row.bytes[i];
  if (swiss) return b < 0x80 ? 'entry' : b === 0x80 ? 'empty' : 'tombstone';
  if (b >= 5) return 'entry';
  return ['empty', 'hole', 'moved', 'moved', 'moved'][b];
}

const words = {
  entry: 'entry', empty: 'empty', tombstone: 'tombstone', hole: 'deleted',
  moved: 'moved to the new array',
};

export function geometry(rows, width) {
  const cell = rows <= 16 ? 34 : rows <= 48 ? 24 : rows <= 128 ? 13 : 9;
  const label = cell >= 24 ? 74 : 34;
  const rowWidth = label + 8 * cell + 14;
  const fit = Math.min(1, (width - 4) / rowWidth);
  const columns = Math.max(1, Math.min(rows, Math.floor(width / rowWidth)));
  return { cell: cell * fit, label: label * fit, pitch: cell * fit + (cell > 13 ? 5 : 2),
    rowWidth: rowWidth * fit, columns: rows < 9 ? 1 : columns, fit };
}

class Slot extends Steady {
  render({ x, y, size, kind, news, text, title, chosen, onChoose, place }) {
    const mark = size > 14;
    return html`<g class=${`slot ${kind}${news ? ` ${news}` : ''}${chosen ? ' chosen' : ''}`}
        role="gridcell" aria-label=${title} data-place=${place}
        aria-selected=${chosen ? 'true' : 'false'}
        tabindex=${chosen ? 0 : -1} onClick=${onChoose}>
      <rect x=${x} y=${y} width=${size} height=${size} rx=${Math.min(5, size / 5)}/>
      ${kind === 'moved' && html`<line x1=${x + 2} y1=${y + size - 2} x2=${x + size - 2} y2=${y + 2}/>`}
      ${kind === 'tombstone' && html`<path d=${`M${x + size * 0.3} ${y + size * 0.3}l${size * 0.4} ${size * 0.4}m0 ${-size * 0.4}l${-size * 0.4} ${size * 0.4}`}/>`}
      ${kind === 'hole' && html`<circle cx=${x + size / 2} cy=${y + size / 2} r=${size / 8}/>`}
      ${mark && text && html`<text x=${x + size / 2} y=${y + size / 2 + size * 0.13} font-size=${size * 0.38}>${text}</text>`}
    </g>`;
  }
}

class Row extends Steady {
  render({ row, x, y, g, swiss, name, now, newKey, chosen, choose, prefix }) {
    const slots = [];
    for (let i = 0; i < 8; i++) {
      const kind = slotOf(row, i, swiss);
      const place = `${prefix}/${row.number}/${row.depth}/${i}`;
      const key = row.keys[i];
      const text = kind === 'entry' ? row.bytes[i].toString(16).padStart(2, '0') : '';
      slots.push(html`<${Slot} key=${i} x=${x + g.label + i * g.cell} y=${y}
        size=${g.cell - (g.cell > 13 ? 4 : 1.5)} kind=${kind} text=${text}
        news=${now && kind === 'entry' && row.fresh >> i & 1 ? (key === newKey ? 'fresh' : 'came') : ''}
        title=${`${name}, slot ${i}: ${text && `${text}, `}${words[kind]}${key === null ? '' : ` ${key}`}`}
        chosen=${chosen === place} onChoose=${() => choose(place)} place=${place}/>`);
    }
    return html`<g role="row" class="row">
      <text class="rowname" role="rowheader" x=${x + g.label - 6} y=${y + g.cell * 0.6}
        font-size=${g.cell > 20 ? 12 * g.fit : Math.max(7, g.cell * 0.8)}>${
          g.cell > 20 ? (row.depth > 0 ? '↳ overflow' : `${swiss ? 'group' : 'bucket'} ${row.number}`)
            : row.depth > 0 ? '↳' : row.number}</text>
      ${slots}</g>`;
  }
}

// An array's rows in drawing order: each chain, then what hangs below it.
export function rowsOf(a) {
  if (a.overflow.length === 0) return a.list;
  const below = new Map();
  for (const r of a.overflow) {
    if (!below.has(r.number)) below.set(r.number, []);
    below.get(r.number).push(r);
  }
  return a.list.flatMap((r) =>
    [r, ...(below.get(r.number) ?? []).sort((x, y) => x.depth - y.depth)]);
}

const neighbours = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

// Moves the focus from slot to slot; the page's own keys stay out of it.
function onKey(event, choose) {
  const by = neighbours[event.key];
  const here = event.target.closest?.('[data-place]');
  if (!by || !here || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  const all = [...event.currentTarget.querySelectorAll('[data-place]')];
  const next = all[all.indexOf(here) + by[0] * 8 + by[1]];
  if (!next) return;
  choose(next.dataset.place);
  next.focus();
}

export class Rows extends Steady {
  render({ array, step, width, label, chosen, choose }) {
    const rows = rowsOf(array);
    const g = geometry(rows.length, width);
    const each = Math.ceil(rows.length / g.columns);
    const height = each * g.pitch + 4;
    const prefix = `${array.map}.${array.array}`;
    const first = `${prefix}/${rows[0]?.number}/0/0`;
    const here = chosen?.startsWith(`${prefix}/`) ? chosen : first;
    const w = Math.max(g.columns * g.rowWidth, 40);
    return html`<svg class="rows" role="grid" aria-label=${label} width=${w} height=${height}
        viewBox=${`0 0 ${w} ${height}`} onKeyDown=${(e) => onKey(e, choose)}>
      ${rows.map((row, i) => html`<${Row} key=${`${row.number}.${row.depth}`} row=${row} g=${g}
        x=${Math.floor(i / each) * g.rowWidth} y=${2 + (i % each) * g.pitch} prefix=${prefix}
        swiss=${array.swiss} now=${row.step === step.index} newKey=${step.key} choose=${choose}
        chosen=${here.startsWith(`${prefix}/${row.number}/${row.depth}/`) ? here : null}
        name=${`${array.swiss ? 'group' : 'bucket'} ${row.number}${row.depth ? ` overflow ${row.depth}` : ''}`}/>`)}
    </svg>`;
  }
}
