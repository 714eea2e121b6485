// app.js: the page of a recording: one release, or two side by side.

import { Component, html } from './ui.js';
import { indexAt, pictureAt, streamOf, timeline } from './model.js';
import { nameOf, num, sentenceOf } from './words.js';
import { MapView } from './mapview.js';
import { Objects } from './panels.js';
import { Scrubber } from './scrubber.js';
import { Counters, FlameChart } from './charts.js';
import { ChainTable, FlameGraph, filterOf, treeOf } from './flames.js';
import { Embed } from './embed.js';

const PLAY_MS = 450;

function linkOf() {
  const q = new URLSearchParams(location.hash.slice(1));
  return { e: q.get('e'), v: q.get('v'), part: q.get('part') };
}

// Sentence, map, objects: what one release does in a step.
function Release({ stream, part, at, focus, asPprof, setPprof, filter, setFilter }) {
  const i = indexAt(part, at);
  if (i < 0) return html`<article class="release"><h2>${stream.head.go}</h2><p>Not begun.</p></article>`;
  const step = part.steps[i];
  const picture = pictureAt(part, i);
  return html`<article class=${`release${focus ? ' focus' : ''}`} data-go=${stream.head.go} aria-label=${stream.head.go}>
    <h2>${stream.head.go}<small>${picture.state?.directory > 0 || picture.arrays.some((a) => a.swiss) ? 'swiss map' : picture.state ? 'bucket map' : ''}</small></h2>
    <p class=${`sentence${step.allocs.length ? ' allocates' : ''}`}><strong>${nameOf(step)}: </strong>${sentenceOf(step, stream.chains)}
      ${step.skipped > 0 && html` <small>After ${num(step.skipped)} steps that are not shown singly${step.skippedAllocs.length ? `, in which ${num(step.skippedAllocs.reduce((n, a) => n + a.objects, 0))} objects were allocated` : ''}.</small>`}</p>
    <dl class="facts">
      <div><dt>entries</dt><dd data-fact="len">${num(picture.state?.len ?? 0)}</dd></div>
      ${picture.arrays.some((a) => a.swiss)
        ? html`<div><dt>slots</dt><dd data-fact="slots">${num(picture.state?.slots ?? 0)}</dd></div>
           <div><dt>tables</dt><dd data-fact="tables">${num(picture.state?.tables ?? 0)}</dd></div>`
        : html`<div><dt>B</dt><dd data-fact="B">${picture.state?.B ?? 0}</dd></div>
           <div><dt>overflow</dt><dd data-fact="overflow">${num(picture.state?.overflow ?? 0)}</dd></div>`}
      <div><dt>objects</dt><dd data-fact="objects">${num(step.sums.objects)}</dd></div>
      <div><dt>bytes</dt><dd data-fact="bytes">${num(step.sums.bytes)}</dd></div></dl>
    <${MapView} picture=${picture} step=${step} hashes=${stream.hashes}/>
    <${Objects} part=${part} step=${step} chains=${stream.chains} asPprof=${asPprof} setPprof=${setPprof} filter=${filter} setFilter=${setFilter}/>
  </article>`;
}

function Differences({ streams, parts, at }) {
  const rows = [['objects', 'objects'], ['bytes', 'bytes'], ['the map’s bytes now', 'reach'], ['… at their peak', 'peak'], ['entries moved', 'moved']];
  const sums = parts.map((p) => p.steps[Math.max(0, indexAt(p, at))].sums);
  const last = parts.map((p) => p.steps[p.steps.length - 1].sums);
  const change = (a, b) => a === b ? 'same' : a === 0 ? 'more' : b / a > 2 ? `× ${(b / a).toFixed(1)}` : `${b > a ? '+' : '−'}${Math.abs(Math.round(100 * (b / a - 1)))} %`;
  return html`<table class="differences"><caption>Side by side, up to this step and in all</caption>
    <thead><tr><th scope="col">figure</th>${streams.map((s) => html`<th scope="col">${s.head.go}</th>`)}${streams.length > 1 && html`<th scope="col">change</th>`}
      ${streams.map((s) => html`<th scope="col">${s.head.go}, in all</th>`)}</tr></thead>
    <tbody>${rows.map(([name, f]) => html`<tr><th scope="row">${name}</th>${sums.map((s) => html`<td>${num(s[f])}</td>`)}
      ${streams.length > 1 && html`<td>${change(sums[0][f], sums[sums.length - 1][f])}</td>`}${last.map((s) => html`<td>${num(s[f])}</td>`)}</tr>`)}</tbody></table>`;
}

function Head({ doc, streams, children }) {
  const h = streams[0].head;
  const facts = [h.type, h.n !== undefined && `n ${num(h.n)}`, h.hint !== undefined && `hint ${num(h.hint)}`,
    streams.map((s) => s.head.go).join(', '), `seed ${h.seed}`, `${h.hash} hash`].filter(Boolean);
  return html`<header><div class="top"><h1>${h.source}</h1>${children}</div>
    ${h.lesson && html`<p class="lesson">${h.lesson}</p>`}
    <p class="runfacts">${facts.map((f) => html`<span>${f}</span>`)}</p>
    ${doc.every > 1 && html`<p class="note">Not every step is here: each ${num(doc.every)}th is, and all in which a map grows or a collection runs. Sums are of all steps.${doc.draw > 1 ? ` The map is drawn anew in each ${num(doc.draw)}th of those.` : ''}</p>`}
    ${h.not_repeatable && html`<p class="note">Not repeatable: ${h.not_repeatable}</p>`}
    <${Origin} command=${doc.command}/></header>`;
}

// The command that made the page, and why its figures can be believed.
class Origin extends Component {
  state = { copied: false };
  copy = () => {
    navigator.clipboard?.writeText(this.props.command)
      .then(() => this.setState({ copied: true }), () => getSelection().selectAllChildren(this.code));
  };
  render({ command }, { copied }) {
    return html`<p class="origin"><code ref=${(c) => { this.code = c; }}>${command}</code>
      <button type="button" onClick=${this.copy}>${copied ? 'Copied' : 'Copy'}</button>
      <span>Every number is Go’s own: <code>hmap verify</code> compares such runs with real Go, byte by byte.</span></p>`;
  }
}

export class App extends Component {
  state = { place: 0, number: 0, v: 0, asPprof: false, filter: null, byBytes: false, playing: false, big: false, scheme: 'auto' };
  constructor(props) {
    super(props);
    const link = linkOf();
    const numbers = this.numbers();
    this.state.number = numbers.includes(+link.part) ? +link.part : numbers[0];
    this.lay(this.state.number);
    const growth = this.parts[0]?.steps.filter((s) => s.growths.length)[1];
    this.state.place = this.placeOf(link.e !== null ? +link.e : growth?.at ?? 0);
    this.state.v = Math.max(0, props.streams.findIndex((s) => s.head.go.endsWith(link.v) && link.v));
  }
  // Parts that every release has, by number.
  numbers() {
    return this.props.streams[0].parts.map((p) => p.number)
      .filter((n) => this.props.streams.every((s) => s.parts.some((p) => p.number === n)));
  }
  lay(number) {
    this.parts = this.props.streams.map((s) => s.parts.find((p) => p.number === number) ?? s.parts[0]);
    this.all = timeline(this.parts);
    this.times = this.all;
    this.trees = new Map();
  }
  placeOf(at) {
    let i = 0;
    while (i + 1 < this.times.length && this.times[i + 1] <= at) i++;
    return i;
  }
  componentDidMount() {
    document.addEventListener('keydown', this.key);
    addEventListener('hashchange', this.follow);
  }
  componentWillUnmount() {
    document.removeEventListener('keydown', this.key);
    removeEventListener('hashchange', this.follow);
  }
  follow = () => {
    const link = linkOf();
    if (link.e !== null && +link.e !== this.times[this.state.place]) this.goAt(+link.e);
  };
  go = (place) => {
    const to = Math.max(0, Math.min(this.times.length - 1, place));
    this.setState({ place: to }, this.link);
  };
  // Browsers count calls: the address follows when the reader has come to rest.
  link = () => {
    clearTimeout(this.linking);
    this.linking = setTimeout(this.linkNow, 120);
  };
  linkNow = () => {
    const { number, v, place } = this.state;
    const part = this.numbers().length > 1 ? `&part=${number}` : '';
    history.replaceState(null, '', `#e=${this.times[place]}&v=${this.props.streams[v].head.go.slice(2)}${part}`);
  };
  // A step by its number: where the filter leaves it out, all steps come back.
  goAt = (at) => {
    if (this.state.filter && !this.times.includes(at)) this.setFilter(null);
    this.go(this.placeOf(at));
  };
  // The next step, of any release, in which there is one of what.
  jump = (what, back = false) => {
    const here = this.times[this.state.place];
    const shown = new Set(this.times);
    const hit = (s) => s[what].length > 0 && shown.has(s.at);
    let best = null;
    for (const p of this.parts)
      for (const s of p.steps)
        if (hit(s) && (back ? s.at < here && (best === null || s.at > best) : s.at > here && (best === null || s.at < best)))
          best = s.at;
    if (best !== null) this.goAt(best);
  };
  play = () => this.setState({ playing: !this.state.playing }, () => {
    clearInterval(this.timer);
    if (!this.state.playing) return;
    this.timer = setInterval(() => {
      if (this.state.place >= this.times.length - 1) this.play();
      else this.go(this.state.place + 1);
    }, PLAY_MS);
  });
  key = (e) => {
    const typing = e.target.matches?.('input[type=number], textarea, select');
    if (typing || e.altKey || e.ctrlKey || e.metaKey) return;
    const pressing = e.target.matches?.('button, summary, input[type=checkbox], a');
    const acts = {
      ArrowRight: () => e.shiftKey ? this.jump('growths') : this.go(this.state.place + 1),
      ArrowLeft: () => e.shiftKey ? this.jump('growths', true) : this.go(this.state.place - 1),
      Home: () => this.go(0), End: () => this.go(this.times.length - 1),
      ' ': pressing ? null : this.play,
    };
    if (!acts[e.key]) return;
    e.preventDefault();
    acts[e.key]();
  };
  setPprof = (asPprof) => this.setState({ asPprof });
  // The steps of release v that allocate through one of the filter's chains;
  // null: all steps.
  setFilter = (filter, v = this.state.v) => {
    const at = this.times[this.state.place];
    const through = (s, k) => k === v && s.allocs.some((a) => filter.chains.has(a.chain));
    const times = filter ? timeline(this.parts, through) : this.all;
    if (times.length === 0) return;
    this.times = times;
    this.setState({ filter, v, place: this.placeOf(at) }, this.link);
  };
  // A box of the flame chart: its chain, and the step that it begins with.
  chooseBox = (chain, k) => {
    const { v } = this.state, part = this.parts[v];
    this.setFilter(filterOf(chain, this.props.streams[v].chains, null));
    this.goAt(part.steps[Math.min(k, part.steps.length - 1)].at);
  };
  setScheme = (scheme) => {
    if (scheme === 'auto') delete document.documentElement.dataset.scheme;
    else document.documentElement.dataset.scheme = scheme;
    this.setState({ scheme });
  };
  choosePart = (number) => {
    this.lay(number);
    this.setState({ number, place: 0, filter: null }, this.link);
  };
  tree(k) {
    const { asPprof, byBytes } = this.state;
    const key = `${k}${asPprof}${byBytes}`;
    if (!this.trees.has(key)) {
      const { chains } = this.props.streams[k];
      this.trees.set(key, treeOf(this.parts[k].allocs.map((a) => [
        (chains[a.chain - 1] ?? []).filter((f) => !asPprof || !f.hidden).map((f) => f.func).reverse(),
        byBytes ? a.objects * a.slot : a.objects, a.chain])));
    }
    return this.trees.get(key);
  }
  render({ doc, streams }, s) {
    const at = this.times[s.place];
    const v = streams[s.v], part = this.parts[s.v];
    const i = Math.max(0, indexAt(part, at));
    const step = part.steps[i];
    const said = `${nameOf(step)}: ${sentenceOf(step, v.chains)}`;
    const numbers = this.numbers();
    const titles = streams[0].parts;
    const scrub = { times: this.times, steps: this.all.length, setFilter: this.setFilter, place: s.place, go: this.go, goAt: this.goAt, jump: this.jump, play: this.play,
      playing: s.playing, text: said, parts: this.parts, filter: s.filter, scheme: s.scheme };
    return html`<div class=${`page${s.big ? ' big' : ''}`}>
      <${Head} doc=${doc} streams=${streams}><div class="switches">
        <label>Scheme <select onChange=${(e) => this.setScheme(e.target.value)}><option value="auto">as the system</option><option value="light">light</option><option value="dark">dark</option></select></label>
        <label class="switch"><input type="checkbox" checked=${s.big} onChange=${(e) => this.setState({ big: e.target.checked })}/> large type</label></div><//>
      <main>
      ${numbers.length > 1 && html`<label class="parts">Part <select value=${s.number} onChange=${(e) => this.choosePart(+e.target.value)}>
        ${numbers.map((n) => html`<option value=${n}>${titles.find((p) => p.number === n).title ?? `part ${n}`}</option>`)}</select></label>`}
      <${Scrubber} props=${scrub}/>
      <p class="spoken" aria-live=${s.playing ? 'off' : 'polite'}>${said}</p>
      ${streams.length > 1 && html`<div class="tabs" role="group" aria-label="Release in front">${streams.map((x, k) => html`<button type="button" aria-pressed=${k === s.v ? 'true' : 'false'}
        onClick=${() => { this.setFilter(null); this.setState({ v: k }, this.link); }}>${x.head.go}</button>`)}</div>`}
      <div class=${`releases n${Math.min(3, streams.length)}`}>${streams.map((x, k) => html`<${Release} key=${x.head.go} stream=${x} part=${this.parts[k]} at=${at} focus=${k === s.v}
        asPprof=${s.asPprof} setPprof=${this.setPprof} filter=${k === s.v ? s.filter : null} setFilter=${(f) => this.setFilter(f, k)}/>`)}</div>
      <section><h2>In figures</h2><div class="scroll" tabindex="0" role="group" aria-label="Figures, scrolls"><${Differences} streams=${streams} parts=${this.parts} at=${at}/></div></section>
      <section><h2>How it adds up <small>${v.head.go}</small></h2><${Counters} part=${part} step=${step} at=${at} go=${this.goAt} scheme=${s.scheme}/></section>
      <section><h2>In the order of allocation <small>${v.head.go}</small></h2>
        <p class="row"><label class="switch"><input type="checkbox" checked=${s.byBytes} onChange=${(e) => this.setState({ byBytes: e.target.checked })}/> by bytes, not objects</label></p>
        <${FlameChart} part=${part} chains=${v.chains} step=${step} byBytes=${s.byBytes} filter=${s.filter} scheme=${s.scheme}
          choose=${this.chooseBox}/>
        <h3>Added up <small>a press leaves the steps that allocate through a function</small></h3>
        <${FlameGraph} tree=${this.tree(s.v)} scheme=${s.scheme} unit=${s.byBytes ? 'bytes' : 'objects'} choose=${this.setFilter} label="Flame graph; the table of chains says the same."/>
        <${ChainTable} part=${part} step=${step} chains=${v.chains} filter=${s.filter} setFilter=${this.setFilter} asPprof=${s.asPprof}/></section>
      <${Embed} said=${said} command=${doc.command}/>
      </main>
      <footer><p>Keys: ← → a step, Shift ← → a growth, Space plays, Home and End. Made by hmap; the page asks nobody for anything.</p>
        <details><summary>Licences of what is in this page</summary><pre tabindex="0">${document.getElementById('licences').textContent}</pre></details></footer>
    </div>`;
  }
}

export async function loadStreams(doc) {
  const streams = [];
  for (const r of doc.recordings) streams.push(await streamOf(r));
  return streams.filter((s) => s.parts.length > 0);
}
