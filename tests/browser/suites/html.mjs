// SPDX-License-Identifier: Apache-2.0
// The Nu HTML checker over every kind of page: no error and no warning.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { kindsOf, root } from '../support/office.mjs';
import { none, test } from '../support/tap.mjs';

const require = createRequire(import.meta.url);

export default async function html({ office }) {
  const jar = path.join(path.dirname(require.resolve('vnu-jar/package.json')), 'build/dist/vnu.jar');
  for (const lang of ['', '/zh-CN', '/ar-XB'])
    await test(`the Nu HTML checker finds nothing on any kind of page ${lang || '/'}`, async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'daylight-html-'));
      for (const easy of ['', 'medium.white.easy'])
        for (const [kind, address] of kindsOf(office, lang)) {
          const ask = () => fetch(office.origin + address, { headers: easy ? { cookie: `reader=${easy}` } : {} });
          const answer = await ask().catch(ask); // the checker takes long: the server may have closed the kept connection
          fs.writeFileSync(path.join(folder, `${kind.replaceAll(' ', '-')}${easy ? '-easy' : ''}.html`), await answer.text());
        }
      const files = fs.readdirSync(folder).map((f) => path.join(folder, f));
      let report;
      try {
        execFileSync('java', ['-Xss1m', '-Xmx512m', '-jar', jar, '--format', 'json', '--stdout', ...files], { encoding: 'utf8', maxBuffer: 1 << 26 });
        report = { messages: [] };
      } catch (error) {
        report = JSON.parse(error.stdout || '{}');
        if (!report.messages) throw error;
      }
      const complaints = report.messages
        .filter((m) => m.type === 'error' || m.subType === 'warning')
        .map((m) => `${path.basename(m.url)}:${m.lastLine}: ${m.message} (${(m.extract ?? '').trim().slice(0, 80)})`);
      fs.rmSync(folder, { recursive: true });
      none(complaints);
    });
  await test('the Nu HTML checker finds nothing in the stylesheets', async () => {
    const sheets = ['daylight.css', 'ledger.css'].map((name) => path.join(root, 'assets', name));
    const out = execFileSync('java', ['-jar', jar, '--css', '--format', 'json', '--stdout', '--exit-zero-always', ...sheets], { encoding: 'utf8' });
    none(JSON.parse(out).messages.filter((m) => m.type === 'error').map((m) => `${m.lastLine}: ${m.message}`));
  });
}
