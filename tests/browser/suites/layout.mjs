// SPDX-License-Identifier: Apache-2.0
// Narrow screens, large text, and targets that a finger hits.
import { kindsOf, personIn } from '../support/office.mjs';
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
      await page.addInitScript(() => {
        window.moved = [];
        const told = (e) => ({ at: e.startTime, what: `${e.value}: ${e.sources.map((s) => (s.node?.outerHTML ?? s.node?.textContent ?? 'gone').slice(0, 80)).join(' | ')}` });
        new PerformanceObserver((list) => window.moved.push(...list.getEntries().map(told))).observe({ type: 'layout-shift', buffered: true });
      });
      await page.goto(office.origin + office.corrected);
      await page.waitForSelector('#print:not([hidden])');
      await page.waitForTimeout(200);
      const [moved, came] = await page.evaluate(() => [window.moved,
        performance.getEntriesByType('resource').find((e) => /daylight\.[^/]*\.js$/.test(e.name)).responseEnd]);
      // What moves before the script is there is another matter (Lighthouse counts it), and said for who looks here.
      for (const m of moved.filter((m) => m.at < came)) console.log(`# before the script, ${viewport.width} pixels wide: ${m.what}`);
      none(moved.filter((m) => m.at >= came).map((m) => m.what), `${viewport.width} pixels wide`);
      await context.close();
    }
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
