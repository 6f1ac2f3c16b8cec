// SPDX-License-Identifier: Apache-2.0
// What a page asks of the network: only its own host, and little.
import { kindsOf, personIn } from '../support/office.mjs';
import { equal, none, test } from '../support/tap.mjs';

const WIRE_MOST = 14600;

// Bytes on the wire, headers included, of a first visit without pictures.
async function firstVisit(browser, url) {
  const context = await personIn(browser);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  const kind = new Map();
  const sizes = [];
  session.on('Network.responseReceived', (e) => kind.set(e.requestId, [e.type, e.response.url]));
  session.on('Network.loadingFinished', (e) => sizes.push([...(kind.get(e.requestId) ?? ['?', '?']), e.encodedDataLength]));
  await page.goto(url, { waitUntil: 'networkidle' });
  await context.close();
  return sizes.filter(([type, address]) => ['Document', 'Stylesheet', 'Script', 'Fetch', 'XHR', 'Other', 'Manifest'].includes(type) && !/icon/.test(address));
}

export default async function network({ browser, office }) {
  await test('no page asks anything of another host, and no page has a console error', async () => {
    const complaints = [];
    const context = await personIn(browser);
    const page = await context.newPage();
    page.on('request', (r) => { if (!r.url().startsWith(office.origin + '/') && !r.url().startsWith('data:')) complaints.push(`${page.url()} asks ${r.url()}`); });
    page.on('console', (m) => { if (['error', 'warning'].includes(m.type()) && !/status of 4\d\d/.test(m.text())) complaints.push(`${page.url()}: ${m.text()}`); });
    page.on('pageerror', (e) => complaints.push(`${page.url()}: ${e}`));
    for (const lang of ['', '/zh-CN', '/ar-XB'])
      for (const [, path] of kindsOf(office, lang)) await page.goto(office.origin + path, { waitUntil: 'networkidle' });
    await context.close();
    none(complaints);
  });
  for (const lang of ['', '/zh-CN'])
    await test(`a first visit to ${lang}${office.corrected} fits one TCP window: at most ${WIRE_MOST} bytes without pictures`, async () => {
      const sizes = await firstVisit(browser, office.origin + lang + office.corrected);
      const all = sizes.reduce((sum, [, , n]) => sum + n, 0);
      console.log(`# ${all} bytes: ${sizes.map(([type, , n]) => `${type} ${n}`).join(', ')}`);
      if (!sizes.some(([type]) => type === 'Stylesheet')) throw new Error('there was no stylesheet');
      if (all > WIRE_MOST) throw new Error(`${all} bytes`);
    });
  await test('no cookie is set before the reader chooses something', async () => {
    const context = await personIn(browser);
    const page = await context.newPage();
    for (const [, path] of kindsOf(office)) await page.goto(office.origin + path);
    equal((await context.cookies()).length, 0, 'cookies');
    await context.close();
  });
  await test('every link of every kind of page leads to a page of this office', async () => {
    const context = await personIn(browser);
    const page = await context.newPage();
    const links = new Map();
    for (const lang of ['', '/zh-CN'])
      for (const [, path] of kindsOf(office, lang)) {
        await page.goto(office.origin + path);
        const found = await page.$$eval('a[href], link[href], img[src], script[src]', (all) => all.map((e) => e.href || e.src));
        for (const url of found) if (url.startsWith(office.origin) && !url.includes('nothing/here') && !page.url().includes('nothing/here') && !page.url().includes('yesterday')) links.set(url.split('#')[0], path);
      }
    const complaints = [];
    for (const [url, from] of links) {
      const answer = await context.request.get(url, { maxRedirects: 5 });
      if (!answer.ok() && !(answer.status() === 410)) complaints.push(`${from} links to ${url}: ${answer.status()}`);
    }
    await context.close();
    none(complaints);
    if (links.size < 60) throw new Error(`only ${links.size} links were found`);
  });
}
