// SPDX-License-Identifier: Apache-2.0
// axe-core over every kind of page in every colour and typeface: no violation of WCAG 2.2 AA or of its best practices.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { kindsOf, personIn } from '../support/office.mjs';
import { none, test } from '../support/tap.mjs';

const require = createRequire(import.meta.url);
const source = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const colours = ['white', 'paper', 'green', 'blue', 'grey', 'dark'];
const typefaces = ['small', 'medium', 'large'];

// AAA contrast is asked where the page is an article; elsewhere AA.
const judge = (page, article) => page.evaluate(async (enhanced) => {
  const result = await globalThis.axe.run(document, {
    resultTypes: ['violations'],
    rules: { 'color-contrast-enhanced': { enabled: enhanced } },
  });
  return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 110)} (${n.failureSummary.split('\n')[1]?.trim()})`));
}, article);

export default async function axe({ browser, office }) {
  const run = (lang, easy, kinds, widths) => async () => {
    const complaints = [];
    for (const width of widths) {
      const context = await personIn(browser, { viewport: { width, height: 844 }, bypassCSP: true });
      if (easy) await context.addCookies([{ name: 'reader', value: 'medium.white.easy', url: office.origin }]);
      const page = await context.newPage();
      for (const [kind, path] of kinds) {
        await page.goto(office.origin + path);
        await page.evaluate(source);
        for (const colour of colours)
          for (const typeface of typefaces) {
            await page.evaluate(([c, t]) => {
              document.documentElement.setAttribute('data-colour', c);
              document.documentElement.setAttribute('data-typeface', t);
            }, [colour, typeface]);
            complaints.push(...(await judge(page, kind.startsWith('article'))).map((c) => `${lang} ${kind} ${colour} ${typeface}${easy ? ' easy' : ''} ${width}: ${c}`));
          }
      }
      await context.close();
    }
    none(complaints);
  };
  for (const [kind, path] of kindsOf(office))
    await test(`axe finds nothing on ${kind} in any of ${colours.length} colours and ${typefaces.length} typefaces`, run('en', false, [[kind, path]], [1280]));
  await test('axe finds nothing on the main kinds of page on a phone', run('en', false, kindsOf(office).slice(0, 3), [390]));
  await test('axe finds nothing on the main kinds of page in Chinese', run('zh-CN', false, kindsOf(office, '/zh-CN').slice(0, 3), [1280]));
  await test('axe finds nothing on the main kinds of page from right to left', run('ar-XB', false, kindsOf(office, '/ar-XB').slice(0, 3), [1280]));
  await test('axe finds nothing on the main kinds of page in the easy mode', run('en', true, kindsOf(office).slice(0, 3), [390]));
}
