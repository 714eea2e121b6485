// embed.js: the present state as an SVG of its own, for an article.

import { Component, html } from './ui.js';

const attributes = ['fill', 'stroke', 'stroke-width', 'font-family', 'font-weight', 'text-anchor'];

// The drawing with its colours written into it.
function standalone(svg, title) {
  const copy = svg.cloneNode(true);
  const from = [svg, ...svg.querySelectorAll('*')], to = [copy, ...copy.querySelectorAll('*')];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const a of attributes) {
      const v = style.getPropertyValue(a);
      if (v && v !== 'none' || a === 'fill') to[i].setAttribute(a, v);
    }
    for (const a of ['class', 'role', 'tabindex', 'data-place', 'aria-selected', 'aria-label']) to[i].removeAttribute(a);
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const t = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  t.textContent = title;
  copy.prepend(t);
  return copy.outerHTML;
}

export class Embed extends Component {
  state = { text: '' };
  make = () => {
    const svgs = [...document.querySelectorAll('.release.focus svg.rows')];
    const figures = svgs.map((s) => standalone(s, this.props.said));
    const caption = new Option(this.props.said).innerHTML;
    const command = new Option(this.props.command).innerHTML;
    this.setState({ text: `<figure>\n${figures.join('\n')}\n<figcaption>${caption}<br><code>${command}</code></figcaption>\n</figure>\n` });
  };
  render(props, { text }) {
    return html`<section class="embed"><h2>For an article</h2>
      <p class="row"><button type="button" onClick=${this.make}>The map as it is now, as SVG</button></p>
      ${text && html`<label>HTML to paste<textarea readonly rows="6" onFocus=${(e) => e.target.select()} value=${text}/></label>`}</section>`;
  }
}
