// SPDX-License-Identifier: Apache-2.0
// The check that a proof page does in the reader's browser: against logs of the tests' own, whole and bent.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { entryText, keyNamed, Log, openingOf } from '../support/log.mjs';
import { openOffice, root } from '../support/office.mjs';
import { equal, none, test } from '../support/tap.mjs';

const script = fs.readFileSync(path.join(root, 'assets/proof.js'), 'utf8');
const template = (name) => fs.readFileSync(path.join(root, `templates/${name}.mustache`), 'utf8');
// the page's own panel and words, each word standing for itself
const panel = /<section class="check"[^]*?<\/section>/.exec(template('proof'))[0]
  .replace('{{shown}}', '/news/1').replace('{{opening}}', '/news/1/proof.json').replace(/\{\{t\.(?:proof|check)\.(\w+)\}\}/g, '$1');
const words = template('check_words').replace(/\{\{t\.check\.(\w+)\}\}/g, '$1 [index] [name] [parts]');
const unchecked = /<p[^>]*id="unchecked"[^]*?<\/p>/.exec(template('proof'))[0];
const proofPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>x</title><script src="/proof.js" defer></script>${panel}${unchecked}${words}`;

const parts = {
  id: '1', language: 'en', published: '2026-11-19T08:40:00.123456Z', title: 'Gates & quays', source: 'Harbour', author: '', keywords: 'flood, quay',
  summary: '', picture: '', picture_alt: '', note: '', body: '<p>Call 555-0142 or ask desk@quay.example at once.</p>\n<table><tr><th scope="col">A</th></tr></table>\n<p>Last.</p>',
};
const article = (change = (html) => html) => change(`<!doctype html><html lang="en"><meta charset="utf-8"><title>x</title>
<link rel="canonical" href="/news/1"><h1 data-part="title">Gates &amp; quays</h1>
<time data-part="published" datetime="2026-11-19T16:40:00+08:00">2026-11-19 16:40</time> <b data-part="source">Harbour</b>
<ul data-part="keywords"><li><a href="/x">flood</a></li>
<li><a href="/y">quay</a></li></ul>
<div class="prose" data-part="body" lang="en">
<p>Call <span class="one">555-0142</span> or ask desk@<wbr>quay.example at once.</p>
<div class="scroll" role="group" tabindex="0"><table><tr><th scope="col">A</th></tr></table></div>
<p>Last.</p>
</div>`);

// Serves what `world` says to a page of its own; gives what the check concluded.
async function conclude(browser, world) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (e) => errors.push(String(e)));
  await page.route('**/*', (route) => {
    const name = new URL(route.request().url()).pathname;
    const body = name === '/proof.js' ? script : name === '/news/1/proof' ? proofPage : world(name, route.request());
    const contentType = name.endsWith('.js') ? 'text/javascript' : name.startsWith('/ledger') ? 'application/octet-stream' : 'text/html';
    return body === null || body === undefined ? route.fulfill({ status: 404, body: 'none' }) : route.fulfill({ body, contentType });
  });
  if (world.init) await page.addInitScript(world.init);
  await page.goto('http://localhost:8/news/1/proof');
  await page.waitForSelector('#check[data-outcome]:not([data-outcome=running])', { timeout: 20000 });
  const got = {
    outcome: await page.getAttribute('#check', 'data-outcome'),
    says: await page.textContent('#outcome'),
    states: Object.fromEntries(await page.$$eval('[data-step]', (all) => all.map((e) => [e.dataset.step, e.dataset.state]))),
    details: await page.$$eval('#details tbody tr', (all) => all.map((row) => Array.from(row.cells, (c) => c.textContent))),
  };
  await context.close();
  none(errors);
  return got;
}

// A log of `size` entries with the article at `index`; bend: what is served instead.
function worldOf({ size, index, witnesses = [], quorum = 'none', closed = false, type = 'publish', bend = {}, page = article(), init }) {
  const opening = openingOf(parts, index, type, { closed });
  const log = new Log(size, index, entryText(type, opening.commit), witnesses);
  const world = (name) => {
    const served = name === '/news/1' ? page
      : name === '/news/1/proof.json' ? JSON.stringify(opening.json)
        : name === '/ledger/checkpoint' ? log.checkpoint()
          : name === '/ledger/vkey' ? `${log.key.vkey}\n`
            : name === '/ledger/policy' ? log.policy(quorum)
              : log.tile(name.replace('/ledger/', ''));
    return bend[name] && served !== null ? bend[name](served, log, opening) : served;
  };
  world.init = init;
  return world;
}

const flip = (at) => (bytes) => {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? copy.length + at : at] ^= 1;
  return copy;
};

// --- a real office ---

const outcomeOf = async (page, url) => {
  await page.goto(url);
  await page.waitForSelector('#check[data-outcome]:not([data-outcome=running])', { timeout: 20000 });
  const steps = await page.$$eval('[data-step]', (all) => all.map((e) => `${e.dataset.step} ${e.dataset.state}`));
  return { outcome: await page.getAttribute('#check', 'data-outcome'), says: await page.textContent('#outcome'), details: await page.textContent('#details'), steps };
};

// What the owner of the server can do, past the program: one statement in the store's file.
const inDatabase = (dir, statement) => execFileSync('python3', ['-c', 'import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], timeout=20)\nassert c.execute(sys.argv[2]).rowcount == 1\nc.commit()', path.join(dir, 'daylight.db'), statement]);

// What somebody who saved the proof's two files learns from them, away from the site.
async function verifyFiles(binary, office, url) {
  const opening = await (await fetch(`${url}/proof.json`)).text();
  const folder = fs.mkdtempSync(path.join(office.dir, 'saved-'));
  fs.writeFileSync(path.join(folder, '1.json'), opening);
  fs.writeFileSync(path.join(folder, '1.tlog-proof'), await (await fetch(`${office.origin}/ledger/proof/${JSON.parse(opening).index}`)).text());
  const vkey = (await (await fetch(`${office.origin}/ledger/vkey`)).text()).trim();
  return spawnSync(binary, ['verify', path.join(folder, '1.tlog-proof'), '--opening', path.join(folder, '1.json'), '--vkey', vkey], { encoding: 'utf8' });
}

async function realOffice({ browser, office, binary }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (e) => errors.push(String(e)));
  await test('every published text of the demonstration is proven in the browser, in both languages', async () => {
    const complaints = [];
    for (const a of office.articles)
      for (const lang of ['', '/zh-CN']) {
        if (`/${a.column}/${a.id}` === office.withdrawn) continue;
        const got = await outcomeOf(page, `${office.origin}${lang}/${a.column}/${a.id}/proof`);
        if (got.outcome !== 'proven') complaints.push(`${lang}/${a.column}/${a.id}: ${JSON.stringify(got)}`);
      }
    none(complaints);
    none(errors);
  });
  await test('an earlier text is proven from its own page, and a withdrawal from what is left', async () => {
    let got = await outcomeOf(page, `${office.origin}${office.corrected}/proof/1`);
    equal(got.outcome, 'proven', JSON.stringify(got));
    got = await outcomeOf(page, `${office.origin}${office.withdrawn}/proof`);
    equal(got.outcome, 'proven', JSON.stringify(got));
    got = await outcomeOf(page, `${office.origin}${office.withdrawn}/proof/1`);
    equal(got.outcome, 'closed', JSON.stringify(got));
    none(errors);
  });
  await test('one byte changed by the owner in the database: the page turns red and says what does not match; daylight check and verify find it too', async () => {
    const own = await openOffice(binary);
    try {
      const url = own.origin + own.corrected;
      equal((await outcomeOf(page, `${url}/proof`)).outcome, 'proven', 'before');
      const daylight = (...words) => spawnSync(binary, words, { encoding: 'utf8', env: { ...process.env, XDG_STATE_HOME: path.join(own.dir, '..') } });
      equal((await verifyFiles(binary, own, url)).status, 0, 'daylight verify before');
      equal(daylight('verify', '--article', url).status, 0, 'daylight verify --article before');
      equal(daylight('check', own.dir).status, 0, 'daylight check before');
      const id = own.corrected.split('/').pop();
      inDatabase(own.dir, `UPDATE article_revision SET body_html = replace(body_html, 'leaves at 18:15', 'leaves at 18:25') WHERE article_id = ${id} AND language = 'en' AND number = (SELECT max(number) FROM article_revision WHERE article_id = ${id} AND language = 'en')`);
      const got = await outcomeOf(page, `${url}/proof`);
      equal(got.outcome, 'refuted', JSON.stringify(got));
      if (!/Text/.test(got.says) || !/Text/.test(got.details)) throw new Error(JSON.stringify(got));
      const after = await verifyFiles(binary, own, url);
      equal(after.status, 1, `daylight verify after: ${after.stdout}${after.stderr}`);
      if (!/body/.test(after.stdout + after.stderr)) throw new Error(after.stdout + after.stderr);
      const article = daylight('verify', '--article', url);
      equal(article.status, 1, `daylight verify --article after: ${article.stdout}${article.stderr}`);
      const check = daylight('check', own.dir);
      equal(check.status, 1, `daylight check after: ${check.stdout}${check.stderr}`);
      if (!new RegExp(`${id}.*body`, 's').test(check.stdout)) throw new Error(check.stdout);
    } finally {
      await own.close();
    }
    none(errors);
  });
  await context.close();
}

export default async function proof({ browser, office, binary }) {
  await realOffice({ browser, office, binary });
  await test('a text is proven at the edges of trees of many sizes', async () => {
    const complaints = [];
    for (const [size, index] of [[1, 0], [2, 1], [3, 0], [255, 254], [256, 255], [257, 0], [257, 256], [600, 300], [66000, 0], [66000, 65535], [66000, 65999]]) {
      const got = await conclude(browser, worldOf({ size, index }));
      if (got.outcome !== 'proven') complaints.push(`entry ${index} of ${size}: ${JSON.stringify(got)}`);
    }
    none(complaints);
  });

  await test('a text that is shown part by part is proven too', async () => {
    const rows = Object.entries(parts).filter(([, value]) => value).map(([name, value]) => `<dd data-part="${name}" lang="en">${name === 'body' ? value : value.replace('&', '&amp;')}</dd>`);
    const got = await conclude(browser, worldOf({ size: 9, index: 4, page: `<!doctype html><title>x</title><dl>${rows.join('')}</dl>` }));
    equal(got.outcome, 'proven', JSON.stringify(got));
  });

  const size = 600;
  const index = 300;
  const refuted = {
    'a byte of the body on the page': [{ page: article((h) => h.replace('Last.', 'Lost.')) }, 'page', 'page'],
    'a paragraph put into the page': [{ page: article((h) => h.replace('<p>Last.', '<p>No.</p><p>Last.')) }, 'page', 'page'],
    'a second body before the true one': [{ page: article((h) => h.replace('<div class="prose"', '<div class="prose" data-part="body" lang="en"><p>No.</p></div><div class="prose"')) }, 'page', 'page'],
    'a second body behind the true one': [{ page: article((h) => `${h}<div class="prose" data-part="body" lang="en"><p>No.</p></div>`) }, 'page', 'page'],
    'another title on the page': [{ page: article((h) => h.replace('Gates &amp;', 'Gate &amp;')) }, 'page', 'page'],
    'a time shown that is not the time meant': [{ page: article((h) => h.replace('>2026-11-19 16:40<', '>2026-11-18 16:40<')) }, 'page', 'page'],
    'a part on the page that nothing was committed to': [{ page: article((h) => h.replace('<p>Call', '<p data-part="extra">More</p><p>Call')) }, 'page', 'page'],
    'a text changed in the store, on the page and in the opening': [{ page: article((h) => h.replace('Last.', 'Lost.')), bend: { '/news/1/proof.json': (j) => j.replace('Last.', 'Lost.') } }, 'parts', 'parts'],
    'the opening with another hash': [{ bend: { '/news/1/proof.json': (j) => j.replace(/"hash":"./, '"hash":"_').replace('_', 'A') } }, 'parts', 'parts'],
    'the entry in its bundle': [{ bend: { '/ledger/tile/entries/001': (b, log, opening) => Buffer.from(b.toString('latin1').replace(`2026-11-19\nunit -\nref -\ncommit ${opening.commit}`, `2026-11-18\nunit -\nref -\ncommit ${opening.commit}`), 'latin1') } }, 'tree', 'root'],
    'a hash in the tile beside it': [{ bend: { '/ledger/tile/0/001': flip(0) } }, 'tree', 'root'],
    'a hash at the right edge': [{ bend: { '/ledger/tile/0/002.p/88': flip(-1) } }, 'tree', 'root'],
    'the root in the checkpoint': [{ bend: { '/ledger/checkpoint': (c) => c.replace(/\n([A-Za-z0-9+/]{43}=)\n/, `\n${'A'.repeat(43)}=\n`) } }, 'tree', 'root'],
    'the signature under the checkpoint': [{ bend: { '/ledger/checkpoint': (c) => c.replace(/(\S{20})(\S)(\S+)\n$/, (_, a, x, b) => `${a}${x === 'A' ? 'B' : 'A'}${b}\n`) } }, 'signature', 'signature'],
    'a checkpoint of another key': [{ bend: { '/ledger/vkey': () => `${keyNamed('office.example/ledger').vkey}\n` } }, 'signature', 'unsigned'],
    'a key under a wrong number': [{ bend: { '/ledger/vkey': (k) => k.replace(/\+[0-9a-f]{8}\+/, '+00000000+') } }, 'signature', 'wrong_key'],
    'a title handed out, and shown, as the source': [{ page: article((h) => h.replace('data-part="title"', 'data-part="x"').replace('data-part="source"', 'data-part="title"').replace('data-part="x"', 'data-part="source"')), bend: { '/news/1/proof.json': (j) => j.replace('"name":"title"', '"name":"x"').replace('"name":"source"', '"name":"title"').replace('"name":"x"', '"name":"source"') } }, 'parts', 'names'],
    'a part left without a name': [{ bend: { '/news/1/proof.json': (j) => j.replace('"name":"note"', '"name":"remark"') } }, 'parts', 'names'],
    'an entry about another act': [{ bend: { '/news/1/proof.json': (j) => j.replace('"publish"', '"correct"') } }, 'entry', 'type'],
    'another entry than the one named': [{ bend: { '/news/1/proof.json': (j) => j.replace(`"index":${index}`, `"index":${index + 1}`) } }, 'entry', 'commit'],
    'a checkpoint that is none': [{ bend: { '/ledger/checkpoint': () => 'hello\n' } }, 'entry', 'no_note'],
  };
  for (const [what, [change, step, why]] of Object.entries(refuted))
    await test(`refuted, and says where: ${what}`, async () => {
      const got = await conclude(browser, worldOf({ size, index, ...change }));
      equal(got.outcome, 'refuted', JSON.stringify(got));
      equal(got.states[step], 'refuted', `step ${step} of ${JSON.stringify(got.states)}`);
      if (!got.says.includes(`why_${why}`)) throw new Error(`says: ${got.says}`);
    });
  await test('a changed text is named, with both fingerprints', async () => {
    const [change] = refuted['a text changed in the store, on the page and in the opening'];
    const got = await conclude(browser, worldOf({ size, index, ...change }));
    equal(got.details.length, 1, 'rows');
    if (!/^part_body/.test(got.details[0][0]) || !/part_body/.test(got.says) || got.details[0][1] === got.details[0][2] || !/^[A-Za-z0-9+/]{43}=$/.test(got.details[0][1])) throw new Error(JSON.stringify(got.details));
  });
  await test('a changed page is shown beside what was proven', async () => {
    const got = await conclude(browser, worldOf({ size, index, page: article((h) => h.replace('Last.', 'Lost.')) }));
    if (!/Lost/.test(got.details[0][1]) || !/Last/.test(got.details[0][2])) throw new Error(JSON.stringify(got.details));
  });

  const unclear = {
    'there is no WebCrypto': [{ init: 'Object.defineProperty(window, "crypto", { value: {} });' }, 'no_crypto', 'page'],
    'the browser knows no Ed25519': [{ init: 'const ask = SubtleCrypto.prototype.importKey; SubtleCrypto.prototype.importKey = function (f, k, a, ...r) { return a.name === "Ed25519" ? Promise.reject(new DOMException("no", "NotSupportedError")) : ask.call(this, f, k, a, ...r); };' }, 'no_ed25519', 'tree'],
    'the entry has no place yet': [{ bend: { '/news/1/proof.json': (j) => j.replace(`"index":${index}`, '"index":-1') } }, 'waiting', 'parts'],
    'a tile is missing': [{ bend: { '/ledger/tile/entries/001': () => null } }, 'missing', 'parts'],
    'the page shows a text whose opening is withheld': [{ closed: true }, 'unopened', 'tree'],
  };
  for (const [what, [change, why, still]] of Object.entries(unclear))
    await test(`could not be checked, says why and checks the rest: ${what}`, async () => {
      const got = await conclude(browser, worldOf({ size, index, ...change }));
      equal(got.outcome, 'unclear', JSON.stringify(got));
      if (!got.says.includes(`why_${why}`)) throw new Error(`says: ${got.says}`);
      equal(got.states[still], 'done', `step ${still} of ${JSON.stringify(got.states)}`);
    });
  const old = {
    'it has no TextEncoder': ['delete window.TextEncoder;', (js) => js],
    'it cannot replace children': ['delete Element.prototype.replaceChildren;', (js) => js],
    'it does not understand the script': ['', (js) => `${js}\n}}`],
    'the script never came': ['', () => null],
  };
  for (const [what, [init, change]] of Object.entries(old))
    await test(`an old browser says that it did not check: ${what}`, async () => {
      const page = await browser.newPage();
      await page.addInitScript(init);
      await page.route('**/*', (route) => {
        const body = route.request().url().endsWith('.js') ? change(script) : proofPage;
        return body === null ? route.fulfill({ status: 404, body: 'none' }) : route.fulfill({ body, contentType: route.request().url().endsWith('.js') ? 'text/javascript' : 'text/html' });
      });
      await page.goto('http://localhost:8/news/1/proof', { waitUntil: 'load' });
      const seen = [await page.isVisible('#unchecked'), await page.isVisible('#check')];
      await page.close();
      equal(seen.join(), 'true,false');
    });
  await test('a browser that checks shows no word of not having checked', async () => {
    const page = await browser.newPage();
    const world = worldOf({ size: 9, index: 4 });
    await page.route('**/*', (route) => {
      const name = new URL(route.request().url()).pathname;
      return route.fulfill({ body: name === '/proof.js' ? script : name === '/news/1/proof' ? proofPage : world(name), contentType: name.endsWith('.js') ? 'text/javascript' : 'text/html' });
    });
    await page.goto('http://localhost:8/news/1/proof');
    await page.waitForSelector('#check[data-outcome=proven]', { timeout: 20000 });
    const seen = await page.isVisible('#unchecked');
    await page.close();
    equal(seen, false);
  });
  await test('a # within a line of the policy is part of it, and a line that begins with one is none', async () => {
    const witnesses = [keyNamed('a.example/w', 4)];
    const bend = { '/ledger/policy': (p) => p.replace(/(witness w0 \S+)/, '# witness no key\n  # nor this\n$1 https://a.example/#witness').replace(/w0/g, 'w#0') };
    const got = await conclude(browser, worldOf({ size, index, witnesses, quorum: 'all-of-them', bend }));
    equal(`${got.outcome} ${got.states.witnesses}`, 'proven done', JSON.stringify(got));
  });
  await test('an act whose text is not public any more is proven as an act', async () => {
    const got = await conclude(browser, worldOf({ size, index, closed: true, page: '<!doctype html><title>x</title><p>Withdrawn' }));
    equal(got.outcome, 'closed', JSON.stringify(got));
  });
  await test('witnesses are counted by their signatures, and a bad one refutes', async () => {
    const witnesses = [keyNamed('a.example/w', 4), keyNamed('b.example/w', 4)];
    let got = await conclude(browser, worldOf({ size, index, witnesses, quorum: 'all-of-them' }));
    equal(`${got.outcome} ${got.states.witnesses}`, 'proven done', JSON.stringify(got));
    got = await conclude(browser, worldOf({ size, index, witnesses, quorum: 'all-of-them', bend: { '/ledger/checkpoint': (c) => c.replace(/— b\.example.*\n/, '') } }));
    equal(`${got.outcome} ${got.states.witnesses}`, 'proven open', JSON.stringify(got));
    got = await conclude(browser, worldOf({ size, index, witnesses, bend: { '/ledger/checkpoint': (c, log) => c.replace(/(— b\.example\/w \S{30})(\S)/, (_, a, x) => `${a}${x === 'A' ? 'B' : 'A'}`) } }));
    equal(`${got.outcome} ${got.states.witnesses}`, 'refuted refuted', JSON.stringify(got));
  });
}
