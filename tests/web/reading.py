# SPDX-License-Identifier: Apache-2.0
"""Reading under way: counts in every encoding, and readers beside writers."""
import os, re, shutil, signal, socket, subprocess, threading, time, zlib

from harness import PERSON, Site, Skip, figure, run, says, site, test, until

ARTICLE = "/news/10"
COUNT = re.compile(rb"<b data-count>([^<]*)</b>")
FOR_PROGRAMS = re.compile(rb'"userInteractionCount":(\d+)')


def needed(program):
    path = shutil.which(program)
    if not path:
        raise Skip(f"{program} is not installed")
    return path


def filtered(*words):
    def through(data):
        done = subprocess.run([needed(words[0]), *words[1:]], input=data, capture_output=True, timeout=30)
        assert done.returncode == 0, f"{words}: {done.stderr.decode()}"
        return done.stdout
    return through


def python_gunzip(data):
    d = zlib.decompressobj(31)
    out = d.decompress(data)
    assert d.eof and not d.unused_data
    return out


def node(function):
    return filtered("node", "-e", f"process.stdout.write(require('zlib').{function}(require('fs').readFileSync(0)))")


DECODERS = {"gzip": [filtered("gzip", "-dc"), python_gunzip, node("gunzipSync")],
            "br": [filtered("brotli", "-dc"), node("brotliDecompressSync")],
            "zstd": [filtered("zstd", "-dqc")]}


@test(engines=["sqlite"])
def a_count_that_grows_is_read_in_every_encoding_by_every_decoder(engine):
    with Site(engine) as s:
        for readers in (1, 8, 3, 90, 20):  # 1, 9, 12, 102, 122: the count gets a digit more, twice, and then not
            for _ in range(readers):
                s.get(ARTICLE, PERSON)
            time.sleep(1.1)
            first = s.get(ARTICLE, {**PERSON, "Accept-Encoding": "gzip"})  # the one that brings the new count
            for encoding, decoders in DECODERS.items():
                answer = first if encoding == "gzip" else s.get(ARTICLE, {"Accept-Encoding": encoding})
                assert answer.header("Content-Encoding") == encoding
                plain = s.get(ARTICLE, {"Accept-Encoding": "identity"}).body
                for decode in decoders:
                    assert decode(answer.body) == plain, f"{encoding}, {readers} readers"
            assert FOR_PROGRAMS.search(plain).group(1) == COUNT.search(plain).group(1), "programs are told another count"
        shown = int(COUNT.search(plain).group(1))
        assert shown == 122 + 5, shown
        curl = subprocess.run([needed("curl"), "-s", "--compressed", f"http://127.0.0.1:{s.port}{ARTICLE}"],
                              capture_output=True, timeout=30)
        assert curl.stdout == plain


def by_command_only(s):
    """Restarts the server so that it asks the store by itself only once a minute: what it shows it was told."""
    with open(os.path.join(s.office, "site.ini"), "a") as f:
        f.write("\n[serve]\nwatch_ms = 60000\n")
    s.stop()
    s.start()


@test
def what_a_command_has_done_is_shown_from_that_moment_on(engine):
    with Site(engine) as s:
        by_command_only(s)
        title = re.search(r"<h1[^>]*>([^<]+)</h1>", s.get("/news/3", PERSON).text).group(1)
        for turn in range(25 if engine == "sqlite" else 5):
            s.daylight("article withdraw", 3, "--reason", "It named the wrong day.", check=0)
            assert s.get("/news/3", PERSON).status == 410, f"turn {turn}: withdrawn, and still shown"
            assert title not in s.get("/news/").text, f"turn {turn}: withdrawn, and still in the list"
            s.daylight("article publish", 3, check=0)
            assert s.get("/news/3", PERSON).status == 200, f"turn {turn}: published, and not shown"
            assert title in s.get("/news/").text, f"turn {turn}: published, and not in the list"


@test
def so_is_a_column_an_import_and_an_erasure(engine):
    with Site(engine) as s:
        by_command_only(s)
        note = os.path.join(s.folder, "tide-tables.md")
        with open(note, "w") as f:
            f.write("# Tide tables for May\n\nHigh water at noon.\n")
        for path in ("/", "/news/", "/news/3"):
            s.get(path)
        s.daylight("import", "--column", "news", "--publish", note, check=0)
        assert "Tide tables for May" in s.get("/news/").text
        s.daylight("column rename", "news", "--name", "Tidings", check=0)
        assert "Tidings" in s.get("/news/3").text
        s.daylight("article erase", 3, "--code", "privacy", "--reason", "It named a child.", check=0)
        assert s.get("/news/3").status == 410


def bell_of(s):
    return os.path.join(s.office, "changed")


@test(engines=["sqlite"])
def a_bell_that_is_cut_short_or_taken_away_stops_nobody_and_comes_back(engine):
    with Site(engine) as s:
        for harm in (lambda: os.truncate(bell_of(s), 0), lambda: os.unlink(bell_of(s)),
                     lambda: os.replace(shutil.copy(bell_of(s), bell_of(s) + ".old"), bell_of(s))):
            s.get("/news/3")
            harm()
            assert s.get("/news/3").status == 200
            s.daylight("article withdraw", 3, "--reason", "It named the wrong day.", check=0)
            until(lambda: s.get("/news/3").status == 410, 5)  # at its next look, as without a bell
            until(lambda: os.path.exists(bell_of(s)) and os.path.getsize(bell_of(s)) >= 8, 5)
            time.sleep(0.5)  # two looks
            s.daylight("article publish", 3, check=0)
            assert s.get("/news/3").status == 200
        os.unlink(bell_of(s))
        os.mkdir(bell_of(s))
        until(lambda: "bell_lost" in s.said(), 5)
        s.stop()
        s.start()  # starts all the same
        assert s.get("/news/3").status == 200
        told = s.daylight("article withdraw", 3, "--reason", "It named the wrong day.", check=0)
        says(told, "a running server could not be told of it")
        until(lambda: s.get("/news/3").status == 410, 5)


def connected(port, number):
    """Connections from several addresses of loopback, as one address may not have as many."""
    out = []
    for i in range(number):
        c = socket.socket()
        c.settimeout(60)
        c.bind((f"127.0.1.{1 + i // 200}", 0))
        c.connect(("127.0.0.1", port))
        out.append(c)
    return out


def whole_answer(connection):
    """Its head without the moment, and its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        assert more, f"closed after {data!r}"
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    length = int(re.search(rb"(?i)\r\ncontent-length: (\d+)", head).group(1))
    while len(body) < length:
        more = connection.recv(65536)
        assert more, "closed in the middle"
        body += more
    return re.sub(rb"(?i)\r\ndate: [^\r]*", b"", head), body


@test
def a_thousand_who_ask_for_the_same_page_at_once_cause_one_render(engine):
    with Site(engine) as s:
        misses = figure(s, "daylight_cache_misses_total")
        crowd = connected(s.port, 1000)
        until(lambda: figure(s, "daylight_connections") > 1000)
        s.server.send_signal(signal.SIGSTOP)  # so that it finds all of them at once
        for c in crowd:
            c.sendall(b"GET %s HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n" % ARTICLE.encode())
        s.server.send_signal(signal.SIGCONT)
        answers = {whole_answer(c) for c in crowd}
        for c in crowd:
            c.close()
        heads = {head.split(b"\r\n")[0] for head, _ in answers}
        assert heads == {b"HTTP/1.1 200 OK"}, heads
        assert len(answers) == 1, f"{len(answers)} different answers"
        assert figure(s, "daylight_cache_misses_total") - misses == 1
        assert figure(s, "daylight_queue_refused_total") == 0


def reader(s, over, bad):
    connection = s.connect()
    paths = ["/", ARTICLE, "/news/", "/news/3", "/search?q=harbour", "/zh-CN/", "/feed.atom"]
    encodings = ["gzip", "br", "zstd", "identity"]
    turn = 0
    while not over.is_set():
        turn += 1
        try:
            a = s.get(paths[turn % len(paths)], {**PERSON, "Accept-Encoding": encodings[turn // 7 % 4]}, connection=connection)
        except OSError as why:
            bad.append(repr(why))
            return
        if a.status not in (200, 410):
            bad.append(f"{paths[turn % len(paths)]}: {a.status}")


@test(engines=["sqlite"])
def readers_publishers_and_theme_reloads_go_on_side_by_side(engine):
    with Site(engine) as s:
        over, bad = threading.Event(), []
        readers = [threading.Thread(target=reader, args=(s, over, bad)) for _ in range(6)]
        for r in readers:
            r.start()
        for turn in range(4):
            s.daylight("article withdraw", 3, "--reason", "It named the wrong day.", check=0)
            withdrawn = s.get("/news/3", PERSON)
            s.server.send_signal(signal.SIGHUP)
            s.daylight("article publish", 3, check=0)
            published = s.get("/news/3", PERSON)
            s.server.send_signal(signal.SIGHUP)
            if withdrawn.status != 410 or published.status != 200:
                bad.append(f"turn {turn}: withdrawn {withdrawn.status}, published {published.status}")
        over.set()
        for r in readers:
            r.join()
        assert not bad, bad[:5]


run()
