// SPDX-License-Identifier: Apache-2.0
// What axe-core says of a page that is open. The page's own policy must let it in: the context bypasses it.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const source = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// article: AAA contrast is asked; elsewhere AA.
export async function judge(page, article) {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(source);
  return page.evaluate(async (enhanced) => {
    const result = await globalThis.axe.run(document, {
      resultTypes: ['violations'],
      rules: { 'color-contrast-enhanced': { enabled: enhanced } },
    });
    return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 110)} (${n.failureSummary.split('\n')[1]?.trim()})`));
  }, article);
}
