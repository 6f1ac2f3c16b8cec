// SPDX-License-Identifier: Apache-2.0
// Everything with the keyboard alone.
import { personIn } from '../support/office.mjs';
import { equal, none, test } from '../support/tap.mjs';

// The element that has the focus, as words, with whether it shows that.
const focused = (page) => page.evaluate(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  return {
    what: `${e.tagName} ${e.id || e.className || e.name || ''} ${e.textContent.trim().slice(0, 30)}`,
    shows: parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none',
    inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    name: e.name, value: e.value,
  };
});

export default async function keyboard({ browser, office }) {
  await test('the first stop is the link that skips to the text, and it does', async () => {
    const context = await personIn(browser);
    const page = await context.newPage();
    await page.goto(office.origin + office.corrected);
    await page.keyboard.press('Tab');
    equal(await page.evaluate(() => document.activeElement.className), 'skip', 'first stop');
    await page.keyboard.press('Enter');
    equal(await page.evaluate(() => document.activeElement.id), 'main', 'after Enter');
    await context.close();
  });
  for (const path of ['/', '/search?q=flood', '/reader', office.corrected, `${office.corrected}/proof`, '/ledger/', '/ledger/about'])
    await test(`every stop of the Tab key on ${path} is seen and shows that it has the focus, and the last one is reached`, async () => {
      const context = await personIn(browser);
      const page = await context.newPage();
      await page.goto(office.origin + path);
      const complaints = [];
      const seen = new Set();
      for (let i = 0; i < 200; i++) {
        await page.keyboard.press('Tab');
        const f = await focused(page);
        if (!f) break;
        if (!f.shows) complaints.push(`no focus shown: ${f.what}`);
        if (!f.inside) complaints.push(`not in view: ${f.what}`);
        seen.add(f.what);
      }
      const last = await page.$$eval('footer a', (all) => all[all.length - 1].textContent.trim());
      if (![...seen].some((s) => s.includes(last.slice(0, 30)))) complaints.push(`the footer's last link was not reached; ${seen.size} stops`);
      await context.close();
      none(complaints);
    });
  await test('typeface and colour are chosen with Tab and Enter or Space', async () => {
    const context = await personIn(browser);
    const page = await context.newPage();
    await page.goto(office.origin + office.corrected);
    const reach = async (value) => {
      for (let i = 0; i < 120; i++) {
        await page.keyboard.press('Tab');
        if ((await focused(page))?.value === value) return;
      }
      throw new Error(`${value} was not reached`);
    };
    await reach('large');
    await page.keyboard.press('Enter');
    equal(await page.evaluate(() => document.documentElement.dataset.typeface), 'large', 'typeface');
    await reach('green');
    await page.keyboard.press('Space');
    equal(await page.evaluate(() => document.documentElement.dataset.colour), 'green', 'colour');
    await context.close();
  });
  await test('a search is made with the keyboard alone', async () => {
    const context = await personIn(browser);
    const page = await context.newPage();
    await page.goto(office.origin + '/');
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press('Tab');
      if ((await focused(page))?.name === 'q') break;
    }
    await page.keyboard.type('flood');
    await page.keyboard.press('Enter');
    await page.waitForURL(/search/);
    if (!(await page.$('mark'))) throw new Error('nothing is marked as found');
    await context.close();
  });
}
