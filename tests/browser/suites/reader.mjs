// SPDX-License-Identifier: Apache-2.0
// The reader's settings: with scripts at once and without a reload, without scripts through the form; for the whole site.
import { chromium } from 'playwright-core';
import { personIn } from '../support/office.mjs';
import { equal, test } from '../support/tap.mjs';

const attribute = (page, name) => page.evaluate((n) => document.documentElement.getAttribute(n), name);
const typefaces = ['small', 'medium', 'large'];
const colours = ['white', 'paper', 'green', 'blue', 'grey', 'dark'];

// Goes back until `path` is there out of the browser's memory, where a page neither loads nor tells the driver so.
async function backTo(page, path) {
  for (let i = 0; i < 4; i++) {
    await page.evaluate(() => history.back());
    for (let k = 0; k < 20; k++) {
      await page.waitForTimeout(100);
      const there = await page.evaluate(() => location.pathname + (window.still ?? '')).catch(() => '');
      if (there === path + 'here') return;
    }
  }
  throw new Error(`${path} did not come back out of the browser's memory`);
}

export default async function reader({ browser, office, executablePath, args }) {
  await test('a colour to choose is drawn in itself, its button too, whatever colour the page has', async () => {
    const context = await personIn(browser);
    for (const colour of ['white', 'dark']) {
      await context.addCookies([{ name: 'reader', value: `medium.${colour}`, url: office.origin }]);
      const page = await context.newPage();
      await page.goto(`${office.origin}/reader`);
      const schemes = await page.$$eval('.settings label[data-colour]', (all) => all.map((e) => `${e.dataset.colour} ${getComputedStyle(e).colorScheme}`));
      equal(schemes.join(', '), colours.map((c) => `${c} ${c === 'dark' ? 'dark' : 'light'}`).join(', '), `on a page in ${colour}`);
      await page.close();
    }
    await context.close();
  });
  await test('with scripts a colour and a typeface are shown at once, without a reload, and stay on other pages', async () => {
    const context = await personIn(browser);
    const page = await context.newPage();
    await page.goto(office.origin + office.corrected);
    await page.evaluate(() => { window.still = 'here'; });
    for (const colour of colours) {
      await page.click(`.reader button[value=${colour}]`);
      equal(await attribute(page, 'data-colour'), colour, 'colour');
    }
    const kept = page.waitForResponse((r) => r.request().method() === 'POST');
    await page.click('.reader button[value=green]');
    await kept;
    const sizes = [];
    for (const typeface of typefaces) {
      const answer = page.waitForResponse((r) => r.request().method() === 'POST');
      await page.click(`.reader button[value=${typeface}]`);
      await answer;
      sizes.push(await page.$eval('.prose p', (p) => parseFloat(getComputedStyle(p).fontSize)));
    }
    if (!(sizes[0] < sizes[1] && sizes[1] < sizes[2])) throw new Error(`sizes ${sizes}`);
    equal(await page.evaluate(() => window.still), 'here', 'the page was not loaded again');
    await page.goto(office.origin + '/');
    equal(await attribute(page, 'data-colour'), 'green', 'colour on the home page');
    equal(await attribute(page, 'data-typeface'), 'large', 'typeface on the home page');
    equal(await page.$eval('body', (b) => getComputedStyle(b).backgroundColor), 'rgb(199, 237, 204)', 'the eye-resting green');
    equal((await context.cookies()).length, 1, 'cookies');
    await context.close();
  });
  await test('Back out of the browser\'s memory shows the choice that was made on the settings page since', async () => {
    const remembering = await chromium.launch({ executablePath, args, ignoreDefaultArgs: ['--disable-back-forward-cache'] });
    try {
      const page = await (await personIn(remembering)).newPage();
      await page.goto(office.origin + office.corrected);
      await page.evaluate(() => { window.still = 'here'; });
      const kept = page.waitForResponse((r) => r.request().method() === 'POST');
      await page.click('.reader button[value=green]');
      await kept;
      for (const [button, colour, typeface] of [['.go', 'dark', 'large'], ['[name=reset]', 'white', 'medium']]) {
        await page.goto(office.origin + '/reader');
        await page.check('.settings input[value=dark]');
        await page.check('.settings input[value=large]');
        await Promise.all([page.waitForNavigation(), page.click(`.settings button${button}`)]);
        await backTo(page, office.corrected);
        equal(await attribute(page, 'data-colour'), colour, 'colour');
        equal(await attribute(page, 'data-typeface'), typeface, 'typeface');
      }
    } finally {
      await remembering.close();
    }
  });
  await test('the button that reads aloud comes where there is a voice, and nobody is asked for voices before the page is there', async () => {
    for (const [lang, hidden] of [['en-GB', false], ['de-DE', true]]) {
      const context = await personIn(browser);
      await context.addInitScript((tag) => {
        window.asked = [];
        const speech = { getVoices: () => { window.asked.push(document.readyState); return [{ lang: tag }]; }, addEventListener() {}, cancel() {} };
        Object.defineProperty(window, 'speechSynthesis', { value: speech });
      }, lang);
      const page = await context.newPage();
      await page.goto(office.origin + office.corrected);
      await page.waitForFunction(() => window.asked.length > 0);
      equal(await page.evaluate(() => window.asked[0]), 'complete', 'the document when voices were asked for');
      equal(await page.$eval('#speak', (b) => b.hidden), hidden, `the button is hidden with a voice for ${lang}`);
      await context.close();
    }
  });
  await test('without scripts the same buttons work through the form and lead back to the page', async () => {
    const context = await personIn(browser, { javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(office.origin + office.corrected);
    await page.click('.reader button[value=dark]');
    await page.waitForLoadState();
    equal(new URL(page.url()).pathname, office.corrected, 'back on the page');
    equal(await page.getAttribute('html', 'data-colour'), 'dark', 'colour');
    await page.click('.reader button[value=large]');
    await page.waitForLoadState();
    equal(await page.getAttribute('html', 'data-typeface'), 'large', 'typeface');
    equal(await page.getAttribute('html', 'data-colour'), 'dark', 'the colour chosen before');
    await page.goto(office.origin + '/zh-CN/');
    equal(await page.getAttribute('html', 'data-typeface'), 'large', 'typeface in the other language');
    await context.close();
  });
  await test('without scripts the settings page keeps all three choices and can forget them', async () => {
    const context = await personIn(browser, { javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(office.origin + '/reader');
    await page.check('.settings input[value=small]');
    await page.check('.settings input[value=blue]');
    await page.check('.settings input[name=easy][value=on]');
    await page.click('.settings button.go');
    await page.waitForLoadState();
    await page.goto(office.origin + '/news/');
    equal(await page.getAttribute('html', 'data-typeface'), 'small', 'typeface');
    equal(await page.getAttribute('html', 'data-colour'), 'blue', 'colour');
    if ((await page.getAttribute('html', 'data-easy')) === null) throw new Error('the easy mode is not on');
    await page.goto(office.origin + '/reader');
    await page.click('.settings button[name=reset]');
    await page.waitForLoadState();
    equal((await context.cookies()).length, 0, 'cookies');
    await context.close();
  });
  await test('the easy mode has text of 18 points and up, targets of 60 pixels, and one column', async () => {
    const context = await personIn(browser, { viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    await page.goto(office.origin + office.corrected);
    await page.click('button[name=easy]');
    await page.waitForLoadState();
    if ((await attribute(page, 'data-easy')) === null) throw new Error('the easy mode is not on');
    for (const path of ['/', '/news/', office.corrected]) {
      await page.goto(office.origin + path);
      const small = await page.$$eval('main p, main li, main a, main button, main td', (all) => all
        .filter((e) => e.offsetParent && e.textContent.trim() && !e.closest('.unseen'))
        .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 24) // 18 pt = 24 px
        .map((e) => `${e.tagName} ${getComputedStyle(e).fontSize}: ${e.textContent.trim().slice(0, 40)}`));
      if (small.length) throw new Error(`${path}: ${small.slice(0, 8).join('; ')}`);
      const narrow = await page.$$eval('main button, nav.columns a, .doors a, header button, header .tools a', (all) => all
        .filter((e) => e.offsetParent)
        .map((e) => [e.textContent.trim().slice(0, 30), e.getBoundingClientRect()])
        .filter(([, box]) => box.height < 59.5 || box.width < 59.5)
        .map(([text, box]) => `${text} ${Math.round(box.width)}×${Math.round(box.height)}`));
      if (narrow.length) throw new Error(`${path}: ${narrow.slice(0, 8).join('; ')}`);
    }
    await context.close();
  });
  await test('the count of views on the page grows with every reading by a person', async () => {
    const context = await personIn(browser);
    const page = await context.newPage();
    const read = async () => {
      await page.goto(office.origin + office.table);
      return Number((await page.textContent('[data-count]')).replace(/\D/g, ''));
    };
    const first = await read();
    for (let i = 0; i < 4; i++) await read();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const last = await read();
    if (last < first + 4) throw new Error(`first ${first}, after five more readings ${last}`);
    await context.close();
  });
}
