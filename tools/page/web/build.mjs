// build.mjs: makes tools/page/page.html of src/: one file with its programs, its
// styles, a policy that allows these and nothing else, and all licences. The
// same sources and packages give the same bytes.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const here = new URL('.', import.meta.url).pathname;
const read = (path) => readFileSync(here + path, 'utf8');
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const bundled = await build({
  entryPoints: [`${here}src/main.js`], bundle: true, minify: true, write: false, charset: 'ascii',
  format: 'iife', target: 'es2022', legalComments: 'none', metafile: true, loader: { '.css': 'empty' }, absWorkingDir: here,
});
const js = bundled.outputFiles[0].text.trim().replaceAll('</script', '<\\/script');

const css = (await build({
  stdin: { contents: read('node_modules/uplot/dist/uPlot.min.css') + read('src/style.css'), loader: 'css' },
  minify: true, write: false, charset: 'utf8', legalComments: 'none',
})).outputFiles[0].text.trim();

// The packages that are really in it, with their licences.
const packages = [...new Set(Object.keys(bundled.metafile.inputs)
  .map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean))].sort();
function licenceOf(name) {
  const { version, license } = JSON.parse(read(`node_modules/${name}/package.json`));
  const files = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE'];
  for (const f of files) {
    try {
      return { title: `${name} ${version} (${license})`, text: read(`node_modules/${name}/${f}`).trim() };
    } catch { /* the next name */ }
  }
  throw new Error(`${name}: no licence file`);
}
// A text that several packages share stands there once.
const texts = new Map();
for (const { title, text } of packages.map(licenceOf))
  texts.set(text, [...(texts.get(text) ?? []), title]);
const licences = [...texts].map(([text, titles]) => `${titles.join(', ')}\n\n${text}`).join('\n\n---\n\n')
  .replaceAll('</script', '<\\/script');

const policy = `default-src 'none'; script-src ${hash(js)}; style-src ${hash(css)}; base-uri 'none'; form-action 'none'`;
writeFileSync(`${here}../page.html`, `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>hmap</title>
<style>${css}</style>
</head>
<body>
<div id="page"></div>
<noscript>This page needs JavaScript, which is in it.</noscript>
<script type="application/json" id="data">@HMAP_DATA@</script>
<script type="text/plain" id="licences">${licences}</script>
<script>${js}</script>
</body>
</html>
`);
