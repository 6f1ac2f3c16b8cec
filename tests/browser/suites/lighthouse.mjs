// SPDX-License-Identifier: Apache-2.0
// Lighthouse: 100 in all four categories on the home page and on an article, in both languages.
import lighthouse from 'lighthouse';
import { chromium } from 'playwright-core';
import { test } from '../support/tap.mjs';

const categories = ['performance', 'accessibility', 'best-practices', 'seo'];
const TRIES = 3; // the machine is shared: performance is measured, so the best of a few counts

async function scores(url, port) {
  const { lhr } = await lighthouse(url, { port, output: 'json', logLevel: 'silent', onlyCategories: categories });
  const low = Object.values(lhr.audits)
    .filter((a) => a.score !== null && a.score < 0.9 && ['binary', 'numeric', 'metricSavings'].includes(a.scoreDisplayMode))
    .map((a) => `${a.id} ${a.score}: ${a.displayValue ?? a.title}`);
  return { all: categories.map((c) => Math.round(lhr.categories[c].score * 100)), low };
}

export default async function run({ office, executablePath, args }) {
  const port = 20000 + (process.pid % 20000);
  const browser = await chromium.launch({ executablePath, args: [...args, `--remote-debugging-port=${port}`] });
  for (const path of ['/', office.corrected, '/zh-CN/', '/zh-CN' + office.corrected])
    await test(`Lighthouse gives ${path} 100, 100, 100 and 100`, async () => {
      let best = null;
      for (let i = 0; i < TRIES && !best?.all.every((s) => s === 100); i++) {
        const got = await scores(office.origin + path, port);
        if (!best || got.all.reduce((a, b) => a + b) > best.all.reduce((a, b) => a + b)) best = got;
      }
      if (!best.all.every((s) => s === 100)) throw new Error(`${best.all.join(' ')}\n${best.low.join('\n')}`);
    });
  await browser.close();
}
