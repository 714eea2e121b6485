// model.js: events become parts, parts become steps, and any step's picture of
// the map can be had at once: pictures are kept every so often, and the changes
// of the steps after one are applied to it.

import { chainsOf, decode, unpackNames } from './decode.js';

const KEEP_EVERY = 32; // steps

function newStep(e, sums) {
  return {
    ...e, allocs: [], growths: [], spans: [], changes: [], gcs: [], freed: 0,
    skipped: 0, skippedAllocs: [], state: null, sums,
  };
}

function addAlloc(sums, a, part) {
  a.first = sums.objects;
  a.firstByte = sums.bytes;
  sums.objects += a.objects;
  sums.bytes += a.objects * a.slot;
  sums.heap += a.objects * a.slot;
  part.allocs.push(a);
}

// One measured stretch: steps, and every allocation in order.
function newPart(number) {
  return { number, title: null, steps: [], allocs: [], kept: new Map() };
}

function partBuilder() {
  const parts = [];
  let part, step, sums, left;
  const close = () => {
    if (step) step.sums = { ...sums };
  };
  // Steps that were left out, and none told after them: they stand for one.
  const tail = () => {
    if (left) part.steps.push({ ...left, sums: { ...sums } });
    left = null;
  };
  const on = {
    part(e) {
      close();
      tail();
      part = newPart(e.part);
      parts.push(part);
      step = left = null;
      sums = { objects: 0, bytes: 0, heap: 0, moved: 0, reach: 0, peak: 0,
        goal: 0, live: 0, deleted: 0 };
    },
    title(e) {
      const of = parts.find((p) => p.number === e.part);
      if (of) of.title = e.title;
    },
    step(e) {
      close();
      if (e.op === 'left out') {
        left = newStep(e, null);
        step = null;
        return;
      }
      step = newStep(e, null);
      if (left) {
        step.skipped = left.n;
        step.skippedAllocs = left.allocs;
        left = null;
      }
      part.steps.push(step);
    },
    alloc(e) {
      addAlloc(sums, e, part);
      (step ?? left).allocs.push(e);
      e.step = step ? part.steps.length - 1 : part.steps.length;
    },
    span(e) { (step ?? left).spans.push(e); },
    growth(e) {
      step.growths.push(e);
      sums.moved += e.moves;
      step.letGo = (step.letGo ?? 0) + e.let_go;
    },
    gc(e) {
      step.gcs.push(e);
      sums.goal = e.goal;
      sums.live = e.live;
    },
    free(e) {
      sums.heap -= e.bytes;
      if (step) step.freed += e.objects;
    },
    map(e) {
      step.state = e;
      sums.reach = e.reach;
      sums.peak = Math.max(sums.peak, e.reach + (step.letGo ?? 0));
    },
  };
  const change = (e) => step?.changes.push(e);
  on.array = on.row = on.cells = on.gone = change;
  return {
    take: (e) => on[e.event](e),
    end() {
      close();
      tail();
      for (const p of parts) finishPart(p);
      return parts.filter((p) => p.steps.length > 0);
    },
  };
}

// What a step needs of the ones before it: the map's last state, the sums.
function finishPart(part) {
  const states = new Map();
  let before = { objects: 0, bytes: 0, heap: 0, moved: 0, reach: 0, peak: 0,
    goal: 0, live: 0 };
  part.steps.forEach((s, i) => {
    s.index = i;
    s.before = before;
    before = s.sums;
    s.was = states.get(s.map || s.state?.map) ?? null;
    if (s.state) states.set(s.state.map, s.state);
  });
}

// --- pictures -------------------------------------------------------------

const blankRow = (number, depth, isSwiss) => ({
  number, depth, spare: false, fresh: 0,
  bytes: new Array(8).fill(isSwiss ? 0x80 : 0), keys: new Array(8).fill(null),
});

function changeArray(arrays, e) {
  const id = `${e.map}.${e.array}`;
  const known = arrays.get(id);
  const swiss = e.slots > 0;
  arrays.set(id, known ? { ...known, ...e } : {
    ...e, swiss, overflow: [],
    list: e.per_cell > 0 ? new Uint32Array(Math.ceil(e.rows / e.per_cell))
      : Array.from({ length: e.rows }, (_, i) => blankRow(i, 0, swiss)),
  });
  return id;
}

// The rows below a chain's first are few: a list, in the order they came.
function changeRow(a, e, step) {
  const list = e.depth === 0 ? [...a.list] : a.list;
  let overflow = a.overflow;
  const depth = Math.abs(e.depth);
  const old = depth === 0 ? list[e.row]
    : overflow.find((r) => r.number === e.row && r.depth === depth);
  if (e.depth < 0)
    return { ...a, overflow: overflow.filter((r) => r !== old) };
  const row = { ...(old ?? blankRow(e.row, depth, a.swiss)), step,
    fresh: e.mask, spare: !!e.spare };
  row.bytes = [...row.bytes];
  row.keys = [...row.keys];
  let n = 0;
  for (let i = 0; i < 8; i++) {
    if (!(e.mask >> i & 1)) continue;
    row.bytes[i] = e.bytes[n];
    row.keys[i] = e.keys[n++];
  }
  if (depth === 0) list[e.row] = row;
  else overflow = [...overflow.filter((r) => r !== old), row];
  return { ...a, list, overflow };
}

function changeCells(a, e) {
  const list = a.list.slice();
  let at = 0;
  for (let i = 0; i < e.cells.length; i += 2) {
    at += e.cells[i];
    list[at] = e.cells[i + 1];
  }
  return { ...a, list };
}

function applyStep(arrays, step) {
  let map = step.map || step.state?.map;
  for (const e of step.changes) {
    if (e.event === 'array') map = e.map;
    const id = `${map}.${e.array}`;
    if (e.event === 'array') changeArray(arrays, e);
    else if (e.event === 'gone') arrays.delete(id);
    else if (e.event === 'row')
      arrays.set(id, changeRow(arrays.get(id), e, step.index));
    else arrays.set(id, changeCells(arrays.get(id), e));
  }
}

// All arrays of all maps after step number i of part.
function arraysAt(part, i) {
  let from = Math.floor(i / KEEP_EVERY) * KEEP_EVERY;
  while (from > 0 && !part.kept.has(from)) from -= KEEP_EVERY;
  let arrays = new Map(part.kept.get(from) ?? []);
  let at = part.kept.has(from) ? from : -1;
  if (part.now && part.now.at <= i && part.now.at >= at) {
    arrays = part.now.arrays;
    at = part.now.at;
  }
  while (at < i) {
    at++;
    applyStep(arrays, part.steps[at]);
    if (at % KEEP_EVERY === 0) part.kept.set(at, new Map(arrays));
  }
  part.now = { at: i, arrays };
  return arrays;
}

// The picture of the map that the step is about, or of the last one before it;
// asOf: the step after which it was drawn, where that is an earlier one; null:
// it was never drawn.
export function pictureAt(part, i) {
  const arrays = arraysAt(part, i);
  let k = i;
  while (k >= 0 && !part.steps[k].state) k--;
  if (k < 0) return { state: null, arrays: [], asOf: null };
  const { state } = part.steps[k];
  const list = [...arrays.values()].filter((a) => a.map === state.map);
  list.sort((a, b) => b.old - a.old || a.place - b.place || a.array - b.array);
  return { state, arrays: list, asOf: drawnAt(part, k) };
}

// The last step up to number k, which has a map, that drew the same map.
function drawnAt(part, k) {
  const { map } = part.steps[k].state;
  for (; k >= 0; k--) {
    const { state, at } = part.steps[k];
    if (state?.map === map && state.drawn) return at;
  }
  return null;
}

// Spans as they are after step i, of those that were told in this part.
export function spansAt(part, i) {
  const spans = new Map();
  for (let k = 0; k <= i; k++) {
    const s = part.steps[k];
    for (const e of s.spans) spans.set(e.span, { ...e, taken: e.taken.slice() });
    for (const a of s.allocs) {
      const span = spans.get(a.span);
      if (span) span.taken[a.index >> 3] |= 1 << (a.index & 7);
    }
  }
  return spans;
}

// The span of an allocation alone, which needs no walk over all steps: back to
// where it was told last, then forth.
export function spanAt(part, i, id) {
  let k = i, told = null;
  for (; k >= 0 && !told; k--)
    told = part.steps[k].spans.findLast((s) => s.span === id) ?? null;
  if (!told) return null;
  const span = { ...told, taken: told.taken.slice() };
  for (k++; k <= i; k++)
    for (const a of part.steps[k].allocs)
      if (a.span === id) span.taken[a.index >> 3] |= 1 << (a.index & 7);
  return span;
}

// --- streams ------------------------------------------------------------

// What one release did: its parts, its chains, and the hash of each key.
export async function streamOf(recording) {
  await unpackNames(recording.log);
  const builder = partBuilder();
  const events = await decode(recording.log);
  for (const e of events) builder.take(e);
  const hashes = new Map();
  for (const e of events)
    if (e.event === 'step' && e.hash && e.key !== null)
      hashes.set(`${e.map}:${e.key}`, e.hash);
  return { head: recording, chains: chainsOf(recording.log), hashes,
    parts: builder.end() };
}

// The last step of part that has begun when step number at has; -1: none.
export function indexAt(part, at) {
  let low = 0, high = part.steps.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (part.steps[mid].at <= at) low = mid + 1;
    else high = mid;
  }
  return low - 1;
}

// The step numbers of all streams' parts together, each once: of steps that
// are wanted.
export function timeline(parts, wanted = () => true) {
  const all = new Set();
  parts.forEach((p, k) => {
    for (const s of p.steps) if (wanted(s, k)) all.add(s.at);
  });
  return [...all].sort((a, b) => a - b);
}
