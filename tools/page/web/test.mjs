// test.mjs: the page as a reader has it: chromium opens files that hmap wrote.
// Run by `make page-test`. Prints each check that fails, and counts. With a third
// argument it looks at the pages of all scenarios instead, their figures and
// sizes, which takes minutes (`make page-scenarios`).

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const [hmap, browserPath, allScenarios] = process.argv.slice(2);
const here = new URL('.', import.meta.url).pathname;
const root = join(here, '../../..');
const dir = mkdtempSync(join(tmpdir(), 'hmap-page-'));
const axe = readFileSync(join(here, 'node_modules/axe-core/axe.min.js'), 'utf8');
let passed = 0, failed = 0;

function check(what, ok, said = '') {
  if (ok) passed++;
  else {
    failed++;
    console.log(`FAILED: ${what} ${said}`);
  }
}
const same = (what, got, want) => check(what, JSON.stringify(got) === JSON.stringify(want),
  `got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);

const run = (...args) => execFileSync(hmap, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 30 });

function page(name, ...args) {
  const file = join(dir, `${name}.html`);
  run('page', '-o', file, ...args);
  check(`${name}: at most 600 kB`, statSync(file).size <= 600000, `${statSync(file).size}`);
  return file;
}

const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });

// Opens a file; console messages, errors and requests of any kind are failures.
async function open(file, { hash = '', width = 1440, height = 900, scheme = 'light', motion = 'no-preference' } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: motion, bypassCSP: false });
  const tab = await context.newPage();
  const said = [];
  tab.on('console', (m) => said.push(m.text()));
  tab.on('pageerror', (e) => said.push(e.message));
  tab.on('request', (r) => { if (r.url().split('#')[0] !== `file://${file}`) said.push(r.url()); });
  tab.on('requestfailed', (r) => said.push(`failed ${r.url()}`));
  await tab.goto(`file://${file}${hash}`);
  await tab.waitForSelector('main');
  tab.said = said;
  tab.close2 = async (what) => {
    same(`${what}: console empty, no request`, said, []);
    await context.close();
  };
  return tab;
}

const fact = (tab, go, name) => tab.textContent(`article[data-go="${go}"] [data-fact="${name}"]`);

async function sizesAndSchemes(file) {
  for (const [width, height] of [[360, 740], [768, 1024], [1440, 900]])
    for (const scheme of ['light', 'dark'])
      for (const motion of ['no-preference', 'reduce']) {
        const what = `${width}x${height} ${scheme} ${motion}`;
        const tab = await open(file, { hash: '#e=14&v=1.19', width, height, scheme, motion });
        const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        check(`${what}: no sideways scroll`, wide <= 0, `${wide} px`);
        if (motion === 'reduce') {
          // Not by a script tag: the page's own policy would refuse it.
          await tab.evaluate(axe);
          const found = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
          same(`${what}: axe`, found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).slice(0, 3).join(' ')}`), []);
        }
        const small = await tab.evaluate(() => [...document.querySelectorAll('button:not(.link), select, summary')]
          .filter((b) => b.getClientRects().length).map((b) => b.getBoundingClientRect())
          .filter((r) => r.height < 43.5).length);
        same(`${what}: touch targets of 44 px`, small, 0);
        await tab.close2(what);
      }
}

async function step14(file) {
  const tab = await open(file, { hash: '#e=14&v=1.19' });
  const of = 'article[data-go="go1.19"]';
  const sentence = await tab.textContent(`${of} .sentence`);
  check('step 14: the sentence', /insert 14: 13 entries fill 2 buckets to 6\.5 each; a new array of 4 buckets, 576 bytes, size class 576, from mcentral/.test(sentence), sentence);
  same('step 14: B', await fact(tab, 'go1.19', 'B'), '2');
  same('step 14: the tier', await tab.textContent(`${of} .tiers .lit strong`), 'mcentral');
  same('step 14: the chain', await tab.$$eval(`${of} .chain code`, (l) => l.map((c) => c.textContent)),
    ['runtime.mallocgc', 'runtime.newarray', 'runtime.makeBucketArray', 'runtime.hashGrow', 'runtime.mapassign_fast64', 'main.fill_new']);
  await tab.check(`${of} .objects input[type=checkbox]`);
  same('step 14: as pprof shows it', await tab.$$eval(`${of} .chain code`, (l) => l.map((c) => c.textContent)), ['main.fill_new']);
  await tab.close2('step 14');
}

async function step15Swiss(file) {
  const tab = await open(file, { hash: '#e=15&v=1.27' });
  const sentence = await tab.textContent('article[data-go="go1.27"] .sentence');
  check('insert 15 of 1.27: the sentence', /insert 15: 14 entries fill 16 slots to 7\/8; a table of 32 slots takes its place/.test(sentence), sentence);
  same('insert 15 of 1.27: slots', await fact(tab, 'go1.27', 'slots'), '32');
  await tab.close2('insert 15');
}

async function keyboard(file) {
  const tab = await open(file, { hash: '#e=14&v=1.19' });
  const at = () => tab.inputValue('.goto input');
  await tab.keyboard.press('ArrowRight');
  same('→', await at(), '15');
  await tab.keyboard.press('ArrowLeft');
  await tab.keyboard.press('ArrowLeft');
  same('←', await at(), '13');
  await tab.keyboard.press('Home');
  same('Home', await at(), '0');
  await tab.keyboard.press('Shift+ArrowRight');
  same('Shift+→ to a growth', await at(), '9');
  await tab.keyboard.press('End');
  same('End', await at(), '27');
  await tab.waitForFunction(() => location.hash.startsWith('#e=27&v=1.19'));
  await tab.keyboard.press('Shift+ArrowLeft');
  same('Shift+← to a growth', await at(), '15');
  check('the live region says the step', (await tab.textContent('.spoken')).startsWith('insert 15'));
  await tab.keyboard.press('Home');
  await tab.keyboard.press(' ');
  same('not while it plays', await tab.getAttribute('.spoken', 'aria-live'), 'off');
  await tab.waitForFunction(() => +document.querySelector('.goto input').value > 1);
  await tab.keyboard.press(' ');
  same('Space pauses', await tab.textContent('.play'), 'Play');
  await tab.evaluate(() => { location.hash = '#e=14'; });
  await tab.waitForFunction(() => document.querySelector('.goto input').value === '14');
  await tab.focus('[role=gridcell][tabindex="0"]');
  await tab.keyboard.press('ArrowRight');
  await tab.keyboard.press('ArrowDown');
  const slot = await tab.evaluate(() => document.activeElement.getAttribute('aria-label'));
  check('arrows go from slot to slot', slot?.startsWith('bucket 1, slot 1: 39, entry'), slot);
  same('… and the step stays', await at(), '14');
  check('the slot tells its key and hash', /key 8.*hash /s.test(await tab.textContent('.chosenslot')), await tab.textContent('.chosenslot'));
  await tab.close2('keyboard');
}

// What the page adds up to, against what the command says of the same run.
const scenarios = ['first-inserts', 'update-full', 'small-map', 'large-map', 'preallocated', 'append', 'hints', 'make-loop',
  'reading', 'objects-space', 'escape', 'around-128', 'set', 'delete', 'churn', 'tiny', 'size', 'left-behind', 'mark-work', 'inuse'];

function measured(name, go, n) {
  const doc = JSON.parse(run('run', name, '-json', '-go', go, ...n));
  const found = new Map();
  for (const part of doc.scenarios[0].parts) {
    for (const row of part.table ?? [])
      if (row.program !== undefined) found.set(row.program, [row.objects, row.bytes]);
    if (part.title && part.chains)
      found.set(part.title, part.chains.reduce(([o, b], c) => [o + c.objects, b + c.bytes], [0, 0]));
  }
  return found;
}

async function figuresOf(name, go) {
  const n = ['append', 'delete', 'inuse'].includes(name) ? ['-n', '3000'] : [];
  const what = `${name}, ${go}`;
  const tab = await open(page(`${name}-${go}`, '-go', go, ...n, name));
  const want = measured(name, go, n);
  const shown = await tab.evaluate(() => globalThis.hmapParts());
  const both = shown.filter((p) => want.has(p.title));
  for (const p of both) same(`${what}, ${p.title}`, [p.objects, p.bytes], want.get(p.title));
  check(`${what}: something was compared`, both.length > 0 || want.size === 0);
  await tab.close2(what);
}

async function figures() {
  for (const name of scenarios)
    for (const go of ['1.19', '1.27']) await figuresOf(name, go);
}

// Every scenario of the tour with two releases side by side, which is the most
// that a page has to hold.
function bounds() {
  for (const { scenario } of JSON.parse(run('scenarios', '-json')).scenarios) {
    const file = join(dir, 'bound.html');
    run('page', '-o', file, '-go', '1.19,1.27', scenario);
    const { size } = statSync(file);
    check(`${scenario}, two releases: at most 600 kB`, size <= 600000, `${size}`);
  }
}

// At 10,000 steps: what it takes until the page is there, and what a step takes:
// scripts, style and layout, in processor time of the page's thread, the best of
// three, as other programs may be running.
async function timed(file, act) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const tab = await context.newPage();
  const cdp = await context.newCDPSession(tab);
  await cdp.send('Performance.setTimeDomain', { timeDomain: 'threadTicks' });
  await cdp.send('Performance.enable');
  const spent = async () => (await cdp.send('Performance.getMetrics')).metrics
    .filter((m) => ['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'].includes(m.name))
    .reduce((ms, m) => ms + 1000 * m.value, 0);
  const result = await act(tab, spent);
  await context.close();
  return result;
}

async function budgets() {
  const file = page('ten-thousand', '-go', '1.19', '-n', '10000', '-type', 'map[int]int', 'large-map');
  const steps = 60, loads = [], walks = [];
  for (let i = 0; i < 3; i++)
    await timed(file, async (tab, spent) => {
      await tab.goto(`file://${file}`);
      await tab.waitForFunction(() => globalThis.hmapReady);
      loads.push(await spent());
      same('it has 10,001 steps', await tab.getAttribute('#step', 'max'), '10000');
      await tab.keyboard.press('End');
      await tab.waitForTimeout(200);
      const before = await spent();
      for (let k = 0; k < steps; k++) await tab.keyboard.press('ArrowLeft');
      await tab.waitForTimeout(200);
      walks.push((await spent() - before) / steps);
    });
  const [load, walk] = [Math.min(...loads), Math.min(...walks)];
  console.log(`page: 10,000 steps: loaded in ${Math.round(load)} ms, a step in ${walk.toFixed(1)} ms, of processor time`);
  if (loadavg()[0] > cpus().length) {
    console.log('page: the time budgets are NOT judged: other programs keep this machine busy');
    return;
  }
  check('loaded within 1 s', load <= 1000, `${load} ms`);
  check('a step within 16 ms', walk <= 16, `${walk} ms`);
}

// A page whose every text is an attack: what a workload's types and keys, a
// profile's functions and files, a scenario's name and lesson can say.
const attack = '</script><img src=x onerror="globalThis.hit=1"><svg/onload=globalThis.hit=1>&lt;b&gt; \u0001\u001b[2J\u202egnp.exe\u2028\u0000';

// The document in a page, its texts replaced by act, as hmap writes it.
function forge(file, act) {
  const text = readFileSync(file, 'utf8');
  const [, before, json, after] = text.match(/^([^]*<script type="application\/json" id="data">)([^]*?)(<\/script>[^]*)$/);
  const doc = JSON.parse(json);
  act(doc);
  const safe = JSON.stringify(doc).replaceAll('<', '\\u003c').replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  writeFileSync(file, before + safe + after);
}

async function expectText(tab, what) {
  await tab.waitForTimeout(100);
  same(`${what}: no element is made of it`, await tab.$$eval('img, svg[onload], [onerror], b', (l) => l.length), 0);
  same(`${what}: nothing of it runs`, await tab.evaluate(() => globalThis.hit), undefined);
  check(`${what}: it shows as text`, (await tab.textContent('body')).includes('</script><img src=x onerror='));
}

// Types and keys as a workload can name them: through hmap itself.
async function hostileWorkload() {
  const work = join(dir, `${'</script><img src=x onerror=hit()>'.replaceAll('/', '∕')}.txt`);
  writeFileSync(work, 'map m string struct{a</script><img>int64}\n');
  let refused = '';
  try { execFileSync(hmap, ['page', '-o', join(dir, 'no.html'), work], { stdio: 'pipe' }); } catch (e) { refused = `${e.status}`; }
  same('a type that is none is refused', refused, '2');
  writeFileSync(work, 'map m string int64\ninsert m 0 20\n');
  const tab = await open(page('hostile-name', '-go', '1.19', work));
  same('a file name makes no element', await tab.$$eval('img', (l) => l.length), 0);
  check('a file name shows as text', (await tab.textContent('h1')).includes('<img src=x'));
  await tab.close2('hostile file name');
}

// Names, keys and types of a recording are packed: they are forged there.
async function hostileRecording() {
  const file = page('hostile', '-go', '1.19', '-type', 'map[string]int', 'first-inserts');
  forge(file, (doc) => {
    const { log } = doc.recordings[0];
    const names = inflateSync(Buffer.from(log.names, 'base64')).toString('utf8').split('\0');
    const forged = names.map((n) => (n === '' ? n : `${n}${attack.replaceAll('\0', '')}`));
    log.names = deflateSync(Buffer.from(forged.join('\0'))).toString('base64');
    for (const f of ['source', 'lesson', 'type', 'hash']) doc.recordings[0][f] = attack;
    doc.command = attack;
  });
  const tab = await open(file, { hash: '#e=14&v=1.19' });
  await expectText(tab, 'a recording');
  await tab.click('[role=gridcell].entry');
  check('a key is text', (await tab.textContent('.chosenslot code')).includes('</script>'));
  check('a function is text', (await tab.textContent('.chain code')).includes('</script>'));
  await tab.click('summary:has-text("as a table")');
  await expectText(tab, 'its table');
  await tab.click('button:has-text("as SVG")').catch(() => {});
  await expectText(tab, 'its SVG');
  // What got into the page all the same: the policy runs no script but its own.
  const said = await tab.evaluate(() => new Promise((done) => {
    document.addEventListener('securitypolicyviolation', (e) => done(e.effectiveDirective), { once: true });
    const s = document.createElement('script');
    s.textContent = 'globalThis.hit = 1';
    document.body.append(s);
    setTimeout(() => done('nothing'), 1000);
  }));
  same('the policy is in force', said, 'script-src-elem');
  same('… and the script did not run', await tab.evaluate(() => globalThis.hit), undefined);
  tab.said.length = 0; // the browser reports the violation on the console
  await tab.close2('hostile recording');
}

async function hostileProfile() {
  const file = page('hostile-profile', 'tests/golden/profiles/map_string_int.pb.gz');
  forge(file, (doc) => {
    doc.command = attack;
    doc.explained.source = attack;
    for (const l of doc.explained.lines) l.func = l.file = attack;
    for (const s of doc.stacks) s[0] = `${attack}\n${s[0]}`;
  });
  const tab = await open(file);
  await expectText(tab, 'a profile');
  await tab.close2('hostile profile');
}

// A press on a frame leaves the steps that allocate through it.
async function flameFilter(file) {
  const tab = await open(file, { hash: '#e=14&v=1.19' });
  await tab.click('.flamegraph .d3-flame-graph g[name="runtime.hashGrow"]');
  check('a frame filters the steps', /^3 of 28 steps: .*runtime\.hashGrow/.test(await tab.textContent('.filter span')), await tab.textContent('.filter span'));
  same('… and the step stays', await tab.inputValue('.goto input'), '14');
  await tab.keyboard.press('Home');
  same('… the first of them', await tab.inputValue('.goto input'), '9');
  await tab.keyboard.press('ArrowRight');
  await tab.keyboard.press('ArrowRight');
  same('… the last of them', await tab.inputValue('.goto input'), '27');
  same('… and no more', await tab.getAttribute('#step', 'max'), '2');
  await tab.click('.filter button');
  same('all steps come back', await tab.getAttribute('#step', 'max'), '27');
  same('… at the same one', await tab.inputValue('.goto input'), '27');
  await tab.click('table.chains button');
  same('a chain of the table filters, too', await tab.getAttribute('#step', 'max'), '2');
  await tab.fill('.goto input', '10');
  await tab.keyboard.press('Enter');
  same('a step by its number is shown, filter or not', await tab.inputValue('.goto input'), '10');
  same('… all are there again', await tab.getAttribute('#step', 'max'), '27');
  await tab.close2('filter');
}

// Of a million steps each k-th is there, and every growth.
async function million() {
  const file = page('million', '-go', '1.27', '-n', '1000000', '-type', 'map[int]int', 'spike');
  const doc = JSON.parse(readFileSync(file, 'utf8').match(/id="data">([^]*?)<\/script>/)[1]);
  check('a million: steps are left out', doc.every > 1, `${doc.every}`);
  const tab = await open(file);
  const note = await tab.textContent('.note');
  check('a million: the page says so', note.includes(`each ${doc.every.toLocaleString('en-US')}th is, and all in which a map grows`), note);
  const lines = run('log', '-go', '1.27', '-n', '1000000', '-type', 'map[int]int', '-every', '1000000000', 'spike')
    .split('\n').filter((l) => l.includes('"event":"growth"')).length;
  same('a million: every growth is there', await tab.evaluate(() => globalThis.hmapGrowths()), lines);
  await tab.close2('a million');
}

async function profilePage() {
  const file = page('profile', 'tests/golden/profiles/map_string_int.pb.gz');
  for (const [width, height] of [[360, 740], [1440, 900]]) {
    const tab = await open(file, { width, height, motion: 'reduce' });
    check('profile: the line', (await tab.textContent('.line h3')).includes('main.count:20'));
    check('profile: the sentence', (await tab.textContent('.line .sentence')).includes('make(map[K]V, 13,313) saves 498 of 523 objects'));
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(`profile ${width}: no sideways scroll`, wide <= 0, `${wide} px`);
    await tab.evaluate(axe);
    const found = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    same(`profile ${width}: axe`, found.violations.map((v) => `${v.id}: ${v.nodes.map((x) => x.target).slice(0, 3).join(' ')}`), []);
    await tab.close2(`profile ${width}`);
  }
}

async function everything() {
  const first = page('first', '-go', '1.19,1.27', 'first-inserts');
  await step14(first);
  await step15Swiss(first);
  await keyboard(first);
  await sizesAndSchemes(first);
  await profilePage();
  await flameFilter(first);
  await hostileWorkload();
  await hostileRecording();
  await hostileProfile();
  await million();
  await budgets();
}

try {
  if (allScenarios) {
    await figures();
    bounds();
  } else await everything();
} finally {
  await browser.close();
  rmSync(dir, { recursive: true, force: true });
}
console.log(`page: ${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
