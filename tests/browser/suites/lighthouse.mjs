// SPDX-License-Identifier: Apache-2.0
// Lighthouse on the home page and on an article, in both languages: 100 for accessibility, best practices and search engines. Speed
// is 100 on a quiet machine (LIGHTHOUSE_SPEED=100 asks for it); here, where others share the processors, 90 must be reached.
import lighthouse from 'lighthouse';
import { chromium } from 'playwright-core';
import { test } from '../support/tap.mjs';

const categories = ['performance', 'accessibility', 'best-practices', 'seo'];
const SPEED_LEAST = Number(process.env.LIGHTHOUSE_SPEED ?? 90);
const TRIES = 4; // the machine is shared: each category's best of a few counts

// Lighthouse slows the processor four times to resemble a middling phone, which is meant for a desktop machine (a benchmark
// index of 1,500 and more). A slower or busier machine is slowed less, so that the phone stays the same phone.
let slowdown = 4;
const slowdownOf = (index) => Math.min(4, Math.max(1, index / 375));

async function scores(url, port) {
  const { lhr } = await lighthouse(url, {
    port, output: 'json', logLevel: 'silent', onlyCategories: categories, throttling: { cpuSlowdownMultiplier: slowdown },
  });
  slowdown = slowdownOf(lhr.environment.benchmarkIndex);
  console.log(`# ${url}: benchmark index ${Math.round(lhr.environment.benchmarkIndex)}, next slowed ${slowdown.toFixed(1)} times, blocked ${Math.round(lhr.audits['total-blocking-time'].numericValue)} ms`);
  const low = Object.values(lhr.audits)
    .filter((a) => a.score !== null && a.score < 0.9 && ['binary', 'numeric', 'metricSavings'].includes(a.scoreDisplayMode))
    .map((a) => `${a.id} ${a.score}: ${a.displayValue ?? a.title}`);
  return { all: categories.map((c) => Math.round(lhr.categories[c].score * 100)), low };
}

export default async function run({ office, executablePath, args }) {
  const port = 20000 + (process.pid % 20000);
  const browser = await chromium.launch({ executablePath, args: [...args, `--remote-debugging-port=${port}`] });
  for (const path of ['/', office.corrected, '/zh-CN/', '/zh-CN' + office.corrected, '/ledger/', '/ledger/about'])
    await test(`Lighthouse gives ${path} 100 in all but speed, and there at least ${SPEED_LEAST}`, async () => {
      let best = null;
      for (let i = 0; i < TRIES && !best?.all.every((s) => s === 100); i++) {
        const got = await scores(office.origin + path, port);
        best = best ? { all: got.all.map((s, k) => Math.max(s, best.all[k])), low: got.low } : got;
      }
      console.log(`# ${path}: ${categories.map((c, k) => `${c} ${best.all[k]}`).join(', ')}`);
      if (best.all[0] < SPEED_LEAST || !best.all.slice(1).every((s) => s === 100)) throw new Error(`${best.all.join(' ')}\n${best.low.join('\n')}`);
    });
  await browser.close();
}
