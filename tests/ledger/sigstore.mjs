// SPDX-License-Identifier: Apache-2.0
/* What @sigstore/verify says of our inclusion proofs and notes. It was written for another log; its parts are loaded by
 * their paths, so its version is pinned.
 *
 *   node sigstore.mjs FOLDER < what `ledger-tool proofs` prints      FOLDER: what `ledger-tool notes` wrote */
import { createHash, createPublicKey } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const { verifyMerkleInclusion } = require("./node_modules/@sigstore/verify/dist/tlog/merkle.js");
const { verifyCheckpoint } = require("./node_modules/@sigstore/verify/dist/tlog/checkpoint.js");

const SPKI_OF_ED25519 = Buffer.from("302a300506032b6570032100", "hex");
/* Trees of up to so many entries have every byte of every proof changed; of the others each eighth proof one byte. */
const EVERY_BYTE = 20;

function refused(what) {
  try {
    what();
    return false;
  } catch {
    return true;
  }
}

function must(truth, sentence) {
  if (truth) return;
  console.error(sentence);
  process.exit(1);
}

/* --- proofs --- */

const bytes = (text) => Buffer.from(text, "base64");
const entries = [], roots = [];
let proofs = 0, changed = 0;

function inclusion(index, size, hashes) {
  const entry = { canonicalizedBody: entries[index], inclusionProof: { logIndex: String(index), hashes } };
  const checkpoint = { logSize: BigInt(size), logHash: roots[size] };
  const check = () => verifyMerkleInclusion(entry, checkpoint);
  must(!refused(check), `entry ${index} of ${size} is refused`);
  proofs++;
  const total = hashes.length * 32, every = size <= EVERY_BYTE;
  if (!every && (index + size) % 8) return;
  for (let at = every ? 0 : (index * 7 + size) * 37 % total; at < total; at += every ? 1 : total) {
    hashes[at >> 5][at & 31] ^= 1;
    must(refused(check), `entry ${index} of ${size}: byte ${at} of the proof may be changed`);
    hashes[at >> 5][at & 31] ^= 1;
    changed++;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [word, a, b, ...rest] = line.split(" ");
  if (word === "entry") entries[Number(a)] = bytes(b);
  else if (word === "root") roots[Number(a)] = bytes(b);
  else if (word === "in") inclusion(Number(a), Number(b), rest.map(bytes));
}
const n = entries.length;
must(n > 0 && proofs === n * (n + 1) / 2, `${proofs} proofs were read, of a tree of ${n} entries`);

/* --- notes: checkpoints signed by one key, as it takes them --- */

const folder = process.argv[2];
let notes = 0;

/* The first key of a note is the log's, Ed25519. */
function logOf(vkey) {
  const [, name, id, key] = vkey.match(/^([^+]+)\+([^+]+)\+(.*)$/); // base64 has + too
  const typed = bytes(key);
  must(typed.length === 33 && typed[0] === 1, `${vkey} is not of type 01`);
  const hash = createHash("sha256").update(`${name}\n`).update(typed).digest();
  must(hash.subarray(0, 4).toString("hex") === id, `${vkey} has another id`);
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_OF_ED25519, typed.subarray(1)]), format: "der", type: "spki" });
  return { baseURL: `https://${name}`, logID: hash, publicKey };
}

function note(number) {
  const envelope = readFileSync(`${folder}/${number}.note`);
  const text = envelope.toString("utf8").split("\n\n")[0].split("\n");
  if (text.length !== 3 || !/^[0-9]+$/.test(text[1])) return; // a note that is no checkpoint is not for it
  const log = logOf(readFileSync(`${folder}/${number}.vkeys`, "utf8").split("\n")[0]);
  const check = (b) => verifyCheckpoint({ inclusionProof: { checkpoint: { envelope: b.toString("utf8") } } }, [log]);
  let found;
  must(!refused(() => (found = check(envelope))), `note ${number} is refused`);
  must(found.origin === text[0] && String(found.logSize) === text[1] && found.logHash.equals(bytes(text[2])),
    `note ${number} is read otherwise`);
  const end = envelope.indexOf("\n\n");
  for (let at = 0; at < end; at++) {
    envelope[at] ^= 1;
    must(refused(() => check(envelope)), `note ${number} is taken with byte ${at} changed`);
    envelope[at] ^= 1;
    changed++;
  }
  notes++;
}

for (let number = 0; existsSync(`${folder}/${number}.note`); number++) note(number);
must(notes > 0, `there are no checkpoints in ${folder}`);
console.log(`${proofs} inclusion proofs and ${notes} checkpoints; ${changed} changed ones are refused`);
