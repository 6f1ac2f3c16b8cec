// SPDX-License-Identifier: Apache-2.0
// The ledger's first page stays fresh while somebody looks at it: new entries and the checkpoint's age, every few seconds.
(() => {
  'use strict';
  const EVERY_MS = 5000;
  const parts = ['.figure', '.seal dl', '.strips', '.entries', '.side ul'];
  const numbers = (list) => new Set(Array.from(list.querySelectorAll('li > a:first-child'), (a) => a.textContent));
  const renew = (now, fresh) => {
    if (!now || !fresh || now.innerHTML === fresh.innerHTML || now.contains(document.activeElement)) return;
    if (fresh.matches('.entries')) {
      const known = numbers(now);
      fresh.querySelectorAll('li').forEach((line) => line.classList.toggle('new', !known.has(line.querySelector('a').textContent)));
    }
    now.replaceWith(document.adoptNode(fresh));
  };
  const look = async () => {
    if (document.hidden || !getSelection().isCollapsed) return;
    const answer = await fetch(location.href, { headers: { Purpose: 'preview' } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    parts.forEach((part) => renew(document.querySelector(part), page.querySelector(part)));
  };
  setInterval(() => { look().catch(() => { /* the next one may come through */ }); }, EVERY_MS);
})();
