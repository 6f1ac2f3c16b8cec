// SPDX-License-Identifier: Apache-2.0
// A real office for the browser to visit: made, filled and served by the daylight binary in a folder of its own.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

const run = (binary, args, options = {}) => execFileSync(binary, args, { encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'], ...options });

// The port that the server says it listens on; the promise fails when the server ends before.
const portOf = (child) => new Promise((resolve, reject) => {
  let said = '';
  child.stderr.on('data', (bytes) => {
    said += bytes;
    const hit = /127\.0\.0\.1:(\d+)/.exec(said);
    if (hit && hit[1] !== '0') resolve(Number(hit[1]));
  });
  child.stdout.on('data', (bytes) => {
    said += bytes;
    const hit = /127\.0\.0\.1:(\d+)/.exec(said);
    if (hit && hit[1] !== '0') resolve(Number(hit[1]));
  });
  child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
});

const freePort = async () => {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
};

// An office with the demonstration's articles, one of them corrected and one withdrawn. rtl: also in a right-to-left pseudo-language.
export async function openOffice(binary, { rtl = false } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'daylight-browser-'));
  const dir = path.join(folder, 'site');
  const port = await freePort();
  run(binary, ['init', dir, '--demo', '--host', `127.0.0.1:${port}`]);
  if (rtl) {
    const ini = path.join(dir, 'site.ini');
    fs.writeFileSync(ini, fs.readFileSync(ini, 'utf8').replace(/^languages\s*=.*$/m, 'languages = en, zh-CN, ar-XB'));
    const locale = path.join(dir, 'theme', 'locale');
    fs.mkdirSync(locale, { recursive: true });
    run('python3', [path.join(root, 'tools/pseudo_locale.py'), path.join(locale, 'ar-XB.ini')]);
  }
  const articles = JSON.parse(run(binary, ['article', 'list', dir, '--json']));
  const named = (key) => articles.find((a) => a.key === key);
  const corrected = named('flood-gates-november') ?? articles[0];
  const source = path.join(root, 'demo/articles', `${corrected.key}.en.md`);
  const text = fs.readFileSync(source, 'utf8').replace(/(picture): .*\n/g, '').replace(/\n## /, '\n\nA sentence that corrects the page.\n\n## ');
  run(binary, ['import', dir, '--publish', '-'], { input: text });
  const withdrawn = articles[articles.length - 1];
  run(binary, ['article', 'withdraw', dir, String(withdrawn.id), '--reason', 'It named the wrong street.']);
  const child = spawn(binary, ['serve', dir, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  await Promise.race([portOf(child), new Promise((resolve) => setTimeout(resolve, 3000))]);
  const origin = `http://127.0.0.1:${port}`;
  const close = async () => {
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    fs.rmSync(folder, { recursive: true, force: true });
  };
  const at = (a) => `/${a.column}/${a.id}`;
  const table = named('guide-lost-property') ?? articles.find((a) => a.column === 'services');
  return { origin, dir, close, articles, corrected: at(corrected), withdrawn: at(withdrawn), table: at(table) };
}

// Every kind of page, by name. lang: '' or '/zh-CN' …
export function kindsOf(office, lang = '') {
  return [
    ['home', `${lang}/`],
    ['column', `${lang}/news/`],
    ['article', `${lang}${office.corrected}`],
    ['article with a table', `${lang}${office.table}`],
    ['changes', `${lang}${office.corrected}/changes`],
    ['withdrawn', `${lang}${office.withdrawn}`],
    ['search form', `${lang}/search`],
    ['search hits', `${lang}/search?q=${lang === '/zh-CN' ? encodeURIComponent('闸门') : 'flood'}`],
    ['search without hits', `${lang}/search?q=zzzzqqqq`],
    ['site map', `${lang}/sitemap`],
    ['accessibility', `${lang}/about/accessibility`],
    ['views', `${lang}/about/views`],
    ['units', `${lang}/about/units`],
    ['reader settings', `${lang}/reader`],
    ['not found', `${lang}/nothing/here`],
    ['bad request', `${lang}/search?from=yesterday`],
    ['proof', `${lang}${office.corrected}/proof`],
    ['proof of an earlier text', `${lang}${office.corrected}/proof/1`],
    ['proof of a withdrawn page', `${lang}${office.withdrawn}/proof`],
    ['ledger', `${lang}/ledger/`],
    ['ledger entry', `${lang}/ledger/entry/0`],
    ['ledger incidents', `${lang}/ledger/incidents`],
    ['for auditors', `${lang}/ledger/about`],
  ];
}

// A browser that a person uses: a headless one says so, and is counted as a robot. Nothing moves by itself, so that what is seen can be measured.
export function personIn(browser, options = {}) {
  const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
  return browser.newContext({ userAgent, reducedMotion: 'reduce', ...options });
}
