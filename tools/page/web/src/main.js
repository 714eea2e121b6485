// main.js: what the document is, and the page for it.

import { render } from 'preact';
import { html } from './ui.js';
import { App, loadStreams } from './app.js';
import { ProfilePage } from './profile.js';

async function start() {
  const root = document.getElementById('page');
  const doc = JSON.parse(document.getElementById('data').textContent);
  if (doc.page === 'profile') {
    document.title = `${doc.explained.source} – hmap`;
    render(html`<${ProfilePage} doc=${doc}/>`, root);
    return;
  }
  const streams = await loadStreams(doc);
  document.title = `${doc.recordings[0].source} – hmap`;
  if (streams.length === 0) {
    root.textContent = doc.recordings[0].elsewhere ?? 'Nothing was recorded: no step is in any measured part.';
    return;
  }
  render(html`<${App} doc=${doc} streams=${streams}/>`, root);
  // For whoever tests the page: when it stood, and what its parts add up to.
  globalThis.hmapReady = performance.now();
  globalThis.hmapGrowths = () => streams[0].parts.reduce((n, p) => n + p.steps.reduce((m, s) => m + s.growths.length, 0), 0);
  globalThis.hmapParts = () => streams[0].parts.map((p) => ({ title: p.title, ...p.steps.at(-1).sums }));
}

start();
