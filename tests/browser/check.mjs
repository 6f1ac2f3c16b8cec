// SPDX-License-Identifier: Apache-2.0
// The browser tests: DAYLIGHT=BINARY check.mjs [SUITE…] visits a real office with a real browser and prints TAP.
import { chromium } from 'playwright-core';
import fs from 'node:fs';
import { openOffice } from './support/office.mjs';
import { finish } from './support/tap.mjs';

const only = process.argv.slice(2);
const binary = process.env.DAYLIGHT;
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const suites = ['network', 'reader', 'proof', 'keyboard', 'layout', 'export', 'direction', 'contrast', 'html', 'axe', 'lighthouse'];

if (!binary || !fs.existsSync(binary)) {
  console.error('usage: DAYLIGHT=BINARY node check.mjs [SUITE…]');
  process.exit(2);
}
if (!fs.existsSync(executablePath)) {
  console.log(`ok 1 - the browser tests # SKIP there is no browser at ${executablePath}`);
  console.log('1..1');
  process.exit(0);
}

const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--in-process-gpu', '--disable-software-rasterizer'];
// Scroll bars take their place, as they do on most desks.
const browser = await chromium.launch({ executablePath, args, ignoreDefaultArgs: ['--hide-scrollbars'] });
const office = await openOffice(binary, { rtl: true });
try {
  for (const name of suites) {
    if (only.length && !only.includes(name)) continue;
    const suite = await import(`./suites/${name}.mjs`);
    await suite.default({ browser, office, binary, executablePath, args });
  }
} finally {
  await browser.close();
  await office.close();
}
finish();
