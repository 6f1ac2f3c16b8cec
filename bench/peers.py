# SPDX-License-Identifier: Apache-2.0
"""What one page view costs Daylight, WordPress, and WordPress behind a page cache: peers.py DAYLIGHT FLOOR [RESULTS]

One article, the same text in both; all rows in turn, five rounds in the same run on the same machine, one wrk thread with 64
keep-alive connections, gzip negotiated; what counts is the median.
    floor                    a bare epoll loop that sends the very bytes of daylight's article page (bench/floor.c)
    daylight                 the article page, its count live, every reading counted: checked against wrk's number
    wordpress                nginx, PHP's FPM with opcache, MariaDB; a small plugin counts and shows the views (bench/peers/)
    wordpress_uncounted      … without that plugin
    wordpress_2021           … with it, in the last of its own themes that is plain PHP
    wordpress_cached         behind nginx's page cache, as Debian sets nginx up: each answer is compressed anew
    wordpress_cached_plain   … never compressed
    wordpress_cached_packed  … compressed once, kept so
All of them are of Debian's packages and private to the run: folder, sockets, ports on the loopback, processes; nothing of
the system's WordPress, MariaDB, PHP or nginx is touched, and all of it is gone afterwards, even where this program is killed.

Processor time is the kernel's own count (CLOCK_PROCESS_CPUTIME_ID of the server's process and of its children), for WordPress
the sum over nginx, FPM's workers and mariadbd, and over the pages that FPM began: what wrk no longer waited for is waited
for here. Memory is the proportional share (Pss): what processes have in common counts once. "alone" is the median time of
one reader on one connection; 64 at once queue for few workers, and their times are mostly the queue's.
Prints a table and adds its rows to RESULTS (bench/results.json), an object by name; floor and daylight as peers_floor and
peers_daylight, as they are of this run.
DAYLIGHT_BENCH_SECONDS: how long each turn is (2)."""
import contextlib, getpass, glob, html, json, os, re, secrets, shutil, signal, subprocess, sys, tempfile, time
from html.parser import HTMLParser

from reading import ARTICLE, HERE, ROUNDS, SECONDS, Turn, check_views
from servers import PERSON, Daylight, Floor, Server, children, free_port, keep_results, must, start, wait_for, wrk

PLUGIN, NEW, OLD = "1", "twentytwentythree", "twentytwentyone"
ROWS = {"wordpress": dict(COUNT=PLUGIN, THEME=NEW), "wordpress_uncounted": dict(THEME=NEW),
        "wordpress_2021": dict(COUNT=PLUGIN, THEME=OLD),
        "wordpress_cached": dict(COUNT=PLUGIN, THEME=NEW, CACHE="pages"),
        "wordpress_cached_plain": dict(COUNT=PLUGIN, THEME=NEW, CACHE="pages", GZIP="off"),
        "wordpress_cached_packed": dict(COUNT=PLUGIN, THEME=NEW, CACHE="pages", COMPRESS="1")}
PACKAGES = ("wordpress", "php8.2-fpm", "mariadb-server-core", "nginx-light", "libmicrohttpd12", "wrk")


def program(*names):
    """Where a program is; daemons are not on everybody's PATH."""
    path = os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin"
    for name in names:
        found = shutil.which(name, path=path) or next(iter(sorted(glob.glob(f"/usr/sbin/{name}"))), None)
        if found:
            return found
    return must(False, f"{names[0]} is not installed (make bench-peers installs it)")


def family(pid):
    return [pid] + [p for child in children(pid) for p in family(child)]


def family_cpu_us(pids):
    """Of whole processes, user and system, ended threads too. The clock's number is made as clock_getcpuclockid(3) makes it."""
    return sum(time.clock_gettime(~pid << 3 | 2) for pid in pids) * 1e6


def pss_kb(pids):
    kb = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as f:
            kb += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
    return kb


class Words(HTMLParser):
    """The words of a page as a reader sees them; typographic quotes and dashes are what they stand for."""
    PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\xa0": " "})

    def __init__(self, text):
        super().__init__()
        self.parts, self.unseen = [], 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.unseen += tag in ("style", "script")

    def handle_endtag(self, tag):
        self.unseen -= tag in ("style", "script")

    def handle_data(self, data):
        if not self.unseen:
            self.parts.append(data)

    def __str__(self):
        return " ".join("".join(self.parts).translate(self.PLAIN).split())


class Part(Server):
    """One of WordPress's programs."""

    def __init__(self, words, ready, death=signal.SIGKILL, **more):
        self.process = start(words, death, **more)
        until = time.monotonic() + 60
        while not ready():
            must(self.process.poll() is None and time.monotonic() < until, f"{words[0]} does not start")
            time.sleep(0.05)


class Peers:
    """WordPress in a folder of its own, behind one port for each row."""

    def __init__(self, folder, article):
        self.folder, self.parts, self.article = folder, [], article
        self.values = {"FOLDER": folder, "SECRET": secrets.token_hex(16), "WORKERS": str(2 * os.cpu_count()),
                       "USER": getpass.getuser()}
        self.ports = {name: free_port() for name in ROWS}

    def file(self, name, target, **more):
        """A file of bench/peers with its values filled in, written where target says."""
        with open(os.path.join(HERE, "peers", name)) as f:
            text = re.sub(r"@([A-Z]+)@", lambda m: str({**self.values, **more}[m.group(1)]), f.read())
        if target:
            path = os.path.join(self.folder, target)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as f:
                f.write(text)
        return text

    def start(self):
        self.start_mariadb()
        shutil.copytree("/usr/share/wordpress", f"{self.folder}/wordpress", ignore=shutil.ignore_patterns(".htaccess"))
        self.file("wp-config.php", "wordpress/wp-config.php")
        self.file("views.php", "wordpress/wp-content/mu-plugins/views.php")
        self.file("install.php", "wordpress/install.php")
        address = f"127.0.0.1:{self.ports['wordpress']}"
        made = subprocess.run([program("php8.2", "php"), f"{self.folder}/wordpress/install.php", address], text=True,
                              input=json.dumps(self.article), capture_output=True)
        must(made.returncode == 0 and made.stdout.startswith("/"), f"WordPress is not set up: {made.stdout}{made.stderr}")
        self.path = made.stdout.strip()
        self.start_fpm()
        self.start_nginx()

    def start_mariadb(self):
        data, socket = f"{self.folder}/mariadb", f"{self.folder}/mariadb.sock"
        user = [f"--user={self.values['USER']}"]
        subprocess.run([program("mariadb-install-db"), "--no-defaults", f"--datadir={data}", "--skip-test-db",
                        "--auth-root-authentication-method=normal", *user], check=True, capture_output=True)
        # A commit survives the death of the server, not of the machine, as Daylight's counts between two foldings.
        words = [program("mariadbd"), "--no-defaults", f"--datadir={data}", f"--socket={socket}", "--skip-networking",
                 f"--pid-file={self.folder}/mariadb.pid", f"--log-error={self.folder}/mariadb.log",
                 f"--tmpdir={self.folder}", "--innodb-flush-log-at-trx-commit=2", *user]
        sql = [program("mariadb"), "--no-defaults", f"--socket={socket}", "-u", "root", "-e"]
        self.parts.append(Part(words, lambda: subprocess.run([*sql, "SELECT 1"], capture_output=True).returncode == 0))
        secret = self.values["SECRET"]
        subprocess.run([*sql, "CREATE DATABASE wordpress CHARACTER SET utf8mb4; "
                        f"CREATE USER wordpress@localhost IDENTIFIED BY '{secret}'; "
                        "GRANT ALL ON wordpress.* TO wordpress@localhost"], check=True)

    def start_fpm(self):
        self.file("fpm.conf", "fpm.conf")
        # Debian's php.ini; files do not change here, so opcache need not look at each again, and its room holds all of them
        words = [program("php-fpm8.2", "php-fpm[0-9]*"), "-F", "-y", f"{self.folder}/fpm.conf", "-d", "opcache.enable=1", "-d",
                 "opcache.validate_timestamps=0", "-d", "opcache.memory_consumption=192", "-d",
                 "opcache.interned_strings_buffer=16", "-d", "opcache.max_accelerated_files=20000"]
        # Its workers outlive a killed master; a terminated one takes them along
        self.fpm = Part(words + (["-R"] if os.getuid() == 0 else []), lambda: os.path.exists(f"{self.folder}/fpm.sock"),
                        death=signal.SIGTERM, stderr=subprocess.DEVNULL)
        self.parts.append(self.fpm)

    def start_nginx(self):
        plain = {"COUNT": "", "COMPRESS": "", "CACHE": "off", "GZIP": "on"}
        servers = [self.file("server.conf", None, **{**plain, **row}, PORT=self.ports[name]) for name, row in ROWS.items()]
        self.file("nginx.conf", "nginx.conf", SERVERS="\n".join(servers))
        nginx = Part([program("nginx"), "-p", self.folder, "-c", f"{self.folder}/nginx.conf", "-e", f"{self.folder}/nginx.log"],
                     lambda: True)
        self.parts.append(nginx)
        wait_for(self.ports["wordpress"])

    def pids(self):
        return [p for part in self.parts for p in family(part.pid)]

    def settle(self):
        """Until WordPress has done what nobody waits for any more."""
        before = family_cpu_us(self.pids())
        for _ in range(600):
            time.sleep(0.1)
            now = family_cpu_us(self.pids())
            if now - before < 2000:
                return
            before = now
        must(False, "WordPress does not come to rest")

    def stop(self):
        for part in reversed(self.parts):
            part.stop()


class Peer(Server):
    """One row: one port of nginx."""

    def __init__(self, peers, name):
        self.peers, self.name, self.port, self.cached = peers, name, peers.ports[name], "CACHE" in ROWS[name]

    def pages_made(self):
        """What FPM took up so far; to ask is one more."""
        return json.loads(self.get("/fpm-status?json")[1])["accepted conn"]

    def page(self):
        answer, body = self.get(self.peers.path, PERSON)
        must(answer.status == 200, f"{self.name} answers {answer.status}")
        return body.decode()


def shown(page):
    found = re.search(r"<b data-count[^>]*>([^<]*)</b>", page)
    return int(re.sub(r"\D", "", found.group(1))) if found else None


class AnyTurn(Turn):
    """As Turn, with whole processes and, for WordPress, what it did and not what was waited for."""

    def __init__(self, name, server, path, connections=64):
        super().__init__(name, server, path)
        self.connections = connections
        self.peer = isinstance(server, Peer)

    def pids(self):
        return self.server.peers.pids() if self.peer else family(self.server.pid)

    def run(self, seconds=SECONDS):
        made = self.server.pages_made() if self.peer else 0
        pids = self.pids()
        before = family_cpu_us(pids)
        said = wrk(self.server.port, self.path, seconds, connections=self.connections, patience=60)
        if self.peer:
            self.server.peers.settle()
        said["cpu_us"] = family_cpu_us(pids) - before
        must(said["requests"] and said["errors"] == 0 and said["bad"] == 0, f"{self.name}: wrk met errors: {said}")
        must(pids == self.pids(), f"{self.name}: a process ended or began while it was measured")
        said["made"] = self.server.pages_made() - made - 1 if self.peer else 0
        if self.peer and not self.server.cached:
            must(said["requests"] <= said["made"] <= said["sent"] + 1, f"{self.name}: {said}")
        return said

    def figures(self):
        of = "made" if self.peer and not self.server.cached else "requests"
        return {"cpu_us_per_request": round(self.median(lambda r: r["cpu_us"] / r[of]), 2), **self.rates(),
                "pss_kb": pss_kb(self.pids())}


def article_of(daylight):
    """What WordPress is given: title, body and time of Daylight's page."""
    page = daylight.get(ARTICLE, {})[1].decode()
    body = re.search(r'<div [^>]*data-part="body"[^>]*>(.*?)</div>', page, re.S).group(1)
    return {"title": html.unescape(re.search(r'<h1 [^>]*data-part="title"[^>]*>([^<]*)</h1>', page).group(1)),
            "body": re.sub(r"<figure class=\"picture\".*?</figure>\s*", "", body, flags=re.S).strip(),
            "at": re.search(r'data-part="published" datetime="([^"+]*)', page).group(1).replace("T", " ")}


def check_pages(rows, article):
    """Every row answers 200 with the title and the whole text; each as its name says."""
    text = str(Words(article["body"]))
    must(len(text) > 1000, "the article is short: what is measured?")
    for peer in rows:
        page = peer.page()
        must(text in str(Words(page)) and article["title"] in str(Words(page)), f"{peer.name}'s page lacks the text")
        must((shown(page) is not None) == ("COUNT" in ROWS[peer.name]), f"{peer.name}'s page and its count")
        must(f"/themes/{ROWS[peer.name]['THEME']}/" in page or ROWS[peer.name]["THEME"] == NEW, f"{peer.name}: other theme")
        packed = peer.header(peer.peers.path, "Content-Encoding") == "gzip"
        must(packed == (ROWS[peer.name].get("GZIP") != "off"), f"{peer.name}: compressed {packed}")
        if peer.cached:
            made = peer.pages_made()
            peer.page(), peer.body(peer.peers.path)
            must(peer.pages_made() == made + 1, f"{peer.name} is not answered from the cache")


def check_counts(rows, turns, before):
    """Says what became of the counts that the readers saw."""
    said = {}
    for peer in rows:
        asked = sum(r["requests"] for t in turns if t.server is peer for r in t.runs)
        if before[peer.name] is not None:
            said[peer.name] = f"{asked} requests, the page's count went from {before[peer.name]} to {shown(peer.page())}"
            must(not peer.cached or shown(peer.page()) == before[peer.name], f"{peer.name}'s count moved")
    return said


def measure(daylight_program, floor_program, folder, stack):
    daylight = Daylight(daylight_program, os.path.join(folder, "daylight"), threads=1)
    stack.callback(daylight.stop)
    floor = Floor(floor_program, folder, daylight.raw_answer(ARTICLE))
    stack.callback(floor.stop)
    peers = Peers(folder, article_of(daylight))
    stack.callback(peers.stop)
    peers.start()
    rows = [Peer(peers, name) for name in ROWS]
    servers = [("floor", floor, ARTICLE), ("daylight", daylight, ARTICLE)] + [(p.name, p, peers.path) for p in rows]
    turns, alone = [AnyTurn(*s) for s in servers], [AnyTurn(*s, connections=1) for s in servers]
    for t in turns:
        t.run(1)
    check_pages(rows, peers.article)
    before = {p.name: shown(p.page()) for p in rows}
    daylight.views_before, shown_before = daylight.views(), daylight.shown_count(ARTICLE)
    for number in range(ROUNDS):
        print(f"round {number + 1} of {ROUNDS}", flush=True)
        for t, one in zip(turns, alone):
            t.runs.append(t.run())
            one.runs.append(one.run(1))
    counts = check_counts(rows, turns + alone, before)
    check_pages(rows, peers.article)
    counts["daylight"] = check_daylight(daylight, [t for t in turns + alone if t.server is daylight], shown_before)
    return {t.name: {**t.figures(), "alone_p50_ms": one.rates()["p50_ms"]} for t, one in zip(turns, alone)}, counts


def check_daylight(daylight, turns, shown_before):
    sent = sum(r["sent"] for t in turns for r in t.runs)
    daylight.wait_for_views(sent + 1)
    must(daylight.views() == sent + 1, f"wrk sent {sent} requests, daylight counted {daylight.views() - 1}")
    after = daylight.shown_count(ARTICLE)
    must(after - shown_before == sent + 1, f"the page shows {after} and not {shown_before + sent + 1}")
    return f"{sent} requests, the page's count went from {shown_before} to {after - 1}"


def print_table(results, counts):
    print(f"\n{'':<24} {'CPU µs':>10} {'daylight ×':>10} {'per s':>8} {'p50 ms':>9} {'p99 ms':>9} {'alone ms':>8} "
          f"{'bytes':>7} {'PSS MB':>7}")
    one = results["daylight"]["cpu_us_per_request"]
    for name, f in results.items():
        print(f"{name:<24} {f['cpu_us_per_request']:>10,.2f} {f['cpu_us_per_request'] / one:>10,.2f} "
              f"{f['requests_per_second']:>8,.0f} {f['p50_ms']:>9,.3f} {f['p99_ms']:>9,.3f} {f['alone_p50_ms']:>8.3f} "
              f"{f['bytes']:>7,} {f['pss_kb'] / 1024:>7.1f}")
    print()
    for name, said in counts.items():
        print(f"{name:<24} {said}")
    fastest = min(results[name]["cpu_us_per_request"] for name in ("wordpress", "wordpress_2021", "wordpress_uncounted"))
    print(f"\nwordpress / daylight {results['wordpress']['cpu_us_per_request'] / one:,.0f}, by the cheapest of its three rows "
          f"{fastest / one:,.0f}   (to be at least 1,000)")
    for name in ROWS:
        if "cached" in name:
            print(f"daylight / {name:<24} {one / results[name]['cpu_us_per_request']:.2f}   (to be at most 0.33)")


def versions():
    said = subprocess.run(["dpkg-query", "-W", "-f=${Package} ${Version}\n", *PACKAGES], capture_output=True, text=True)
    print(said.stdout.strip().replace("\n", ", "))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)


@contextlib.contextmanager
def private_folder():
    """Gone afterwards: a small process waits for our end, whatever it is, and removes it."""
    folder = tempfile.mkdtemp(prefix="daylight-peers-")
    keeper = subprocess.Popen(["sh", "-c", 'cat >/dev/null; sleep 1; rm -rf "$0"', folder], stdin=subprocess.PIPE,
                              start_new_session=True)
    try:
        yield folder
    finally:
        keeper.stdin.close()
        keeper.wait()


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    where = sys.argv[3] if len(sys.argv) > 3 else os.path.join(HERE, "results.json")
    must(os.path.exists("/usr/share/wordpress/wp-load.php"), "WordPress is not installed (make bench-peers installs it)")
    program("wrk")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    versions()
    with private_folder() as folder, contextlib.ExitStack() as stack:
        results, counts = measure(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), folder, stack)
    print_table(results, counts)
    keep_results(where, {name if name in ROWS else f"peers_{name}": figures for name, figures in results.items()})


if __name__ == "__main__":
    main()
