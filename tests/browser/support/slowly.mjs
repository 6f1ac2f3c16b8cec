// SPDX-License-Identifier: Apache-2.0
// The same office through a line so slow that a page arrives tag by tag, and the browser draws it in parts.
import http from 'node:http';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const passing = ['content-type', 'content-security-policy', 'cache-control', 'content-language'];

// The head at once, the first part of the body a tag at a time, the rest in ten pieces.
const pieces = (html) => {
  const body = html.indexOf('<body>');
  const far = html.indexOf('>', body + 7000) + 1 || html.length;
  const step = Math.ceil((html.length - far) / 10) || 1;
  const rest = [];
  for (let at = far; at < html.length; at += step) rest.push(html.slice(at, at + step));
  return [html.slice(0, body), ...html.slice(body, far).match(/[^>]*>/g), ...rest];
};

export async function slowly(office, gap) {
  const { host } = new URL(office.origin);
  const ask = (path) => new Promise((resolve, reject) => http.get(office.origin + path, { headers: { host } }, async (answer) => {
    const parts = [];
    for await (const part of answer) parts.push(part);
    resolve({ status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(parts) });
  }).on('error', reject));
  const line = http.createServer(async (request, reply) => {
    const answer = await ask(request.url);
    reply.writeHead(answer.status, Object.fromEntries(passing.filter((name) => answer.headers[name]).map((name) => [name, answer.headers[name]])));
    if (!/text\/html/.test(answer.headers['content-type'])) return reply.end(answer.bytes);
    for (const piece of pieces(answer.bytes.toString())) {
      reply.write(piece);
      await pause(gap);
    }
    return reply.end();
  });
  await new Promise((resolve) => line.listen(0, '127.0.0.1', resolve));
  const close = () => { line.closeAllConnections(); line.close(); };
  return { origin: `http://127.0.0.1:${line.address().port}`, close };
}

// From now on every move of something seen is noted in window.moved, with what moved, from where to where.
export const watchMoves = (page) => page.addInitScript(() => {
  window.moved = [];
  const box = (r) => [r.x, r.y, r.width, r.height].map(Math.round).join(' ');
  const who = (node) => node ? `${node.nodeName}.${node.className ?? ''} “${node.textContent.trim().slice(0, 30)}”` : 'something';
  const note = (e) => window.moved.push(`${e.value.toFixed(5)}: ${e.sources.map((s) => `${who(s.node)} ${box(s.previousRect)} → ${box(s.currentRect)}`).join(', ')}`);
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type: 'layout-shift', buffered: true });
});
