// SPDX-License-Identifier: Apache-2.0
// A right-to-left pseudo-language: proves direction, and that no word of the interface is hard-wired.
import { kindsOf, personIn } from '../support/office.mjs';
import { equal, none, test } from '../support/tap.mjs';

export default async function direction({ browser, office }) {
  await test('the pseudo-language is laid out from right to left', async () => {
    const context = await personIn(browser, { viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.goto(office.origin + '/ar-XB/');
    equal(await page.getAttribute('html', 'dir'), 'rtl', 'direction');
    const [mark, find] = await Promise.all(['.mark', '.find'].map((s) => page.$eval(s, (e) => e.getBoundingClientRect().left)));
    if (mark <= find) throw new Error('the mark stands left of the search');
    await context.close();
  });
  await test('no word of any kind of page is hard-wired: all come from the catalogue or from the content', async () => {
    const context = await personIn(browser);
    const page = await context.newPage();
    const complaints = [];
    for (const [kind, path] of kindsOf(office, '/ar-XB')) {
      await page.goto(office.origin + path);
      // Every word of the catalogue stands between U+202E and U+202C; articles, names and addresses are the office's own.
      const found = await page.evaluate(() => {
        const own = '.prose, h1, .mark, .who, .columns, .crumbs, .list, .lead, .doors, .top, .beside, .facts b, .chips, aside, .shelves, .word p, ins, del, time, input, code, .numbers, select, .stand, .note, .phrase, .units :is(h3, p, dd), script, [lang]:not(html)';
        const hits = [];
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
          const { textContent, parentElement } = walk.currentNode;
          const bare = textContent.replace(/\u202e[^\u202c]*\u202c/g, '');
          if (/[A-Za-z]{3,}/.test(bare) && !parentElement.closest(own) && !textContent.includes('\u202e')) hits.push(textContent.trim().slice(0, 60));
        }
        for (const e of document.querySelectorAll('body [aria-label], body [title], body [placeholder]'))
          for (const name of ['aria-label', 'title', 'placeholder'])
            if (/[A-Za-z]{3,}/.test((e.getAttribute(name) ?? '').replace(/\u202e[^\u202c]*\u202c/g, ''))) hits.push(`${name}="${e.getAttribute(name)}"`);
        return hits;
      });
      complaints.push(...found.map((f) => `${kind}: ${f}`));
    }
    await context.close();
    none(complaints);
  });
}
