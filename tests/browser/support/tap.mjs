// SPDX-License-Identifier: Apache-2.0
// Results as TAP: one line a test, what went wrong below it.
let count = 0;
let failed = 0;

export async function test(name, body) {
  count++;
  try {
    await body();
    console.log(`ok ${count} - ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${count} - ${name}`);
    for (const line of String(error && error.stack ? error.stack : error).split('\n').slice(0, 40)) console.log(`# ${line}`);
  }
}

// Fails with every complaint of the list, where there is one.
export function none(complaints, what = '') {
  if (complaints.length) throw new Error(`${what}\n${complaints.slice(0, 30).join('\n')}${complaints.length > 30 ? `\n… ${complaints.length} in all` : ''}`);
}

export function equal(got, wanted, what) {
  if (got !== wanted) throw new Error(`${what}: wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`);
}

export function finish() {
  console.log(`1..${count}`);
  process.exitCode = failed ? 1 : 0;
}
