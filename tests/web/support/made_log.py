# SPDX-License-Identifier: Apache-2.0
"""Whole logs, made up in a folder without any code of ours: RFC 6962 by hashlib, C2SP notes signed by openssl. What the
program proves of them it has not written itself.

    log = MadeLog("quay.example/ledger")
    log.grow(1000)       in log.folder
    log.serve()          by an HTTP server of its own: log.url is the office's address, the log is at its /ledger
    log.close()"""
import base64, hashlib, http.server, os, shutil, subprocess, tempfile, threading, weakref

WIDTH = 256


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def b64(data):
    return base64.b64encode(data).decode()


class Key:
    """An Ed25519 key of a name; kind 1 for logs, 4 for witnesses."""

    def __init__(self, name, kind=1):
        self.name, self.kind = name, kind
        self.folder = tempfile.mkdtemp(prefix="daylight-key-")
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.pem = os.path.join(self.folder, "key.pem")
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.pem], check=True, capture_output=True)
        der = subprocess.run(["openssl", "pkey", "-in", self.pem, "-pubout", "-outform", "DER"], check=True,
                             capture_output=True).stdout
        self.public = der[-32:]
        self.id = sha256(name.encode(), b"\n", bytes([kind]), self.public)[:4]
        self.vkey = f"{name}+{self.id.hex()}+{b64(bytes([kind]) + self.public)}"

    def signature(self, message):
        path = os.path.join(self.folder, "message")
        with open(path, "wb") as f:
            f.write(message)
        return subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.pem, "-in", path], check=True,
                              capture_output=True).stdout

    def line(self, text, time=0):
        if self.kind == 4:
            payload = time.to_bytes(8, "big") + self.signature(f"cosignature/v1\ntime {time}\n".encode() + text)
        else:
            payload = self.signature(text)
        return f"— {self.name} {b64(self.id + payload)}\n".encode()


def root(leaves):
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1", root(leaves[:k]), root(leaves[k:]))


def inclusion(leaves, i):
    if len(leaves) <= 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if i < k:
        return inclusion(leaves[:k], i) + [root(leaves[k:])]
    return inclusion(leaves[k:], i - k) + [root(leaves[:k])]


def tile_path(level, index, width):
    digits = str(index)
    digits = digits.zfill((len(digits) + 2) // 3 * 3)
    groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
    path = "/".join(["x" + g for g in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{path}" + (f".p/{width}" if width < WIDTH else "")


class MadeLog:
    def __init__(self, origin="quay.example/ledger", key=None):
        self.base = tempfile.mkdtemp(prefix="daylight-log-")
        self.folder, self.origin, self.key = os.path.join(self.base, "ledger"), origin, key or Key(origin)
        self.entries, self.server, self.answer = [], None, None

    def entry(self, i, word=""):
        kind, code = ("key", "founding") if i == 0 else ("publish", "-")
        commit = b64(sha256(f"{i} {word}".encode()))
        return f"daylight/v1\n{kind}\n2026-07-{1 + i // 50 % 28:02d}\nunit -\nref -\ncommit {commit}\ncode {code}\n".encode()

    def grow(self, size, word=""):
        """Up to this size; entries of another word make another history."""
        while len(self.entries) < size:
            self.entries.append(self.entry(len(self.entries), word))
        self.write()

    def write(self):
        self.leaves = row = [sha256(b"\0", e) for e in self.entries]
        for level in range(6):
            for index in range((len(row) + WIDTH - 1) // WIDTH):
                some = row[index * WIDTH:(index + 1) * WIDTH]
                self.put(tile_path(level, index, len(some)), b"".join(some))
                if level == 0:
                    bundle = self.entries[index * WIDTH:index * WIDTH + len(some)]
                    self.put(tile_path("entries", index, len(some)), b"".join(len(e).to_bytes(2, "big") + e for e in bundle))
            row = [root(row[i * WIDTH:(i + 1) * WIDTH]) for i in range(len(row) // WIDTH)]
        self.put("checkpoint", self.checkpoint())
        self.put("vkey", self.key.vkey.encode() + b"\n")

    def text(self, size=None):
        leaves = self.leaves if size is None else self.leaves[:size]
        return f"{self.origin}\n{len(leaves)}\n{b64(root(leaves))}\n".encode()

    def checkpoint(self, size=None, keys=()):
        text = self.text(size)
        return text + b"\n" + b"".join(k.line(text) for k in (keys or [self.key]))

    def proof(self, index, extra=None):
        path = "".join(b64(h) + "\n" for h in inclusion(self.leaves, index))
        head = f"c2sp.org/tlog-proof@v1\n" + (f"extra {b64(extra)}\n" if extra is not None else "") + f"index {index}\n"
        return (head + path + "\n").encode() + self.checkpoint()

    # --- files ---

    def path(self, name):
        return os.path.join(self.folder, name)

    def put(self, name, data):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as f:
            f.write(data)
        return self.path(name)

    def get(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def flip(self, name, at):
        data = bytearray(self.get(name))
        data[at] ^= 1
        self.put(name, bytes(data))

    # --- HTTP ---

    def serve(self):
        log = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def __init__(self, *args):
                super().__init__(*args, directory=log.base)

            def do_GET(self):
                """log.answer(handler) may answer otherwise, and says whether it has."""
                if not log.answer or not log.answer(self):
                    super().do_GET()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        return self.url

    def close(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None
        shutil.rmtree(self.base, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
