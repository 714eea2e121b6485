// words.js: what happened in a step, as one sentence.

// One formatter: toLocaleString makes one at each call.
const thousands = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
export const num = (n) => thousands.format(n);
export const bytes = (n) => `${num(n)} byte${n === 1 ? '' : 's'}`;
const many = (n, one, more = `${one}s`) => `${num(n)} ${n === 1 ? one : more}`;

const size = (a) => a.class === 0
  ? `${bytes(a.slot)} in whole pages` : `size class ${num(a.slot)}`;

// "576 bytes, size class 576, from mcentral"
export function served(a) {
  const times = a.objects > 1 ? `${num(a.objects)} × ` : '';
  return `${times}${bytes(a.asked)}, ${size(a)}, from ${a.tier}`;
}

// What an object is to its map, by its type and the functions of its chain.
export function roleOf(a, chain) {
  const type = a.type ?? '';
  const has = (f) => chain?.some((x) => x.func.includes(f));
  if (type === 'runtime.hmap' || type === 'maps.Map') return 'a header';
  if (type.startsWith('map.bucket[')) {
    if (has('newoverflow')) return 'an overflow bucket';
    return has('makeBucketArray') ? 'an array of buckets' : 'the first bucket';
  }
  if (type.startsWith('map.group['))
    return has('growToSmall') ? 'the first group' : 'an array of groups';
  if (type.includes('mapextra')) return 'bookkeeping for overflow buckets';
  if (type.includes('runtime.bmap')) return 'a list of overflow buckets';
  if (type === 'maps.table') return 'a table';
  if (type === '*maps.table') return 'a directory';
  return type ? `an object of type ${type}` : 'untyped bytes';
}

const list = (words) => words.length < 2 ? words.join('')
  : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;

function objects(step, chains) {
  const sums = new Map();
  for (const a of step.allocs) {
    const role = roleOf(a, chains[a.chain - 1]);
    const key = `${role}|${a.asked}|${a.slot}|${a.tier}`;
    const sum = sums.get(key);
    if (sum) sum.a.objects += a.objects;
    else sums.set(key, { role, a: { ...a } });
  }
  return [...sums.values()].map(({ role, a }) => `${role} (${served(a)})`);
}

function load(g, step) {
  const a = step.allocs.find((x) => (x.type ?? '').startsWith('map.bucket['));
  const from = 2 ** g.from, to = 2 ** g.to;
  const why = g.from === 0 ? `${num(g.len)} entries fill the only bucket`
    : `${num(g.len)} entries fill ${num(from)} buckets to 6.5 each`;
  const moved = step.state?.moved ?? 0;
  const rest = step.state?.old_left ?? 0;
  const moves = rest > 0
    ? `; of ${num(from)} old buckets ${num(moved)} move now, ${num(rest)} with later inserts`
    : '; all entries move at once';
  return `${why}; a new array of ${num(to)} buckets`
    + `${a ? `, ${served(a)}` : ''}${moves}`;
}

function growth(g, step, chains) {
  if (g.why === 'load') return load(g, step);
  const what = list(objects(step, chains));
  if (g.why === 'overflow')
    return `${num(g.overflow)} overflow buckets are too many for `
      + `${num(2 ** g.from)} buckets; the entries are packed anew: ${what}`;
  if (g.why === 'split')
    return `a table of ${num(g.from)} slots is full to 7/8; two take its `
      + `place and its ${num(g.moves)} entries move at once: ${what}`;
  if (g.from <= 8)
    return `${num(g.len)} entries fill the only group; a table of `
      + `${num(g.to)} slots takes its place: ${what}`;
  return `${num(g.moves)} entries fill ${num(g.from)} slots to 7/8; a table of `
    + `${num(g.to)} slots takes its place and all its entries move at once: `
    + what;
}

function quiet(step) {
  const moved = step.state?.moved ?? 0;
  const rest = step.state?.old_left ?? 0;
  if (moved > 0)
    return `${many(moved, 'old bucket')} ${moved === 1 ? 'moves' : 'move'} to `
      + `the new array, ${rest > 0 ? `${num(rest)} to go` : 'the last'}; `
      + 'nothing is allocated';
  if (step.op === 'insert') {
    const same = step.was && step.state && step.was.len === step.state.len;
    return same ? 'the key is there already; nothing is allocated'
      : 'a free slot; nothing is allocated';
  }
  if (step.op === 'delete')
    return 'the slot is given up, the memory is not';
  if (step.op === 'clear')
    return 'all entries go, the arrays stay';
  return 'nothing is allocated';
}

const collection = (g) =>
  `${g.forced ? 'a forced collection' : 'a collection'} finds ${bytes(g.live)} `
  + `live of ${num(g.before)}; the next is due at ${num(g.goal)}`;

export function nameOf(step) {
  if (step.op === 'make') return 'make';
  if (step.op === 'left out') return `the last ${many(step.n, 'step')}`;
  return `${step.op} ${num(step.n)}`;
}

// The sentence without its "insert 14: ".
export function sentenceOf(step, chains) {
  const parts = step.gcs.map(collection);
  if (step.growths.length > 0)
    parts.push(growth(step.growths[0], step, chains));
  else if (step.allocs.length > 0)
    parts.push(`it allocates ${list(objects(step, chains))}`);
  else if (step.gcs.length === 0)
    parts.push(quiet(step));
  if (step.freed > 0) parts.push(`${many(step.freed, 'object')} swept`);
  return `${parts.join('; ')}.`;
}
