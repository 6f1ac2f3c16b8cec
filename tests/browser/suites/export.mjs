// SPDX-License-Identifier: Apache-2.0
// A copy of the office in a folder, opened by file://: on a desk and on a phone, no request fails and none leaves the folder.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { judge } from '../support/axe.mjs';
import { equal, none, test } from '../support/tap.mjs';

const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 360, height: 740, isMobile: true, hasTouch: true } };

// Opens a page of the copy; what goes wrong on the way is added to `complaints`.
async function openCopy(browser, size, folder, complaints) {
  const { isMobile = false, hasTouch = false, ...viewport } = sizes[size];
  const context = await browser.newContext({ viewport, isMobile, hasTouch });
  const page = await context.newPage();
  const home = pathToFileURL(folder).href + '/';
  page.on('request', (r) => { if (!r.url().startsWith(home) && !r.url().startsWith('data:')) complaints.push(`${page.url()} asks ${r.url()}`); });
  page.on('requestfailed', (r) => { // one that was aborted belongs to a page that was left before it had come
    if (r.failure().errorText !== 'net::ERR_ABORTED') complaints.push(`${page.url()}: ${r.url()} ${r.failure().errorText}`);
  });
  page.on('console', (m) => { if (['error', 'warning'].includes(m.type())) complaints.push(`${page.url()}: ${m.text()}`); });
  page.on('pageerror', (e) => complaints.push(`${page.url()}: ${e}`));
  return { context, page, home };
}

async function wideThan(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

export default async function exported({ browser, office, binary }) {
  const folder = path.join(path.dirname(office.dir), 'copy');
  execFileSync(binary, ['export', office.dir, '--to', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (const size of Object.keys(sizes)) {
    await test(`every page within three links of the copy's home opens from the folder, on a ${size}`, async () => {
      const complaints = [];
      const { context, page, home } = await openCopy(browser, size, folder, complaints);
      const seen = new Set();
      let level = [`${home}index.html`];
      for (let depth = 0; depth <= 3 && seen.size < 150; depth++) {
        const next = new Set();
        for (const url of level) {
          if (seen.has(url) || seen.size >= 150) continue;
          seen.add(url);
          await page.goto(url);
          equal(await page.locator('h1').count(), 1, `headings of ${url}`);
          equal(await page.locator('.copy time').count(), 1, `the note of ${url}`);
          if (await wideThan(page) > 0) complaints.push(`${url} is wider than the window`);
          for (const href of await page.$$eval('a[href]', (all) => all.map((a) => a.href.split('#')[0])))
            if (href.startsWith(home) && href.endsWith('.html')) next.add(href);
        }
        level = Array.from(next);
      }
      console.log(`# ${seen.size} pages`);
      await context.close();
      none(complaints);
    });
  }
  await test('links are followed by hand: home, column, article, its history and its proof, another language', async () => {
    const complaints = [];
    const { context, page, home } = await openCopy(browser, 'phone', folder, complaints);
    await page.goto(`${home}index.html`);
    await page.click('.columns a >> nth=0');
    equal(/\/index\.html$/.test(page.url()), true, page.url());
    await page.goto(`${home}${office.corrected.slice(1)}.html`);
    await page.click('aside a[href$="changes.html"]');
    await page.click('main li h2 a >> nth=0');
    equal(await page.locator('ins').count() > 0, true, 'something inserted');
    await page.goto(`${home}${office.corrected.slice(1)}.html`);
    await page.click('aside a[href$="proof.html"]');
    equal(await page.locator('#check').isVisible(), false, 'the check is shown');
    await page.locator('#unchecked').waitFor({ state: 'visible' }); // it gives a script two seconds
    await page.click('.tools a[lang=zh-CN]');
    equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN', 'the language');
    await context.close();
    none(complaints);
  });
  await test('the entries of the ledger are whole on a phone, in both languages, and axe finds nothing', async () => {
    for (const language of ['', 'zh-CN/']) {
      const complaints = [];
      const { context, page, home } = await openCopy(browser, 'phone', folder, complaints);
      await page.goto(`${home}${language}ledger/entry/0.html`);
      equal(await page.locator('#entry-1 pre').count() > 0, true, 'the second entry');
      equal(await page.$$eval('pre', (all) => all.filter((p) => p.scrollWidth > p.clientWidth).length), 0, 'entries cut off');
      none(complaints); // axe reads style sheets anew, which files do not allow
      none(await judge(page, false));
      await context.close();
    }
  });
  await test('typeface and colour are chosen without a server, and kept from page to page', async () => {
    const complaints = [];
    const { context, page, home } = await openCopy(browser, 'desk', folder, complaints);
    await page.goto(`${home}${office.corrected.slice(1)}.html`);
    await page.click('button[name=typeface][value=large]');
    await page.click('button[name=colour][value=green]');
    await page.click('.columns a >> nth=0');
    const root = page.locator('html');
    equal(await root.getAttribute('data-typeface'), 'large', 'the typeface');
    equal(await root.getAttribute('data-colour'), 'green', 'the colour');
    await context.close();
    none(complaints);
  });
  await test('a withdrawn article says so, and without scripts every page is whole', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const home = pathToFileURL(folder).href + '/';
    await page.goto(`${home}${office.withdrawn.slice(1)}.html`);
    equal(await page.locator('text=It named the wrong street.').count() > 0, true, 'the reason');
    await page.goto(`${home}${office.corrected.slice(1)}.html`);
    equal(await page.locator('.reader').isVisible(), false, 'settings that would do nothing');
    equal(await page.locator('form').count(), 0, 'forms');
    await context.close();
  });
  fs.rmSync(folder, { recursive: true, force: true });
}
