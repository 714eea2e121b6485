// flames.js: the flame graph (d3-flame-graph), and its chains as a table.

import flamegraph from 'd3-flame-graph';
import { select } from 'd3-selection';
import { Component, html } from './ui.js';
import { num } from './words.js';

// stacks: [functions, root first; value; the chain's number, where it has one]
// of each. A frame knows the chains that go through it.
export function treeOf(stacks) {
  const root = { name: 'all', value: 0, children: [], chains: new Set() };
  for (const [frames, value, chain] of stacks) {
    let at = root;
    root.value += value;
    for (const name of frames) {
      let next = at.children.find((c) => c.name === name);
      if (!next) {
        next = { name, value: 0, children: [], chains: new Set() };
        at.children.push(next);
      }
      next.value += value;
      next.chains.add(chain);
      at = next;
    }
  }
  return root;
}

export class FlameGraph extends Component {
  componentDidMount() {
    this.observer = new ResizeObserver(() => {
      if (this.box.clientWidth !== this.width) this.make();
    });
    this.observer.observe(this.box);
    this.make();
  }
  componentWillUnmount() { this.observer.disconnect(); }
  componentDidUpdate(before) { if (before.tree !== this.props.tree) this.make(); }
  make() {
    this.width = this.box.clientWidth;
    this.box.replaceChildren();
    const get = (n) => getComputedStyle(document.documentElement).getPropertyValue(`--flame${n % 4}`).trim();
    const graph = flamegraph().width(this.width).cellHeight(20).inverted(true)
      .transitionDuration(0).minFrameSize(1)
      .setColorMapper((d) => get(d.data.name.length * 7 + d.data.name.charCodeAt(d.data.name.length - 1)))
      .label((d) => `${d.data.name}: ${num(d.value ?? d.data.value)} ${this.props.unit}`);
    const { choose } = this.props;
    if (choose) graph.onClick((d) => choose(d.depth === 0 ? null : { chains: d.data.chains, name: d.data.name }));
    select(this.box).datum(this.props.tree).call(graph);
  }
  render({ label }) {
    return html`<div class="flamegraph" role="img" aria-label=${label} ref=${(b) => { this.box = b; }}/>`;
  }
}

const textOf = (chain, asPprof) => (chain ?? []).filter((f) => !asPprof || !f.hidden)
  .map((f) => f.func).join(' < ') || '(not profiled)';

// The filter of one chain alone; where it is the filter already: of none.
export function filterOf(id, chains, filter) {
  if (filter?.chains.size === 1 && filter.chains.has(id)) return null;
  return { chains: new Set([id]), name: textOf(chains[id - 1], false) };
}

// The chains with what they allocated up to the step; a press filters.
export function ChainTable({ part, step, chains, filter, setFilter, asPprof }) {
  const sums = new Map();
  for (const a of part.allocs) {
    if (a.step > step.index) break;
    const s = sums.get(a.chain) ?? { objects: 0, bytes: 0 };
    s.objects += a.objects;
    s.bytes += a.objects * a.slot;
    sums.set(a.chain, s);
  }
  const rows = [...sums].sort((x, y) => y[1].objects - x[1].objects || x[0] - y[0]);
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Chains, scrolls"><table class="chains"><caption>Chains up to this step</caption>
    <thead><tr><th scope="col">objects</th><th scope="col">bytes</th><th scope="col">chain</th></tr></thead>
    <tbody>${rows.map(([id, s]) => html`<tr class=${filter?.chains.has(id) ? 'chosen' : ''}><td>${num(s.objects)}</td><td>${num(s.bytes)}</td>
      <td><button type="button" class="link" aria-pressed=${filter?.chains.has(id) ? 'true' : 'false'} onClick=${() => setFilter(filterOf(id, chains, filter))}>${textOf(chains[id - 1], asPprof)}</button></td></tr>`)}</tbody></table></div>`;
}
