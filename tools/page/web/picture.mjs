// picture.mjs: README's picture: step 14 of the page of first-inserts, as
// chromium shows it. Run by `make picture`.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [hmap, browserPath, out] = process.argv.slice(2);
const dir = mkdtempSync(join(tmpdir(), 'hmap-picture-'));
const file = join(dir, 'page.html');
execFileSync(hmap, ['page', '-o', file, '-go', '1.19,1.27', 'first-inserts']);
const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
const tab = await browser.newPage({ viewport: { width: 1160, height: 1400 }, colorScheme: 'light' });
await tab.goto(`file://${file}#e=14&v=1.19`);
await tab.waitForSelector('svg.rows');
const clip = await tab.evaluate(() => {
  const top = document.querySelector('.releases').getBoundingClientRect();
  const end = Math.max(...[...document.querySelectorAll('svg.rows')].map((e) => e.getBoundingClientRect().bottom));
  return { x: top.left - 8, y: top.top - 8, width: top.width + 16, height: end - top.top + 16 };
});
await tab.screenshot({ path: out, clip });
await browser.close();
rmSync(dir, { recursive: true, force: true });
