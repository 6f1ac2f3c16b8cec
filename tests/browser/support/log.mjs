// SPDX-License-Identifier: Apache-2.0
// A log of the tests' own, written from the formats (RFC 6962, C2SP tlog-tiles, signed-note) and not from our code.
import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';

const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
const u64 = (n) => { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(n)); return b; };
const b64 = (bytes) => Buffer.from(bytes).toString('base64');
const leafOf = (entry) => sha256(Buffer.from([0]), entry);
const node = (l, r) => sha256(Buffer.from([1]), l, r);

export function keyNamed(name, type = 1) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const typed = Buffer.concat([Buffer.from([type]), raw]);
  const id = sha256(`${name}\n`, typed).subarray(0, 4);
  return { name, id, type, privateKey, vkey: `${name}+${id.toString('hex')}+${b64(typed)}` };
}

function signNote(text, key, time) {
  const message = key.type === 4 ? `cosignature/v1\ntime ${time}\n${text}` : text;
  const parts = [key.id, ...(key.type === 4 ? [u64(time)] : []), sign(null, Buffer.from(message), key.privateKey)];
  return `— ${key.name} ${b64(Buffer.concat(parts))}\n`;
}

// A document's parts, committed to; the opening as an office hands it out.
export function openingOf(parts, index, type, { closed = false } = {}) {
  const key = Buffer.alloc(32, 7);
  const hashes = Object.values(parts).map((value, i) => {
    const salt = createHmac('sha256', key).update('salt').update(u32(i)).digest();
    return sha256('daylight/part/v1\0', salt, u32(i), u64(Buffer.byteLength(value)), value);
  });
  const commit = b64(sha256('daylight/document/v1\0', u32(hashes.length), ...hashes));
  const list = Object.entries(parts).map(([name, value], i) => ({ name, ...(closed ? {} : { value }), hash: b64(hashes[i]) }));
  return { commit, json: { format: 'daylight/opening/v1', key: closed ? null : b64(key), parts: list, index, type } };
}

export const entryText = (type, commit, ref = '-') => `daylight/v1\n${type}\n2026-11-19\nunit -\nref ${ref}\ncommit ${commit}\ncode -\n`;

export class Log {
  constructor(size, index, entry, witnesses = []) {
    this.key = keyNamed('office.example/ledger');
    this.witnesses = witnesses;
    this.entries = Array.from({ length: size }, (_, i) => Buffer.from(i === index ? entry : entryText('publish', b64(sha256(`entry ${i}`)))));
    this.levels = [this.entries.map(leafOf)]; // levels[h][i]: full subtrees of 2^h entries
    for (let below = this.levels[0]; below.length > 1; below = this.levels[this.levels.length - 1])
      this.levels.push(Array.from({ length: below.length >> 1 }, (_, i) => node(below[2 * i], below[2 * i + 1])));
  }

  root(from = 0, to = this.entries.length) {
    if (to === from) return sha256('');
    const height = Math.floor(Math.log2(to - from));
    if (to - from === 2 ** height) return this.levels[height][from / 2 ** height];
    return node(this.root(from, from + 2 ** height), this.root(from + 2 ** height, to));
  }

  checkpoint() {
    const text = `${this.key.name}\n${this.entries.length}\n${b64(this.root())}\n`;
    return `${text}\n${[this.key, ...this.witnesses].map((k) => signNote(text, k, 1795190400)).join('')}`;
  }

  policy(quorum) {
    const lines = this.witnesses.map((w, i) => `witness w${i} ${w.vkey}`);
    return `log ${this.key.vkey}\n${lines.join('\n')}\ngroup all-of-them all ${this.witnesses.map((_, i) => `w${i}`).join(' ')}\nquorum ${quorum}\n`;
  }

  // "tile/0/000.p/3", "tile/entries/x001/234": bytes, or null where the log has no such tile
  tile(path) {
    const hit = /^tile\/(entries|\d+)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d+))?$/.exec(path);
    if (!hit) return null;
    const n = Number(hit[2].replace(/[x/]/g, ''));
    const all = hit[1] === 'entries' ? this.entries : this.levels[8 * Number(hit[1])] ?? [];
    const part = all.slice(n * 256, n * 256 + Number(hit[3] ?? 256));
    if (part.length !== Number(hit[3] ?? 256)) return null;
    const length = (e) => { const b = Buffer.alloc(2); b.writeUInt16BE(e.length); return b; };
    return Buffer.concat(hit[1] === 'entries' ? part.flatMap((e) => [length(e), e]) : part);
  }
}
