# SPDX-License-Identifier: Apache-2.0
"""daylight export: a copy of the public site in a folder, walked link by link; what a second one writes."""
import html.parser, json, os, re, signal, subprocess, sys, time, urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import PERSON, PROGRAM, Site, daylight, die_with_us, run, test, until

LINKS = {"href", "src", "srcset", "action", "poster", "data-shown", "data-opening"}


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.folders, self.forms = [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.forms += tag == "form"
        self.links += [value for name, value in attrs if name in LINKS and value]
        self.folders += [value for name, value in attrs if name == "data-ledger"]


def files_of(folder):
    found = []
    for path, _, names in os.walk(folder):
        found += [os.path.relpath(os.path.join(path, name), folder) for name in names]
    return sorted(found)


def shape_of(folder):
    """name → (time of change, number of the file, bytes)"""
    shape = {}
    for name in files_of(folder):
        at = os.stat(os.path.join(folder, name))
        with open(os.path.join(folder, name), "rb") as f:
            shape[name] = (at.st_mtime_ns, at.st_ino, f.read())
    return shape


def broken_links(folder):
    """Every link of every page that is no whole address, followed to a file."""
    wrong = []
    for name in files_of(folder):
        if not name.endswith(".html"):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            page = Page(f.read())
        assert page.forms == 0, name
        for link in page.links:
            path = link.split("#")[0]
            if not path or re.match(r"[a-z]+:", path):
                continue
            rooted = name.endswith("404.html")  # which a host shows at any address
            if path.startswith("/") != rooted or "?" in path:
                wrong.append((name, link))
                continue
            at = path.lstrip("/") if rooted else os.path.join(os.path.dirname(name), path)
            at = os.path.join(folder, urllib.parse.unquote(os.path.normpath(at)))
            entry = "/ledger/entry/" in at and link.split("#")[1]  # a place in a page of a hundred
            if not os.path.isfile(at) or (entry and f'id="{entry}"' not in open(at, encoding="utf-8").read()):
                wrong.append((name, link))
        for ledger in page.folders:
            if not os.path.isfile(os.path.join(folder, os.path.dirname(name), ledger, "checkpoint")):
                wrong.append((name, ledger))
    return wrong


def export(s, to, *more, check=0):
    return json.loads(daylight("export", s.office, "--to", to, "--json", *more, check=check).out)


def own_host(s):
    """A host that is not this machine, so that pages lead to the living site."""
    path = os.path.join(s.office, "site.ini")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(re.sub(r"(?m)^;?\s*host\s*=.*$", "host = www.example.org", text, count=1))


def articles(s):
    return json.loads(s.daylight("article list", "--json", check=0).out)


@test
def every_page_and_every_link_of_the_demonstration_is_there(engine):
    with Site(engine, start=False) as s:
        own_host(s)
        out = os.path.join(s.folder, "out")
        told = export(s, out)
        names = set(files_of(out))
        assert told["files"] == told["new"] == len(names) - 1 and told["removed"] == 0, told
        assert broken_links(out) == []
        for a in articles(s):
            for language in ("", "zh-CN/"):
                base = f"{language}{a['column']}/{a['id']}"
                assert {base + ".html", base + "/proof.html", base + "/proof.json"} <= names, base
        for name in ("index.html", "zh-CN/index.html", "404.html", "zh-CN/404.html", "robots.txt", "sitemap.xml", "sitemap-news.xml",
                     "sitemap/0", "sitemap/1", "sitemap.html", "feed.atom", "feed.json", "rss.xml", "zh-CN/feed.atom",
                     "news/index.html", "news/feed.atom", "about/views.html", "about/units.html", "zh-CN/about/units.html", "about/accessibility.html", "ledger/index.html",
                     "ledger/about.html", "ledger/incidents.html", "ledger/entry/0.html", "ledger/proof/0", "ledger/checkpoint",
                     "ledger/vkey", "ledger/policy", "ledger/before-25.html"):
            assert name in names, name
        assert any(n.startswith("assets/daylight.") for n in names) and any(n.startswith("media/") for n in names)
        assert not any("search" in n or "reader" in n for n in names)
        with open(os.path.join(out, "index.html"), encoding="utf-8") as f:
            home = f.read()
        assert re.search(r"A copy of this page, as it was on <time data-copied>\d{4}-\d\d-\d\d \d\d:\d\d</time>", home)
        assert '<a href="https://www.example.org/">The living page</a>' in home
        assert '<link rel="canonical" href="https://www.example.org/">' in home
        # what is not of this site is only linked to: nothing is fetched from elsewhere
        for name in names:
            if name.endswith(".html"):
                with open(os.path.join(out, name), encoding="utf-8") as f:
                    assert not re.search(r'<(img|script|source|iframe)[^>]*\ssrc="[a-z]+:|<link rel="(stylesheet|icon)" href="[a-z]+:', f.read()), name
        # every entry is in it in words, and leads to its proof file and to the page of what it is about
        entries = {i: open(os.path.join(out, f"ledger/entry/{i}.html"), encoding="utf-8").read() for i in range(0, 1000, 100) if f"ledger/entry/{i}.html" in names}
        size = int(open(os.path.join(out, "ledger/checkpoint")).read().split("\n")[1])
        assert len([n for n in names if n.startswith("ledger/entry/")]) == len(entries) == (size + 99) // 100
        for i in range(size):
            one = re.search(rf'<section id="entry-{i}">.*?</section>', entries[i - i % 100], re.S)[0]
            assert f'href="../proof/{i}"' in one and "daylight/v1\n" in one, one
            assert "spare" in one or "<h3>" in one or re.search(r'href="\.\./\.\./[\w/-]+/proof(/\d+)?\.html"', one), one
        # the ledger in it is a mirror, and the openings open its entries
        assert daylight("verify", os.path.join(out, "ledger"), "--forget", check=0).out
        a = articles(s)[0]
        opening = os.path.join(out, a["column"], str(a["id"]), "proof.json")
        index = json.load(open(opening))["index"]
        vkey = open(os.path.join(out, "ledger/vkey")).read().strip()
        proof = os.path.join(out, "ledger/proof", str(index))
        named = os.path.join(s.folder, "1.tlog-proof")
        os.link(proof, named)
        daylight("verify", named, "--opening", opening, "--vkey", vkey, "--forget", check=0)


@test
def a_second_export_rewrites_nothing(engine):
    with Site(engine, start=False) as s:
        out = os.path.join(s.folder, "out")
        first = export(s, out)
        before = shape_of(out)
        time.sleep(0.05)
        again = export(s, out)
        assert (again["new"], again["changed"], again["removed"], again["same"]) == (0, 0, 0, first["files"]), again
        assert shape_of(out) == before


NOTICE = """---
title: Water is off in Lanternmaker Row
date: {}
lang: en
column: news
key: quay-street-water
---

{} The harbour office has a stand-pipe by the chapel for as long as it lasts, and brings water to those who cannot walk.
"""


def put(s, text, when="2026-11-20 10:00"):
    return json.loads(daylight("import", s.office, "--publish", "--json", "-", stdin=NOTICE.format(when, text).encode(), check=0).out)[0]["id"]


def changes(before, after):
    new, gone = set(after) - set(before), set(before) - set(after)
    return new, gone, {n for n in set(before) & set(after) if before[n] != after[n]}


def step(s, out):
    """Exports; gives what is new, what is gone, and what has changed, and checks that nothing else was touched."""
    before = shape_of(out)
    told = export(s, out)
    after = shape_of(out)
    new, gone, changed = changes(before, after)
    listed = changed - {".daylight-copy"}
    assert (told["new"], told["removed"], told["changed"]) == (len(new), len(gone), len(listed)), (told, new, gone, changed)
    gone = {n for n in gone if not re.fullmatch(r"ledger/tile/.*\.p/\d+", n)}  # the tree's right edge grows
    for name in changed:
        assert before[name][2] != after[name][2], f"{name} was written again as it was"
    assert broken_links(out) == []
    return new, gone, listed


def is_of_the_ledger(name):
    return re.fullmatch(r"(zh-CN/)?ledger/.*", name)


@test
def acts_change_what_they_should_and_nothing_else(engine):
    with Site(engine, start=False) as s:
        out = os.path.join(s.folder, "out")
        export(s, out)
        others = {f"{a['column']}/{a['id']}" for a in articles(s)}
        # lists, feeds and site maps show what is newest; the texts that are neighbours or related may name it
        lists = re.compile(r"(zh-CN/)?(index|sitemap|news/index)\.html|(news/)?(feed\.atom|feed\.json|rss\.xml)|sitemap(-news)?\.xml|sitemap/\d+|"
                           r"news/before-[\d-]+\.html")

        number = put(s, "The main broke this morning.")
        own = f"news/{number}"
        new, gone, changed = step(s, out)
        assert {own + ".html", own + "/proof.html", own + "/proof.json"} <= new and not gone, (new, gone)
        assert all(n.startswith(own) or is_of_the_ledger(n) for n in new), new
        strange = {n for n in changed if not lists.fullmatch(n) and not is_of_the_ledger(n) and n[:-5] not in others}
        assert not strange, strange
        texts = {n for n in changed if n[:-5] in others}
        assert len(texts) <= 8, texts  # two neighbours, and what is related
        old_proofs = {n for n in changed if re.fullmatch(r"ledger/(proof|entry)/\d+(\.html)?", n)}
        assert len(old_proofs) <= 1, old_proofs  # the last entry has a next one now; no proof was made anew

        put(s, "The main is being mended; the water comes back at noon.")
        new, gone, changed = step(s, out)
        assert not gone and {own + "/changes.html", own + "/changes/2.html", own + "/proof/1.html", own + "/proof/1.json"} <= new, new
        assert own + ".html" in changed and own + "/proof.html" in changed
        strange = {n for n in changed if not lists.fullmatch(n) and not is_of_the_ledger(n) and not n.startswith(own) and n[:-5] not in others}
        assert not strange, strange

        s.daylight("article withdraw", number, "--reason", "It named the wrong street.", check=0)
        new, gone, changed = step(s, out)
        page = open(os.path.join(out, own + ".html"), encoding="utf-8").read()
        assert own + ".html" in changed and "It named the wrong street." in page and "being mended" not in page
        assert "being mended" not in "".join(open(os.path.join(out, n), encoding="utf-8").read() for n in files_of(out)
                                             if n.startswith(own) and "/proof" not in n)

        keys = [json.loads(f[2])["key"] for n, f in shape_of(out).items() if re.fullmatch(own + r"/proof(/\d+)?\.json", n)]
        keys = [k.encode() for k in keys if k]
        assert keys  # they open what was published
        s.daylight("article erase", number, "--reason", "A name stood in it.", "--code", "privacy", check=0)
        new, gone, changed = step(s, out)
        everything = b"".join(f[2] for f in shape_of(out).values())
        assert own + ".html" in changed and b"A name stood in it." in everything
        for word in (b"Lanternmaker", b"stand-pipe", b"being mended", b"wrong street", *keys):
            assert word not in everything, word


@test
def views_are_those_at_the_export(engine):
    with Site(engine) as s:
        out = os.path.join(s.folder, "out")
        a = articles(s)[0]
        path = f"/{a['column']}/{a['id']}"
        export(s, out)
        page = os.path.join(out, path.lstrip("/") + ".html")
        assert "Views then <b data-count>0</b>" in open(page, encoding="utf-8").read()
        for _ in range(7):
            assert s.get(path, PERSON).status == 200

        def seen():  # beside the server, which writes its counts down every few seconds
            told = export(s, out)
            return "Views then <b data-count>7</b>" in open(page, encoding="utf-8").read() and told
        told = until(seen, 30)
        assert told["changed"] <= 4 and told["new"] == 0, told  # the article and the page of all views, in both languages
        assert s.get(path, PERSON).status == 200
        assert daylight("check", s.office, check=0)


@test
def a_copy_beside_a_running_server_is_the_same(engine):
    with Site(engine) as s:
        out = os.path.join(s.folder, "out")
        export(s, out)
        before = shape_of(out)
        s.stop()
        told = export(s, out)
        assert (told["new"], told["changed"], told["removed"]) == (0, 0, 0), (told, changes(before, shape_of(out)))


@test
def a_copy_made_while_acts_come_in_holds_a_whole_ledger(engine):
    with Site(engine) as s:
        out = os.path.join(s.folder, "out")
        child = subprocess.Popen([PROGRAM, "export", s.office, "--to", out], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=die_with_us)
        until(lambda: os.path.exists(os.path.join(out, "index.html")), 20)  # what there is was read
        s.daylight("article withdraw", 12, "--reason", "outdated", check=0)
        _, err = child.communicate(timeout=60)
        assert child.returncode == 0, err
        daylight("verify", out, "--forget", check=0)
        assert b"the office changed meanwhile" in err, err
        export(s, out)
        daylight("verify", out, "--forget", check=0)


@test(engines=["sqlite"])
def wrong_use_and_strangers_folders_are_refused(engine):
    with Site(engine, start=False) as s:
        assert "--to is missing" in daylight("export", s.office, check=2).err
        assert "is one too many" in daylight("export", s.office, "x", "--to", "y", check=2).err
        full = os.path.join(s.folder, "full")
        os.mkdir(full)
        open(os.path.join(full, "letter.txt"), "w").write("mine")
        done = daylight("export", s.office, "--to", full, check=1)
        assert "no export wrote" in done.err and done.err.count("\n") == 1 and os.listdir(full) == ["letter.txt"], done.err
        assert daylight("export", os.path.join(s.folder, "nowhere"), "--to", full + "2", check=1).err.count("\n") == 1
        for place in (os.path.join(full, "letter.txt"), os.path.join(full, "no", "where")):
            err = daylight("export", s.office, "--to", place, check=1).err
            assert "nothing was written" in err and err.count("\n") == 1, err
        # a stranger's file in a copy stays, also where a page would be
        out = os.path.join(s.folder, "out")
        os.mkdir(out)
        export(s, out)
        open(os.path.join(out, "CNAME"), "w").write("www.example.org\n")
        os.unlink(os.path.join(out, "index.html"))
        told = export(s, out)
        assert (told["changed"], told["removed"]) == (1, 0) and open(os.path.join(out, "CNAME")).read() == "www.example.org\n", told


@test(engines=["sqlite"])
def an_export_that_is_stopped_goes_on(engine):
    with Site(engine, start=False) as s:
        out = os.path.join(s.folder, "out")
        whole = os.path.join(s.folder, "whole")
        for wait in (0.05, 0.1, 0.2, 0.3):
            child = subprocess.Popen([PROGRAM, "export", s.office, "--to", out], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=die_with_us)
            until(lambda: os.path.exists(os.path.join(out, ".daylight-copy.new")) or child.poll() is not None, 20)
            time.sleep(wait)
            child.send_signal(signal.SIGINT if wait < 0.2 else signal.SIGKILL)
            _, err = child.communicate(timeout=60)
            if child.returncode == 1:
                assert b"The same command goes on" in err, err
        export(s, out)
        export(s, whole)
        assert files_of(out) == files_of(whole) and broken_links(out) == []
        assert not any(n.startswith(".daylight-copy.") for n in files_of(out))


run()
