// decode.js: a packed event log (tools/log/logout.h) becomes a list of events.
// The schema comes with the log, so nothing here knows a field by name.

const NUM = 0, NAME = 1, CHAIN = 2, HEX = 3, OP = 4, TIER = 5, WHY = 6;
const BYTES = 7, LIST = 8, NAMES = 9;

async function inflate(base64) {
  const packed = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream()
    .pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function reader(data) {
  let at = 0;
  const byte = () => data[at++];
  // Varints may pass 2^32: multiplication, not shifts.
  const varint = () => {
    let value = 0, unit = 1, b;
    do {
      b = data[at++];
      value += (b & 0x7f) * unit;
      unit *= 128;
    } while (b & 0x80);
    return value;
  };
  const zigzag = () => {
    const v = varint();
    return v % 2 === 0 ? v / 2 : -(v + 1) / 2;
  };
  const hex = () => {
    if (byte() === 0) return null;
    let text = '';
    for (let i = 0; i < 8; i++)
      text = byte().toString(16).padStart(2, '0') + text;
    return text;
  };
  const bytes = () => {
    const n = varint();
    at += n;
    return data.subarray(at - n, at);
  };
  const list = () => Array.from({ length: varint() }, varint);
  return { more: () => at < data.length, byte, zigzag, hex, bytes, list };
}

function readField(r, form, last, i, log) {
  if (form === HEX) return r.hex();
  if (form === BYTES) return r.bytes();
  if (form === LIST) return r.list();
  if (form === NAMES) return r.list().map((id) => log.names[id - 1] ?? null);
  last[i] += r.zigzag();
  if (form === NAME) return log.names[last[i] - 1] ?? null;
  if (form === OP) return log.ops[last[i]];
  if (form === TIER) return log.tiers[last[i]];
  if (form === WHY) return log.whys[last[i]];
  return last[i];
}

// The chains, leaf first: {func, file, line, hidden} of each frame.
export function chainsOf(log) {
  return log.chains.map((frames) => frames.map(([func, file, line, hidden]) => ({
    func: log.names[func - 1], file: log.names[file - 1], line, hidden: !!hidden,
  })));
}

// Puts the list of names in place of its packed text: before all else.
export async function unpackNames(log) {
  const text = new TextDecoder().decode(await inflate(log.names));
  log.names = text.split('\0');
}

export async function decode(log) {
  const r = reader(await inflate(log.data));
  const last = log.schema.map((kind) => new Array(kind.length).fill(0));
  const events = [];
  while (r.more()) {
    const kind = r.byte();
    const [name, ...fields] = log.schema[kind];
    const e = { event: name };
    fields.forEach(([field, form], i) => {
      e[field] = readField(r, form, last[kind], i, log);
    });
    events.push(e);
  }
  return events;
}
