// SPDX-License-Identifier: Apache-2.0
// Narrow screens, large text, and targets that a finger hits.
import { kindsOf, personIn } from '../support/office.mjs';
import { slowly, watchMoves } from '../support/slowly.mjs';
import { none, test } from '../support/tap.mjs';

// What sticks out sideways, outside of boxes that scroll by themselves.
const wide = (page) => page.evaluate(() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const out = [...document.querySelectorAll('body *')].filter((e) => {
    const box = e.getBoundingClientRect();
    return (box.right > room + 1 || box.left < -1) && !e.closest('.scroll, .unseen, nav.columns');
  });
  return [`${document.documentElement.scrollWidth} px in ${room}`, ...out.slice(0, 5).map((e) => `${e.tagName}.${e.className}`)];
});

export default async function layout({ browser, office }) {
  for (const lang of ['', '/zh-CN', '/ar-XB'])
    for (const [width, scale, what] of [[320, 1, '320 pixels wide'], [640, 2, 'text of 200 % in 640 pixels'], [1280, 2, 'text of 200 % in 1280 pixels']])
      await test(`no kind of page ${lang || '/'} scrolls sideways: ${what}`, async () => {
        const context = await personIn(browser, { viewport: { width, height: 800 }, bypassCSP: true });
        const page = await context.newPage();
        const complaints = [];
        for (const [kind, path] of kindsOf(office, lang)) {
          await page.goto(office.origin + path);
          if (scale !== 1) await page.addStyleTag({ content: `html { font-size: ${scale * 100}% !important }` });
          complaints.push(...(await wide(page)).map((w) => `${kind}: ${w}`));
        }
        await context.close();
        none(complaints);
      });
  for (const lang of ['', '/zh-CN'])
    await test(`the table of a service guide ${lang || '/'} fits 320 pixels, and its first column breaks between words only`, async () => {
      const context = await personIn(browser, { viewport: { width: 320, height: 800 } });
      const page = await context.newPage();
      await page.goto(office.origin + lang + office.table);
      const complaints = await page.$$eval('.prose .scroll', (all) => all.flatMap((box) => {
        const out = box.scrollWidth > box.clientWidth ? [`${box.scrollWidth} px in ${box.clientWidth}`] : [];
        const narrow = [...box.querySelectorAll('tr > :first-child')].filter((cell) => {
          const words = document.createRange();
          words.selectNodeContents(cell);
          return [...words.getClientRects()].some((line) => line.width < 1.5 * parseFloat(getComputedStyle(cell).fontSize));
        });
        return out.concat(narrow.map((cell) => `${cell.textContent} breaks to single characters`));
      }));
      await context.close();
      none(complaints);
    });
  await test('on a phone every control outside of running text is at least 44 pixels high, or has room around it', async () => {
    const context = await personIn(browser, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    const page = await context.newPage();
    const complaints = [];
    for (const [kind, path] of kindsOf(office)) {
      await page.goto(office.origin + path);
      const small = await page.$$eval('button, input:not([type=hidden]), select, summary, nav.columns a, .beside a, .pages a', (all) => all
        .filter((e) => e.offsetParent && !e.closest('.unseen') && !(e.type === 'radio' && e.closest('label')))
        .map((e) => [e, e.getBoundingClientRect()])
        .filter(([, box]) => box.height < 43.5)
        .map(([e, box]) => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 24)} ${Math.round(box.width)}×${Math.round(box.height)}`));
      complaints.push(...small.map((s) => `${kind}: ${s}`));
    }
    await context.close();
    none(complaints);
  });
  await test('nothing on an article moves when the script comes late, on a phone and on a desk', async () => {
    for (const viewport of [{ width: 390, height: 844 }, { width: 1280, height: 800 }]) {
      const context = await personIn(browser, { viewport });
      const page = await context.newPage();
      await page.route('**/daylight.*.js', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 600));
        await route.continue();
      });
      await watchMoves(page);
      await page.goto(office.origin + office.corrected);
      await page.waitForSelector('#print:not([hidden])');
      await page.waitForTimeout(200);
      none(await page.evaluate(() => window.moved), `${viewport.width} pixels wide`);
      await context.close();
    }
  });
  await test('nothing moves while a page arrives tag by tag, and in the end everything shows', async () => {
    const line = await slowly(office, 20);
    const visit = async (kind, path, viewport) => {
      const context = await personIn(browser, { viewport });
      const page = await context.newPage();
      await watchMoves(page);
      await page.goto(line.origin + path);
      await page.waitForTimeout(200);
      const moved = await page.evaluate(() => window.moved);
      await context.close();
      return moved.map((m) => `${kind}, ${viewport.width} pixels wide: ${m}`);
    };
    const complaints = [];
    for (const [kind, path] of kindsOf(office).filter(([k]) => ['home', 'column', 'article', 'search hits', 'site map'].includes(k)))
      complaints.push(...(await Promise.all([{ width: 390, height: 844 }, { width: 1280, height: 800 }].map((v) => visit(kind, path, v)))).flat());
    line.close();
    const context = await personIn(browser);
    const page = await context.newPage();
    for (const [kind, path] of kindsOf(office)) {
      await page.goto(office.origin + path);
      const unseen = await page.$$eval('body, body *', (all) => all.filter((e) => getComputedStyle(e).visibility === 'hidden' && !e.closest('[hidden], .reader')).map((e) => `${e.tagName}.${e.className}`));
      complaints.push(...unseen.map((u) => `${kind}: ${u} stays hidden`));
    }
    await context.close();
    none(complaints);
  });
  await test('no word breaks within on a phone, in easy mode neither', async () => {
    const complaints = [];
    for (const easy of [false, true]) {
      const context = await personIn(browser, { viewport: { width: 390, height: 844 } });
      if (easy) await context.addCookies([{ name: 'reader', value: 'medium.white.easy', url: office.origin }]);
      const page = await context.newPage();
      for (const [kind, path] of kindsOf(office)) {
        await page.goto(office.origin + path);
        const broken = await page.evaluate(() => {
          const found = [];
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let n = walk.nextNode(); n; n = walk.nextNode())
            for (const hit of n.parentElement.closest('code, pre, script, .unseen, [hidden]') ? [] : n.data.matchAll(/(?<![\w@./+-])[A-Za-z]{2,14}(?![\w@./+-])/g)) {
              const range = document.createRange();
              range.setStart(n, hit.index);
              range.setEnd(n, hit.index + hit[0].length);
              if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) found.push(hit[0]);
            }
          return [...new Set(found)];
        });
        complaints.push(...broken.map((word) => `${kind}${easy ? ', easy' : ''}: ${word}`));
      }
      await context.close();
    }
    none(complaints);
  });
  await test('on paper a table begins where there is room for its first rows, and no row is cut', async () => {
    const context = await personIn(browser);
    const page = await context.newPage();
    await page.emulateMedia({ media: 'print' });
    await page.goto(office.origin + office.table);
    const rows = await page.$$eval('.prose tbody tr', (all) => all.map((e) => `${getComputedStyle(e).breakInside} ${getComputedStyle(e).breakAfter}`));
    if (rows.length < 3) throw new Error('there is no table');
    none(rows.filter((r) => r !== 'avoid auto'));
    await context.close();
  });
  await test('a telephone number stays on one line, 320 pixels wide too', async () => {
    for (const lang of ['', '/zh-CN']) {
      const context = await browser.newContext({ viewport: { width: 320, height: 640 } });
      const page = await context.newPage();
      await page.goto(office.origin + lang + office.table);
      const broken = await page.evaluate(() => {
        const found = [];
        const walk = document.createTreeWalker(document.querySelector('.prose'), NodeFilter.SHOW_TEXT);
        for (let n = walk.nextNode(); n; n = walk.nextNode())
          for (const hit of n.data.matchAll(/\d{3}-\d{4}/g)) {
            const range = document.createRange();
            range.setStart(n, hit.index);
            range.setEnd(n, hit.index + hit[0].length);
            found.push([hit[0], range.getClientRects().length]);
          }
        return found;
      });
      if (broken.length === 0) throw new Error('no number is on the page');
      none(broken.filter(([, lines]) => lines !== 1).map(([number, lines]) => `${number} on ${lines} lines`), lang);
      await context.close();
    }
  });
}
