// SPDX-License-Identifier: Apache-2.0
// Contrast of an article's text, computed from what the browser paints (WCAG 2.2, 1.4.6: 7:1).
import { personIn } from '../support/office.mjs';
import { none, test } from '../support/tap.mjs';

const colours = ['white', 'paper', 'green', 'blue', 'grey', 'dark'];

const ratios = (page) => page.evaluate(() => {
  const parse = (text) => text.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const lin = (v) => { const c = v / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * lin(r) + 0.7152 * lin(g) + 0.0722 * lin(b);
  };
  const paper = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const c = parse(getComputedStyle(at).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const out = [];
  for (const e of document.querySelectorAll('.piece h1, .piece p, .piece li, .piece a, .piece td, .piece th, .piece h2, .piece b, .piece time, .piece legend, .piece summary, .crumbs a, .piece figcaption')) {
    if (!e.offsetParent || !e.textContent.trim()) continue;
    const [a, b] = [luminance(parse(getComputedStyle(e).color)), luminance(paper(e))];
    out.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 30)}`]);
  }
  return out;
});

export default async function contrast({ browser, office }) {
  for (const colour of colours)
    await test(`on ${colour} every text of an article has a contrast of 7 to 1 or more`, async () => {
      const context = await personIn(browser);
      const page = await context.newPage();
      const complaints = [];
      let least = Infinity;
      let n = 0;
      for (const path of [office.corrected, office.table, '/zh-CN' + office.table]) {
        await page.goto(office.origin + path);
        await page.evaluate((c) => document.documentElement.setAttribute('data-colour', c), colour);
        for (const [ratio, what] of await ratios(page)) {
          n++;
          least = Math.min(least, ratio);
          if (ratio < 7) complaints.push(`${ratio.toFixed(2)} ${path} ${what}`);
        }
      }
      console.log(`# least ${least.toFixed(2)} of ${n} texts`);
      await context.close();
      none(complaints);
      if (n < 40) throw new Error(`only ${n} texts were measured`);
    });
}
