# SPDX-License-Identifier: Apache-2.0
"""Everything at once, for a while: mixed.py SECONDS, with a program built with a sanitizer (`make tsan`).

Readers with connections that stay and connections that come and go ask for pages, lists, feeds, searches, files and
proofs in every encoding, and for what is not there; meanwhile articles are imported, published and withdrawn by
commands, columns get names, the theme changes and the server reads it again, and the index is made anew. Whatever a
command has done is read at once. The server must answer everything as it should, end well, and no sanitizer may
complain, of it or of a command. Prints TAP, a point for each engine."""
import os, random, re, signal, subprocess, sys, threading, time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECONDS = float(sys.argv.pop(1)) if len(sys.argv) > 1 else 60.0
from harness import PERSON, PROGRAM, Site, Skip, run, test

ACTING = os.path.join(os.path.dirname(PROGRAM), "..", "..", "tests", "fault", "acting")
PATHS = ["/", "/news/", "/news/10", "/news/3", "/zh-CN/", "/zh-CN/news/10", "/feed.atom", "/rss.xml", "/feed.json",
         "/sitemap", "/sitemap.xml", "/news/10/proof", "/news/10/changes", "/news/10/qr.svg", "/ledger/",
         "/ledger/checkpoint", "/ledger/tile/0/000.p/1", "/about/views", "/metrics", "/healthz", "/reader", "/nothing",
         "/news/999999", "/robots.txt"]
WORDS = ["harbour", "flood", "water", "school", "ferr", "a", "zzz"]
EXPECTED = {200, 301, 302, 303, 304, 403, 404, 410}


class Mixture:
    def __init__(self, s):
        self.site, self.over, self.bad, self.asked = s, threading.Event(), [], 0

    def ask(self, method, path, headers, connection, body=None):
        a = self.site.ask(method, path, headers, body, connection=connection)
        self.asked += 1
        if a.status not in EXPECTED:
            self.bad.append(f"{method} {path}: {a.status}")
        return a

    def reader(self, seed):
        chance, tags, connection = random.Random(seed), {}, None
        while not self.over.is_set():
            if connection is None or chance.random() < 0.05:
                connection = self.site.connect(60)
            path = chance.choice(PATHS) if chance.random() < 0.85 else f"/search?q={chance.choice(WORDS)}"
            headers = {**PERSON, "Accept-Encoding": chance.choice(["gzip", "br", "zstd", "identity"])}
            if chance.random() < 0.2:
                headers["Cookie"] = "reader=" + chance.choice(["large.green", "small", "medium.dark.easy", "?"])
            if path in tags and chance.random() < 0.3:
                headers["If-None-Match"] = tags[path]
            try:
                if chance.random() < 0.03:
                    form = {**headers, "Sec-Fetch-Site": chance.choice(["same-origin", "cross-site"]),
                            "Content-Type": "application/x-www-form-urlencoded"}
                    self.ask("POST", "/reader", form, connection, "typeface=large&back=/")
                else:
                    a = self.ask("HEAD" if chance.random() < 0.05 else "GET", path, headers, connection)
                    tags[path] = a.header("ETag") or "none"
            except OSError as why:
                self.bad.append(f"{path}: {why!r}")
                connection = None

    def must_show(self, path, status, what):
        a = self.site.get(path, PERSON)
        if a.status != status:
            self.bad.append(f"{what}: {path} gives {a.status} at once afterwards")

    def publisher(self):
        while not self.over.is_set():
            self.site.daylight("article withdraw", 3, "--reason", "It named the wrong day.", check=0)
            self.must_show("/news/3", 410, "withdrawn")
            self.site.daylight("article publish", 3, check=0)
            self.must_show("/news/3", 200, "published")

    def clerk(self):
        note, turn = os.path.join(self.site.folder, "note.md"), 0
        while not self.over.is_set():
            turn += 1
            with open(note, "w") as f:
                f.write(f"# Note {turn}\n\nHigh water of day {turn} in the harbour.\n")
            self.site.daylight("import", "--column", "news", "--publish", note, check=0)
            if f"Note {turn}<" not in self.site.get("/news/").text:
                self.bad.append(f"note {turn} was imported and is not in its column")
            self.site.daylight("column rename", "news", "--name", f"News {turn % 3}", check=0)
            if turn % 3 == 0:
                self.site.daylight("rebuild", "search", check=0)

    def designer(self):
        folder, turn = os.path.join(self.site.office, "theme", "assets"), 0
        os.makedirs(folder)
        while not self.over.is_set():
            turn += 1
            with open(os.path.join(folder, "daylight.css"), "w") as f:
                f.write(f"body {{ margin: {turn}px }}\n")
            self.site.server.send_signal(signal.SIGHUP)
            time.sleep(0.3)

    def run(self):
        doing = [threading.Thread(target=self.guarded, args=(self.reader, i)) for i in range(8)]
        doing += [threading.Thread(target=self.guarded, args=(f,)) for f in (self.publisher, self.clerk, self.designer)]
        for t in doing:
            t.start()
        self.over.wait(SECONDS)
        self.over.set()
        for t in doing:
            t.join()
        print(f"# {self.asked} requests", flush=True)
        assert not self.bad, self.bad[:8]
        assert self.asked > 8 * SECONDS, self.asked

    def guarded(self, function, *args):
        try:
            function(*args)
        except Exception as why:
            self.bad.append(str(why)[:4000])
            self.over.set()


def complaints(said):
    """Each report of a sanitizer, by its first lines."""
    return ["\n".join(part.splitlines()[:40]) for part in re.split(r"(?m)^=+$", said) if "WARNING: " in part]


@test
def readers_commands_and_reloads_do_not_race(engine):
    s = Site(engine)
    try:
        Mixture(s).run()
        try:
            s.stop()
        except AssertionError:
            raise AssertionError("\n".join(complaints(s.said())) or s.said()[-3000:]) from None
    finally:
        s.close()


@test
def acts_and_their_ledger_do_not_race(engine):
    if not os.path.exists(ACTING):
        raise Skip("tests/fault/acting was not built")
    with Site(engine, start=False) as s:
        s.daylight("ledger status", check=0)
        done = subprocess.run([ACTING, s.office, s.store, "16", "60", "1"], capture_output=True, timeout=600)
        assert b"ThreadSanitizer" not in done.stderr, done.stderr.decode()[:4000]
        assert done.stdout.count(b"ack ") == 16 * 60, done.stdout[-400:]


run()
