// SPDX-License-Identifier: Apache-2.0
// Checks a proof in the reader's own browser, from what the office serves to everybody: page, opening, checkpoint, tiles.
// The formats are those of docs/ledger-format.md; the words come from the page.
(() => {
  'use strict';
  const panel = document.getElementById('check');
  const unchecked = document.getElementById('unchecked'); // says that no check was done; stays where this script cannot
  if (location.protocol === 'file:') return; // a copy in a folder: nothing beside the page can be read
  if (!panel || !window.TextEncoder || !window.DOMParser || !window.fetch || !panel.replaceChildren || ![].flatMap) return;
  const subtle = window.crypto && window.crypto.subtle;
  const words = document.getElementById('check-words').content;

  /* --- bytes --- */
  const utf8 = new TextEncoder();
  const join = (parts) => {
    const all = parts.map((p) => (typeof p === 'string' ? utf8.encode(p) : p));
    const bytes = new Uint8Array(all.reduce((n, p) => n + p.length, 0));
    all.reduce((at, p) => { bytes.set(p, at); return at + p.length; }, 0);
    return bytes;
  };
  const u32 = (n) => Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n);
  const u64 = (n) => join([u32(Math.floor(n / 2 ** 32)), u32(n % 2 ** 32)]);
  const base64 = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''));
  const unbase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const sha256 = async (...parts) => new Uint8Array(await subtle.digest('SHA-256', join(parts)));

  /* --- what can come out: it holds, it is refuted, or it could not be checked --- */
  class Refuted extends Error {
    constructor(why, values, rows) { super(why); Object.assign(this, { why, values, rows, state: 'refuted' }); }
  }
  class Unclear extends Error {
    constructor(why, values) { super(why); Object.assign(this, { why, values, state: 'unclear' }); }
  }
  const need = (thing, why = 'earlier') => { if (!thing) throw new Unclear(why); return thing; };

  /* --- what the office serves --- */
  const ask = async (url) => {
    let answer;
    try {
      // the page as everybody gets it, without this reader's settings; and not one more view of it
      answer = await fetch(url, { cache: 'no-store', credentials: 'omit', headers: { Purpose: 'preview' } });
    } catch (error) { throw new Unclear('away', { url }); }
    if (!answer.ok && answer.status !== 410) throw new Unclear('missing', { url, status: answer.status });
    return answer;
  };
  const bytesOf = async (url) => new Uint8Array(await (await ask(url)).arrayBuffer());
  const textOf = async (url) => (await ask(url)).text();

  /* --- step 1: does the page show what the opening says? --- */
  const parse = (html) => new DOMParser().parseFromString(html, 'text/html');
  const clean = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll(':scope > [data-part]').forEach((e) => e.remove()); // parts of their own
    copy.querySelectorAll('div.scroll, span.one, wbr').forEach((e) => e.replaceWith(...e.childNodes)); // only for showing
    return copy.innerHTML.trim();
  };
  const list = (text) => text.split(',').map((word) => word.trim()).filter(Boolean).join(', ');
  const text = (element) => element.textContent.trim();
  const shownAs = { // how a part is shown, and what its value must look like to be the same
    published: (e) => (e.dateTime && text(e) === e.dateTime.slice(0, 16).replace('T', ' ') ? new Date(e.dateTime).toISOString() : text(e)).slice(0, 19),
    keywords: (e) => (e.children.length ? Array.from(e.children, text).join(', ') : list(text(e))),
    picture: (e) => (e.querySelector('img') ? e.querySelector('img').getAttribute('src') : text(e)),
    body: clean,
  };
  const wanted = {
    published: (value) => value.slice(0, 19),
    keywords: list,
    body: (value) => clean(parse(`<!doctype html><div>${value}</div>`).body.firstChild),
  };
  const excerpt = (value, at) => (at > 20 ? '…' : '') + value.slice(Math.max(0, at - 20), at + 40) + (value.length > at + 40 ? '…' : '');
  const difference = (name, a, b) => {
    let at = 0;
    while (at < a.length && a[at] === b[at]) at++;
    return [name, excerpt(a, at), excerpt(b, at)];
  };
  const notAlways = ['id', 'language', 'note', 'summary']; // where they are shown, they must be the same
  const comparePage = (page, parts) => {
    const rows = [];
    const marked = Array.from(page.querySelectorAll('[data-part]'));
    marked.forEach((e, i) => { // of one that stands there twice one could be right, and the other be read
      if (marked.findIndex((other) => other.dataset.part === e.dataset.part) < i) rows.push([e.dataset.part, excerpt(text(e), 0), '']);
    });
    const seen = new Map(marked.map((e) => [e.dataset.part, (shownAs[e.dataset.part] || text)(e)]));
    const body = page.querySelector('[data-part=body]');
    const picture = page.querySelector('[data-part=picture] img');
    const canonical = page.querySelector('link[rel=canonical]');
    if (body) seen.set('language', body.lang);
    if (picture) seen.set('picture_alt', picture.alt);
    if (canonical) seen.set('id', canonical.href.split('/').pop());
    for (const { name, value } of parts) {
      if (notAlways.includes(name) && !seen.has(name)) continue;
      const expected = (wanted[name] || ((v) => v.trim()))(value);
      const found = seen.get(name) || '';
      if (found !== expected) rows.push(difference(name, found, expected));
    }
    seen.forEach((found, name) => { if (!parts.some((p) => p.name === name)) rows.push([name, excerpt(found, 0), '']); });
    return rows;
  };

  /* --- step 2: commitments --- */
  const openPart = async (key, i, value) => {
    const hmac = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const salt = new Uint8Array(await subtle.sign('HMAC', hmac, join(['salt', u32(i)])));
    const bytes = utf8.encode(value);
    return base64(await sha256('daylight/part/v1\0', salt, u32(i), u64(bytes.length), bytes));
  };
  const namesOf = { // a commitment binds places, not names: which place has which name is for the format to say
    text: ['id', 'language', 'published', 'title', 'source', 'author', 'keywords', 'summary', 'picture', 'picture_alt', 'note', 'body'],
    reason: ['id', 'language', 'reason'],
  };
  const kindOf = { publish: 'text', emergency: 'text', countersign: 'text', correct: 'text', withdraw: 'reason', erase: 'reason' };
  const commitmentOf = (hashes) => sha256('daylight/document/v1\0', u32(hashes.length), ...hashes.map(unbase64));

  /* --- step 3: notes, checkpoints, entry bundles (C2SP signed-note, tlog-checkpoint, tlog-tiles) --- */
  const readNote = (note) => {
    const [, body, tail] = /^([^]*\n)\n((?:— \S+ \S+\n)+)$/.exec(note) || [];
    const [, origin, size, root] = /^(\S+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n/.exec(body || '') || [];
    if (!root) throw new Refuted('no_note');
    const signatures = tail.trim().split('\n').map((line) => line.split(' ')).map(([, name, payload]) => ({ name, payload: unbase64(payload) }));
    return { body, origin, size: Number(size), root, signatures };
  };
  const tilePath = (level, n, width) => {
    const groups = String(n).padStart(Math.ceil(String(n).length / 3) * 3, '0').match(/\d{3}/g);
    return `tile/${level}/${groups.map((g, i) => (i < groups.length - 1 ? `x${g}` : g)).join('/')}${width < 256 ? `.p/${width}` : ''}`;
  };
  const tileReader = (size) => {
    const kept = new Map();
    const width = (level, n) => Math.min(256, Math.floor(size / 256 ** level) - n * 256);
    const read = async (level, n) => {
      const at = tilePath(level, n, width(level === 'entries' ? 0 : level, n));
      try { return await bytesOf(panel.dataset.ledger + at); } catch (error) {
        if (!at.includes('.p/')) throw error;
        return bytesOf(panel.dataset.ledger + tilePath(level, n, 256)); // a full tile may have taken its place
      }
    };
    return (level, n) => {
      const key = `${level}/${n}`;
      if (!kept.has(key)) kept.set(key, read(level, n));
      return kept.get(key);
    };
  };
  const entryOf = (bundle, place) => {
    for (let at = 0, i = 0; at + 2 <= bundle.length; i++) {
      const n = bundle[at] * 256 + bundle[at + 1];
      if (i === place) return bundle.subarray(at + 2, at + 2 + n);
      at += 2 + n;
    }
    throw new Refuted('no_entry');
  };
  const readEntry = (bytes) => {
    const hit = /^daylight\/v1\n([a-z]+)\n(\d{4}-\d\d-\d\d)\nunit (\S+)\nref (\S+)\ncommit (\S+)\ncode (\S+)\n$/.exec(new TextDecoder().decode(bytes));
    if (!hit) throw new Refuted('no_entry');
    const [, type, day, unit, ref, commit, code] = hit;
    return { type, day, unit, ref, commit, code };
  };

  /* --- step 4: the root, folded from tiles and from our own leaf (RFC 6962 2.1) --- */
  const node = (left, right) => sha256(Uint8Array.of(1), left, right);
  const fold = async (hashes) => {
    if (hashes.length === 1) return hashes[0];
    const above = [];
    for (let i = 0; i < hashes.length; i += 2) above.push(await node(hashes[i], hashes[i + 1]));
    return fold(above);
  };
  const fullTree = async (tiles, height, n) => { // of 2^height entries, the n-th of its kind
    const level = Math.floor(height / 8);
    const count = 2 ** (height % 8);
    const first = n * count;
    const tile = await tiles(level, Math.floor(first / 256));
    const from = (first % 256) * 32;
    if (tile.length < from + count * 32) throw new Refuted('short_tile');
    return fold(Array.from({ length: count }, (_, i) => tile.subarray(from + i * 32, from + (i + 1) * 32)));
  };
  const rootWith = async (tiles, index, leaf, from, to) => {
    const n = to - from;
    const mine = index >= from && index < to;
    if (n === 1 && mine) return leaf;
    const height = Math.floor(Math.log2(n));
    if (!mine && n === 2 ** height) return fullTree(tiles, height, from / n);
    const middle = from + 2 ** (n === 2 ** height ? height - 1 : height);
    return node(...await Promise.all([rootWith(tiles, index, leaf, from, middle), rootWith(tiles, index, leaf, middle, to)]));
  };

  /* --- steps 5 and 6: signatures of the office and of its witnesses --- */
  const readKey = async (line) => {
    const [, name, id, rest] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line.trim()) || [];
    const bytes = name ? unbase64(rest) : [];
    if (bytes.length !== 33) throw new Unclear('no_key');
    const hash = await sha256(name, '\n', bytes);
    if (Array.from(hash.subarray(0, 4), (b) => b.toString(16).padStart(2, '0')).join('') !== id) throw new Refuted('wrong_key');
    return { name, id, type: bytes[0], key: bytes.subarray(1), idBytes: hash.subarray(0, 4) };
  };
  const verify = async (key, signature, message) => {
    let imported;
    try { imported = await subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']); } catch (error) { throw new Unclear('no_ed25519'); }
    return subtle.verify({ name: 'Ed25519' }, imported, signature, message);
  };
  /* undefined: no line of this key; else the time of a cosignature, or 0 */
  const signedBy = async (note, key) => {
    const line = note.signatures.find((s) => s.name === key.name && key.idBytes.every((b, i) => s.payload[i] === b));
    if (!line) return undefined;
    if (line.payload.length !== (key.type === 4 ? 76 : 68)) throw new Refuted('signature', { name: key.name });
    const time = key.type === 4 ? Number(new DataView(line.payload.buffer).getBigUint64(4)) : 0;
    const message = key.type === 4 ? `cosignature/v1\ntime ${time}\n${note.body}` : note.body;
    if (await verify(key.key, line.payload.subarray(key.type === 4 ? 12 : 4), utf8.encode(message))) return time;
    throw new Refuted('signature', { name: key.name });
  };
  const readPolicy = (policy) => { // C2SP tlog-policy
    const witnesses = new Map();
    const groups = new Map();
    let quorum = 'none';
    for (const line of policy.split('\n').map((l) => l.trim().split(/[ \t]+/))) { // one that begins with # is none of these
      if (line[0] === 'witness') witnesses.set(line[1], line[2]);
      if (line[0] === 'group') groups.set(line[1], [line[2], line.slice(3)]);
      if (line[0] === 'quorum') quorum = line[1];
    }
    const met = (name, seen) => {
      if (!groups.has(name)) return seen.has(name);
      const [rule, members] = groups.get(name);
      const n = members.filter((m) => met(m, seen)).length;
      return n >= (rule === 'all' ? members.length : rule === 'any' ? 1 : Number(rule));
    };
    return { witnesses, met: (seen) => quorum === 'none' || met(quorum, seen) };
  };

  /* --- the six steps; what each found is handed on in `known` --- */
  const number = (n) => n.toLocaleString(document.documentElement.lang);
  const stepPage = async (known) => {
    known.opening = await (await ask(panel.dataset.opening)).json();
    known.parts = known.opening.parts;
    const open = known.parts.filter((p) => p.value !== undefined);
    const page = parse(await textOf(panel.dataset.shown));
    if (!open.length) throw new Unclear(page.querySelector('[data-part=body]') ? 'unopened' : 'closed');
    const rows = comparePage(page, open);
    if (rows.length) throw new Refuted('page', {}, { kind: 'shown', rows });
    return ['found_page', { count: number(open.length) }];
  };
  const stepParts = async (known) => {
    need(known.parts);
    const names = namesOf[kindOf[known.opening.type]];
    if (!names || known.parts.map((p) => p.name).join('\n') !== names.join('\n')) throw new Refuted('names');
    need(subtle, 'no_crypto');
    known.commit = base64(await commitmentOf(known.parts.map((p) => p.hash)));
    if (!known.opening.key) throw new Unclear('closed');
    const key = unbase64(known.opening.key);
    const rows = [];
    for (const [i, { name, value, hash }] of known.parts.entries()) {
      const got = value === undefined ? hash : await openPart(key, i, value);
      if (got !== hash) rows.push([name, got, hash]);
    }
    if (rows.length) throw new Refuted('parts', {}, { kind: 'hashes', rows });
    return ['found_parts', {}, known.commit];
  };
  const stepEntry = async (known) => {
    const { index, type } = need(known.opening);
    known.note = readNote(await textOf(`${panel.dataset.ledger}checkpoint`));
    if (!Number.isSafeInteger(index) || index < 0 || index >= known.note.size) throw new Unclear('waiting');
    known.tiles = tileReader(known.note.size);
    known.bytes = entryOf(await known.tiles('entries', Math.floor(index / 256)), index % 256);
    known.entry = readEntry(known.bytes);
    if (known.entry.type !== type) throw new Refuted('type', { index: number(index) });
    if (need(known.commit, 'no_crypto') !== known.entry.commit)
      throw new Refuted('commit', { index: number(index) }, { kind: 'hashes', rows: [['whole', known.commit, known.entry.commit]] });
    return ['found_entry', { index: number(index), day: known.entry.day }];
  };
  const stepTree = async (known) => {
    need(subtle, 'no_crypto');
    const leaf = await sha256(Uint8Array.of(0), need(known.bytes));
    const root = base64(await rootWith(known.tiles, known.opening.index, leaf, 0, known.note.size));
    if (root !== known.note.root) throw new Refuted('root', {}, { kind: 'hashes', rows: [['root', root, known.note.root]] });
    return ['found_tree', { size: number(known.note.size) }, root];
  };
  const stepSignature = async (known) => {
    need(subtle, 'no_crypto');
    const line = (await textOf(`${panel.dataset.ledger}vkey`)).trim();
    if (await signedBy(need(known.note), await readKey(line)) === undefined) throw new Refuted('unsigned');
    return ['found_signature', {}, line];
  };
  const stepWitnesses = async (known) => {
    need(subtle, 'no_crypto');
    const policy = readPolicy(await textOf(`${panel.dataset.ledger}policy`));
    const seen = new Map();
    for (const [name, line] of policy.witnesses) {
      const time = await signedBy(need(known.note), await readKey(line));
      if (time) seen.set(name, time);
    }
    const values = { count: number(seen.size), all: number(policy.witnesses.size) };
    if (!policy.witnesses.size) return ['found_no_witness', values, '', 'open'];
    if (!policy.met(seen)) return ['found_few_witnesses', values, '', 'open'];
    return ['found_witnesses', values, Array.from(seen, ([name, time]) => `${name} ${new Date(time * 1000).toISOString().slice(0, 16).replace('T', ' ')}`).join(', ')];
  };
  const steps = { page: stepPage, parts: stepParts, entry: stepEntry, tree: stepTree, signature: stepSignature, witnesses: stepWitnesses };

  /* --- what is seen of it --- */
  const said = new Map(Array.from(words.querySelectorAll('[data-say]'), (e) => [e.dataset.say, text(e)]));
  const say = (name, values = {}) => (said.get(name) || name).replace(/\[(\w+)\]/g, (_, key) => (values[key] === undefined ? '' : values[key]));
  const make = (tag, content, name) => {
    const e = document.createElement(tag);
    e.textContent = content;
    if (name) e.className = name;
    return e;
  };
  const outcome = document.getElementById('outcome');
  const details = document.getElementById('details');
  const progress = panel.querySelector('progress');
  const show = (name, state, found) => {
    const line = panel.querySelector(`[data-step=${name}]`);
    line.dataset.state = state;
    line.querySelector('.state').textContent = say(`state_${state}`);
    line.querySelector('.found').replaceChildren(...(found ? [say(found[0], found[1]), ...(found[2] ? [' ', make('code', found[2])] : [])] : []));
  };
  const table = ({ kind, rows }) => {
    const e = document.createElement('table');
    e.append(make('caption', say(`${kind}_caption`)));
    const head = e.createTHead().insertRow();
    for (const column of ['part', `${kind}_now`, `${kind}_ledger`]) {
      const th = make('th', say(column));
      th.scope = 'col';
      head.append(th);
    }
    const body = e.createTBody();
    for (const [name, now, then] of rows) {
      const row = body.insertRow();
      const th = make('th', say(`part_${name}`));
      th.scope = 'row';
      row.append(th);
      for (const value of [now, then]) row.insertCell().append(value ? make('code', value) : say('nothing'));
    }
    const box = make('div', '', 'scroll');
    box.tabIndex = 0;
    box.setAttribute('role', 'group');
    box.setAttribute('aria-label', say(`${kind}_caption`));
    box.append(e);
    return box;
  };
  const conclude = (failures, known) => {
    const refuted = failures.filter((f) => f.state === 'refuted');
    const unclear = failures.filter((f) => f.state !== 'refuted');
    const closed = unclear.length && unclear.every((f) => f.why === 'closed') && known.entry;
    const verdict = refuted.length ? 'refuted' : closed ? 'closed' : unclear.length ? 'unclear' : 'proven';
    const parts = refuted.filter((f) => f.rows).flatMap((f) => f.rows.rows.map(([name]) => say(`part_${name}`)));
    const values = {
      index: known.opening && number(known.opening.index), day: known.entry && known.entry.day, size: known.note && number(known.note.size), parts: Array.from(new Set(parts)).join(', '),
    };
    panel.dataset.outcome = verdict;
    const worst = refuted[0] || unclear[0];
    const why = worst && !closed ? `why_${worst.why}` : `${verdict}_what`;
    outcome.replaceChildren(make('strong', say(verdict, values)), ' ', make('span', say(why, { ...values, ...(worst && worst.values) })));
    details.replaceChildren(...refuted.filter((f) => f.rows).map((f) => table(f.rows)));
  };

  /* --- the run --- */
  const run = async () => {
    const known = {};
    const failures = [];
    let done = 0;
    for (const name of Object.keys(steps)) show(name, 'wait');
    for (const [name, step] of Object.entries(steps)) {
      show(name, 'running');
      try { // the next one is tried as well: what still holds is worth knowing
        const found = await step(known);
        show(name, found[3] || 'done', found);
      } catch (error) {
        const failure = error.state ? error : new Unclear('broken');
        if (!error.state) console.warn(error);
        failures.push(failure);
        show(name, failure.state, [`why_${failure.why}`, { parts: failure.rows && failure.rows.rows.map(([part]) => say(`part_${part}`)).join(', '), ...failure.values }]);
      }
      progress.value = ++done;
    }
    return [failures, known];
  };
  const again = panel.querySelector('button');
  const check = async () => {
    again.disabled = true;
    panel.dataset.outcome = 'running';
    outcome.replaceChildren(make('strong', say('running')));
    details.replaceChildren();
    progress.value = 0;
    let [failures, known] = await run();
    if (failures.some((f) => f.state === 'refuted')) { // a correction may just be under way: page and opening are asked for one after the other
      await new Promise((resolve) => setTimeout(resolve, 1500));
      [failures, known] = await run();
    }
    conclude(failures, known);
    again.disabled = false;
  };
  const start = () => check().catch((error) => { // of a browser that lacks something nobody thought of
    console.warn(error);
    panel.dataset.outcome = 'unclear';
    outcome.textContent = `${say('unclear')} ${say('why_broken')}`;
    again.disabled = false;
  });
  panel.hidden = false;
  if (unchecked) unchecked.hidden = true;
  again.addEventListener('click', start);
  start();
})();
