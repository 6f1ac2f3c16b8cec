// SPDX-License-Identifier: Apache-2.0
// axe-core over every kind of page in every colour and typeface: no violation of WCAG 2.2 AA or of its best practices.
import { judge } from '../support/axe.mjs';
import { kindsOf, personIn } from '../support/office.mjs';
import { none, test } from '../support/tap.mjs';

const colours = ['white', 'paper', 'green', 'blue', 'grey', 'dark'];
const typefaces = ['small', 'medium', 'large'];

export default async function axe({ browser, office }) {
  const run = (lang, easy, kinds, widths) => async () => {
    const complaints = [];
    for (const width of widths) {
      const context = await personIn(browser, { viewport: { width, height: 844 }, bypassCSP: true });
      if (easy) await context.addCookies([{ name: 'reader', value: 'medium.white.easy', url: office.origin }]);
      const page = await context.newPage();
      for (const [kind, path] of kinds) {
        await page.goto(office.origin + path);
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
