# SPDX-License-Identifier: Apache-2.0
"""The commands, as an operator types them, on a real office."""
import json, os, pty, re, signal, sqlite3, subprocess, tempfile, time

from harness import POSTGRES, PROGRAM, SHARED, Site, Skip, daylight, die_with_us, psql, run, site, test, until

SAMPLE = os.path.join(SHARED, "samples", "000_cc955d9c8a8ec329.txt")
PAGE = """<!doctype html><html lang="en"><head><title>Ferry steps closed - Alder Quay</title>
<meta name="ArticleTitle" content="Ferry steps closed"><meta name="PubDate" content="2026-03-02 08:15">
<meta name="ContentSource" content="Harbour Division"></head><body><h1>Ferry steps closed</h1>
<p>The ferry steps at Net Loft Square are closed from Monday for repairs to the lower flight, which the winter has loosened.</p>
<p>Use the ramp beside the harbour office meanwhile; it is lit at night and free of steps from end to end.</p></body></html>"""


def written(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    return path


@test(engines=["sqlite"])
def help_goes_to_standard_output_and_wrong_use_to_standard_error(engine):
    assert "usage: daylight COMMAND" in daylight("--help", check=0).out
    assert "--publish" in daylight("import", "--help", check=0).out
    assert re.fullmatch(r"daylight \d+\.\d+\.\d+\n", daylight("--version", check=0).out)
    for words in ([], ["nonsense"], ["serve"], ["init", "a", "b"], ["init", "--demos", "x"], ["article", "show", "x", "one"]):
        done = daylight(*words, check=2)
        assert done.out == "" and done.err.startswith("daylight") and done.err.count("\n") == 1, (words, done.err)


@test(engines=["sqlite"])
def what_is_refused_is_one_plain_sentence(engine):
    with tempfile.TemporaryDirectory() as folder:
        done = daylight("serve", folder, check=1)
        assert done.err.count("\n") == 1 and f"daylight init {folder}" in done.err, done.err
        assert not os.listdir(folder)


@test
def init_makes_an_office_that_is_private_and_serves_at_once(engine):
    with Site(engine, demo=False, init=["--name", "Quay & Co", "--languages", "en,zh-CN", "--timezone", "Asia/Shanghai"]) as s:
        assert os.stat(s.office).st_mode & 0o777 == 0o700
        assert os.stat(os.path.join(s.office, "keys")).st_mode & 0o777 == 0o700
        assert os.stat(os.path.join(s.office, "site.ini")).st_mode & 0o777 == 0o600
        answer = s.get("/")
        assert answer.status == 200 and "Quay &amp; Co" in answer.text, answer.text[:500]
        assert s.get("/zh-CN/").status == 200
        assert [c["slug"] for c in json.loads(s.daylight("column list", "--json", check=0).out)] == \
            ["news", "notices", "services", "figures", "about"]


@test(engines=["sqlite"])
def an_office_reads_english_and_chinese_unless_it_is_told_otherwise(engine):
    with Site(engine, demo=False, start=False) as s:
        zh = written(s.folder, "zh.txt", "渡口关闭\n2024年3月16日 17:48\n渡口从星期一起关闭，进行维修，请市民绕行。")
        stored = json.loads(s.daylight("import", "--publish", "--json", zh, written(s.folder, "en.html", PAGE), check=0).out)
        assert [d["language"] for d in stored] == ["zh-CN", "en"], stored
        assert "/zh-CN/" in stored[0]["url"], stored
    with Site(engine, demo=False, start=False, init=["--languages", "en"]) as s:
        assert "language zh-CN" in s.daylight("import", written(s.folder, "zh.txt", "渡口关闭\n渡口从星期一起关闭。"), check=1).err


@test(engines=["sqlite", "postgres"])
def a_store_named_later_begins_with_the_first_columns_once(engine):
    with Site(engine, demo=False, start=False) as s:
        url = f"sqlite:{s.folder}/other.db"
        if engine == "postgres":
            Site.number += 1
            second = f"web_{os.getpid()}_{Site.number}"
            psql(f"CREATE DATABASE {second}")
            url = POSTGRES.replace("postgresql:///postgres", f"postgresql:///{second}")
        ini = os.path.join(s.office, "site.ini")
        text = re.sub(r"(?m)^store\s*=.*\n", "", open(ini).read()).replace("[serve]\n", f"[serve]\nstore = {url}\n")
        open(ini, "w").write(text)
        slugs = lambda: [c["slug"] for c in json.loads(s.daylight("column list", "--json", check=0).out)]
        try:
            s.start()
            assert s.get("/news/").status == 200
            s.stop()
            assert slugs() == ["news", "notices", "services", "figures", "about"]
            for slug in slugs():
                s.daylight("column remove", slug, check=0)
            assert slugs() == []  # whoever took all away is not given them again
        finally:
            s.stop(status=None)
            if engine == "postgres":
                psql(f"DROP DATABASE IF EXISTS {second} WITH (FORCE)")


@test(engines=["sqlite"])
def init_again_changes_nothing(engine):
    with Site(engine, demo=False, start=False) as s:
        before = open(os.path.join(s.office, "site.ini")).read()
        done = daylight("init", s.office, "--name", "Other", check=1)
        assert "already" in done.err
        assert open(os.path.join(s.office, "site.ini")).read() == before


@test(engines=["sqlite"])
def init_refuses_what_cannot_be_before_it_makes_anything(engine):
    with tempfile.TemporaryDirectory() as folder:
        office = os.path.join(folder, "o")
        for words, said in ((["--timezone", "Asia/Shangai"], "Asia/Shangai"), (["--languages", "en,??"], "??"),
                            (["--host", "a b"], "a b"), (["--store", "mysql:x"], "mysql:x")):
            done = daylight("init", office, *words, check=1)
            assert said in done.err, done.err
            assert not os.path.exists(office)
        assert "what is the office called" in daylight("init", office, "--name", " ", check=2).err
        assert not os.path.exists(office)
        taken = written(folder, "taken", "a file")
        assert f"{taken} is there already and is no folder; nothing was changed" in daylight("init", taken, check=1).err
        assert open(taken).read() == "a file"


@test
def the_demonstration_is_whole(engine):
    s = site(engine)
    articles = json.loads(s.daylight("article list", "--json", "--most", 500, check=0).out)
    assert len(articles) >= 16 and len({a["column"] for a in articles}) >= 5
    assert all(a["languages"] == ["en", "zh-CN"] and a["state"] == "published" for a in articles)
    done = s.daylight("check", "--json", check=0)
    assert json.loads(done.out)["faults"] == [], done.out
    for a in articles:
        path = "/" + a["url"].split("/", 3)[3]
        page = s.get(path)
        assert page.status == 200, (path, page.status)
        assert not re.search(r'(href|src)="(article|picture):', page.text), path
        for link in re.findall(r'<a href="(/[a-z]+/\d+)"', page.text):
            assert s.ask("HEAD", link).status == 200, (path, link)


@test
def a_page_goes_in_and_comes_out(engine):
    with Site(engine, demo=False, init=["--timezone", "Asia/Shanghai"]) as s:
        page = written(s.folder, "ferry.html", PAGE)
        stored = json.loads(s.daylight("import", "--publish", "--json", page, check=0).out)[0]
        assert stored["title"] == "Ferry steps closed" and stored["source"] == "Harbour Division", stored
        assert stored["published"] == "2026-03-02T08:15:00+08:00" and stored["language"] == "en"
        path = "/" + stored["url"].split("/", 3)[3]
        answer = s.get(path)
        assert answer.status == 200 and "Ferry steps closed" in answer.text and "2026-03-02 08:15" in answer.text
        until(lambda: "Ferry steps closed" in s.get("/").text)


@test
def the_same_page_again_is_not_doubled(engine):
    with Site(engine, demo=False, start=False) as s:
        page = written(s.folder, "ferry.html", PAGE)
        first = json.loads(s.daylight("import", "--publish", "--json", page, check=0).out)[0]
        again = json.loads(s.daylight("import", "--publish", "--json", page, check=0).out)[0]
        assert again["already"] and again["id"] == first["id"]
        assert "already" in s.daylight("import", page, check=0).out
        assert len(json.loads(s.daylight("article list", "--all", "--json", check=0).out)) == 1


@test
def bad_files_are_named_and_the_others_go_in(engine):
    with Site(engine, demo=False, start=False) as s:
        files = [written(s.folder, "good.html", PAGE), written(s.folder, "empty.txt", ""),
                 written(s.folder, "binary.bin", bytes(range(256)) * 40), os.path.join(s.folder, "missing.html"),
                 written(s.folder, "broken.txt", "Quay “closed”\n\nThe café is shut.".encode()[:-1] + b"\xe2\x80"),
                 written(s.folder, "broken.html", PAGE.encode().replace(b"<head>", b"<head><meta charset=utf-8>")
                         .replace(b"lower", b"\xe4\xb8 \xff lower")),
                 written(s.folder, "broken.md", "# 渡口关闭\n\n渡口从星期一起关闭。".encode()[:-2]),
                 written(s.folder, "other.html", PAGE.replace("Ferry steps", "Flood gates"))]
        done = s.daylight("import", "--publish", *files, check=1)
        lines = done.err.strip().split("\n")
        assert len(lines) == 6, done.err
        for name in ("empty.txt", "binary.bin", "missing.html", "broken.txt", "broken.html", "broken.md"):
            assert sum(name in l for l in lines) == 1, done.err
        assert all("not UTF-8" in l and " at byte " in l for l in lines if "broken." in l), done.err
        titles = {a["title"] for a in json.loads(s.daylight("article list", "--json", check=0).out)}
        assert titles == {"Ferry steps closed", "Flood gates closed"}, titles


@test(engines=["sqlite"])
def a_dry_run_shows_and_stores_nothing(engine):
    with Site(engine, demo=False, start=False) as s:
        done = s.daylight("import", "--dry-run", "--json", "-", stdin=PAGE.encode(), check=0)
        shown = json.loads(done.out)[0]
        assert shown["title"] == "Ferry steps closed" and "id" not in shown and shown["file"] == "-"
        assert json.loads(s.daylight("article list", "--all", "--json", check=0).out) == []


@test(engines=["sqlite"])
def import_chooses_the_column_by_option_then_by_file_then_news(engine):
    with Site(engine, demo=False, start=False) as s:
        marked = "---\ntitle: Marked\nlang: en\ncolumn: services\n---\n\nSome text of a guide, which is long enough to be a body.\n"
        one = written(s.folder, "one.md", marked)
        plain = written(s.folder, "two.html", PAGE)
        assert "/services/" in s.daylight("import", one, check=0).out
        assert "/news/" in s.daylight("import", plain, check=0).out
        other = written(s.folder, "three.md", marked.replace("Marked", "Third"))
        assert "/notices/" in s.daylight("import", "--column", "notices", other, check=0).out
        assert "nowhere" in s.daylight("import", "--column", "nowhere", plain, check=1).err
        wrong = written(s.folder, "four.md", marked.replace("services", "nonsense").replace("Marked", "Fourth"))
        done = s.daylight("import", wrong, check=1)
        assert "four.md" in done.err and "nonsense" in done.err


@test(engines=["sqlite"])
def a_page_in_a_language_that_the_site_does_not_have_is_refused_not_hidden(engine):
    with Site(engine, demo=False, start=False, init=["--languages", "en,zh-CN"]) as s:
        page = written(s.folder, "page.html", PAGE)
        for options in (["--lang", "fr"], ["--lang", "fr", "--dry-run"]):
            done = s.daylight("import", *options, page, check=1)
            assert "page.html" in done.err and "language fr" in done.err, done.err
        french = written(s.folder, "french.html", PAGE.replace('lang="en"', 'lang="fr"'))
        other = written(s.folder, "other.html", PAGE.replace("Ferry steps", "Flood gates"))
        zh = written(s.folder, "zh.txt", "渡口关闭\n2024年3月16日 17:48\n渡口从星期一起关闭，进行维修，请市民绕行。")
        s.daylight("import", "--lang", "en", french, check=0)
        assert "/zh-CN/" in s.daylight("import", "--lang", "zh", zh, check=0).out
        assert "/news/" in s.daylight("import", other, check=0).out
        assert len(json.loads(s.daylight("article list", "--all", "--json", check=0).out)) == 2


def pages_in_folders(folder, count):
    for number in range(count):
        below = os.path.join(folder, "pages", f"{number // 100:02d}")
        os.makedirs(below, exist_ok=True)
        written(below, f"{number:05d}.md", f"---\ntitle: Notice {number}\ndate: 2024-03-16\nlang: en\n---\n\n"
                f"The ferry steps number {number} are closed for repair from Monday on.\n")
    written(os.path.join(folder, "pages"), ".hidden.md", "not a page")
    return os.path.join(folder, "pages")


@test(engines=["sqlite"])
def of_a_folder_all_files_go_in_in_the_order_of_their_names(engine):
    with Site(engine, demo=False, start=False) as s:
        pages = pages_in_folders(s.folder, 250)
        lines = s.daylight("import", pages, check=0).out.splitlines()
        assert len(lines) == 250
        assert [line.split(":")[0][-8:-3] for line in lines] == [f"{n:05d}" for n in range(250)]
        assert [int(line.rsplit("/", 1)[1]) for line in lines] == list(range(1, 251))
        os.mkdir(os.path.join(s.folder, "empty"))
        assert "no file" in s.daylight("import", os.path.join(s.folder, "empty"), check=1).err


@test(engines=["sqlite"])
def an_import_that_was_interrupted_ends_whole_and_goes_on_with_the_same_command(engine):
    with Site(engine, demo=False, start=False) as s:
        pages, total = pages_in_folders(s.folder, 5000), 5000
        running = subprocess.Popen([PROGRAM, "import", s.office, pages], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   bufsize=0, preexec_fn=die_with_us)
        first = running.stdout.readline() + running.stdout.readline()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=120)
        told = (first + out).decode().splitlines()
        assert running.returncode == 1 and f"of {total} files" in err.decode() and "goes on" in err.decode(), err
        assert 0 < len(told) < total, len(told)
        again = s.daylight("import", pages, check=0).out.splitlines()
        assert sum("is there already" in line for line in again) == len(told)
        assert len(again) == total


def waiting(s):
    return json.loads(s.daylight("check", "--json", check=0).out)["index_waiting"]


def on_a_terminal(*words, interrupt_at=None):
    """A command whose standard error is a terminal: how it ended, and what it said there. interrupt_at: Ctrl-C once it
    has said that."""
    master, terminal = pty.openpty()
    process = subprocess.Popen([PROGRAM, *words], stdout=subprocess.DEVNULL, stderr=terminal, preexec_fn=die_with_us)
    os.close(terminal)
    said = ""
    try:
        while chunk := os.read(master, 65536):
            said += chunk.decode(errors="replace")
            if interrupt_at and interrupt_at in said:
                process.send_signal(signal.SIGINT)
                interrupt_at = None
    except OSError:
        pass  # the other end closed: the program ended
    os.close(master)
    return process.wait(120), said


@test
def many_files_are_stored_first_and_found_afterwards(engine):
    with Site(engine, demo=False, start=False) as s:
        pages, total = pages_in_folders(s.folder, 6000), 6000
        status, said = on_a_terminal("import", s.office, "--publish", pages, interrupt_at="put into the search index")
        left = waiting(s)
        assert f"{total} files done in" in said and ("with the search index" in said) == (left == 0), said[-500:]
        if left:
            assert status == 1 and f"all {total} files are done; {left} texts" in said, said[-500:]
        again = s.daylight("import", "--publish", pages, check=0)
        assert again.out.count("is there already") == total, again.out[:500]
        assert waiting(s) == 0
        s.start()
        assert "/news/6000" in s.get("/search?q=5999").text


@test(engines=["sqlite"])
def the_server_puts_in_what_an_import_of_many_left_waiting_and_says_so_until_then(engine):
    with Site(engine, demo=False, start=False) as s:
        s.daylight("import", "--publish", pages_in_folders(s.folder, 300), check=0)
        with sqlite3.connect(os.path.join(s.office, "daylight.db")) as store:  # as if 100 of them had come in an import of many
            store.execute("DELETE FROM search_doc WHERE article_id > 200")
            store.execute("INSERT INTO search_later SELECT id, 'en' FROM article WHERE id > 200")
            store.execute("CREATE TRIGGER full BEFORE INSERT ON search_doc BEGIN SELECT RAISE(ABORT, 'no room'); END")
        assert waiting(s) == 100
        s.start()
        page = s.get("/search?q=250").text
        assert "100 recently added pages cannot be found by searching yet" in page and "/news/251" not in page, page
        until(lambda: "search_later_failed" in s.said(), seconds=60)
        time.sleep(2)
        assert s.said().count("search_later_failed") == 1, s.said()
        with store:
            store.executemany("INSERT INTO search_later VALUES (?, 'en')", ((n,) for n in range(1000, 2000)))
        page = s.get("/search?q=260").text
        assert "More than 1,000 recently added pages cannot be found by searching yet" in page, page
        with store:
            store.execute("DELETE FROM search_later WHERE article_id >= 1000")
            store.execute("DROP TRIGGER full")
        store.close()
        until(lambda: "/news/251" in s.get("/search?q=250").text, seconds=60)
        until(lambda: "by searching yet" not in s.get("/search?q=250").text, seconds=60)


@test(engines=["sqlite"])
def several_files_show_a_bar_on_a_terminal_only(engine):
    with Site(engine, demo=False, start=False) as s:
        files = [written(s.folder, f"page{i}.html", PAGE.replace("Ferry", f"Ferry {i}") + "<p>words</p>" * 3000)
                 for i in range(150)]
        status, said = on_a_terminal("import", s.office, *files)
        assert status == 0 and " of 150 files" in said and "a second" in said, said[-300:]
        assert b"files" not in daylight("import", s.office, *files, check=0).stderr


@test
def an_article_is_published_withdrawn_and_moved(engine):
    with Site(engine, demo=False) as s:
        page = written(s.folder, "ferry.html", PAGE)
        stored = json.loads(s.daylight("import", "--json", page, check=0).out)[0]
        number, path = stored["id"], "/" + stored["url"].split("/", 3)[3]
        assert s.get(path).status == 404
        s.daylight("article publish", number, check=0)
        until(lambda: s.get(path).status == 200)
        assert json.loads(s.daylight("article show", number, "--json", check=0).out)["state"] == "published"
        known = re.search(r"<entry><id>(tag:[^<]+)</id>", s.get("/feed.atom").text)[1]
        s.daylight("article move", number, "notices", check=0)
        until(lambda: s.get(path).status in (301, 308))  # another process's change shows within moments
        assert s.get(path).header("Location").endswith(f"/notices/{number}")
        followed = s.get("/feed.atom").text  # whoever follows the feed is not told of a new article
        assert f"<id>{known}</id>" in followed and f"/notices/{number}" in followed, followed
        assert "reason" in s.daylight("article withdraw", number, check=2).err.lower()
        s.daylight("article withdraw", number, "--reason", "It named the wrong steps.", check=0)
        until(lambda: s.get(f"/notices/{number}").status == 410)
        gone = s.get(f"/notices/{number}")
        assert "It named the wrong steps." in gone.text
        assert "999" in s.daylight("article publish", 999, check=1).err


@test
def an_article_of_tomorrow_is_not_shown_today(engine):
    with Site(engine, demo=False) as s:
        stored = json.loads(s.daylight("import", "--json", written(s.folder, "f.html", PAGE), check=0).out)[0]
        assert "will appear" in s.daylight("article publish", stored["id"], "--at", "2999-01-01 08:00", check=0).out
        assert s.get("/" + stored["url"].split("/", 3)[3]).status == 404
        assert s.daylight("article publish", stored["id"], "--at", "someday", check=2).err
        # It is published for that time. What would change nothing is not told as done.
        assert "will appear" in s.daylight("article publish", stored["id"], check=0).out
        assert "will appear" in s.daylight("article publish", stored["id"], "--at", "2999-01-01 08:00", check=0).out
        for words in (["--at", "2998-01-01 08:00"], ["--emergency"]):
            assert "2999-01-01 08:00; nothing was changed" in s.daylight("article publish", stored["id"], *words, check=1).err


@test
def a_draft_with_a_time_of_its_own_is_published_for_that_time(engine):
    with Site(engine, demo=False, start=False) as s:
        text = f"---\ntitle: Later\ndate: {time.gmtime().tm_year + 2}-01-01 08:00\nlang: en\n---\n\nA text that says enough to be the body of a page.\n"
        stored = json.loads(s.daylight("import", "--json", written(s.folder, "later.md", text), check=0).out)[0]
        assert "will appear" in s.daylight("article publish", stored["id"], check=0).out


@test
def columns_are_added_renamed_and_removed(engine):
    with Site(engine, demo=False, init=["--languages", "en,zh-CN"]) as s:
        s.daylight("column add", "events", "--name", "Events", "--name", "zh-CN=活动", "--kind", "notice", check=0)
        until(lambda: s.get("/events/").status == 200)
        assert "活动" in s.get("/zh-CN/events/").text
        s.daylight("column rename", "events", "--name", "What is on", check=0)
        until(lambda: "What is on" in s.get("/events/").text)
        until(lambda: "活动" in s.get("/zh-CN/events/").text)
        s.daylight("import", "--column", "events", written(s.folder, "f.html", PAGE), check=0)
        assert s.daylight("column remove", "events", check=1).err
        assert "gossip" in s.daylight("column add", "x", "--name", "X", "--kind", "gossip", check=2).err
        assert s.daylight("column add", "search", "--name", "X", check=1).err
        s.daylight("column remove", "figures", check=0)
        until(lambda: s.get("/figures/").status == 404)


@test
def words_of_a_column_are_for_a_language_of_the_site(engine):
    with Site(engine, demo=False, start=False, init=["--languages", "en,zh-CN"]) as s:
        column = lambda slug: next(c for c in json.loads(s.daylight("column list", "--json", check=0).out) if c["slug"] == slug)
        assert "fr is not among" in s.daylight("column add", "ville", "--name", "fr=Ville", check=1).err
        assert "needs a name" in s.daylight("column add", "ville", "--name", " ", check=1).err
        assert '"harbour"' in s.daylight("column add", "quay", "--name", "Quay", "--parent", "harbour", check=1).err
        assert "fr is not among" in s.daylight("column rename", "news", "--name", "News", "--description", "fr=Ici", check=1).err
        s.daylight("column add", "sums", "--name", "A=B", "--description", "Letters.", check=0)
        assert column("sums")["name"] == "A=B"
        s.daylight("column rename", "sums", "--description", "", check=0)
        assert (column("sums")["name"], column("sums")["description"]) == ("A=B", None)
        assert '"nowhere"' in s.daylight("column remove", "nowhere", check=1).err


@test
def rebuilding_gives_the_same_finds(engine):
    with Site(engine) as s:
        before = re.findall(r'href="(/[a-z]+/\d+)', s.get("/search?q=harbour").text)
        assert before
        done = s.daylight("rebuild", check=0)
        assert int(re.search(r"(\d+) texts", done.out).group(1)) >= 32
        assert re.findall(r'href="(/[a-z]+/\d+)', s.get("/search?q=harbour").text) == before


@test(engines=["sqlite"])
def check_compares_the_search_index_with_the_texts_and_names_the_way_out(engine):
    with Site(engine, start=False) as s:
        texts = json.loads(s.daylight("check", "--json", check=0).out)
        assert texts["indexed"] == texts["texts"] >= 32, texts
        with sqlite3.connect(os.path.join(s.office, "daylight.db")) as store:
            store.execute("DELETE FROM search_doc WHERE article_id = 1 AND language = 'en'")
            store.execute("UPDATE search_doc SET column_id = column_id + 1 WHERE article_id = 2 AND language = 'en'")
        store.close()
        done = s.daylight("check", check=1)
        assert re.search(r"^article 1 \(en\): it is not in the search index; daylight rebuild", done.out, re.M), done.out
        assert re.search(r"^article 2 \(en\): the search index holds other words of it; daylight rebuild", done.out, re.M), done.out
        assert done.out.count("\n") == 3, done.out
        s.daylight("rebuild", check=0)
        s.daylight("check", check=0)


@test(engines=["sqlite"])
def check_finds_what_is_not_sound(engine):
    with Site(engine, start=False) as s:
        assert s.daylight("check", check=0).out.strip().endswith("0 faults")
        media = os.path.join(s.office, "media")
        for name in os.listdir(media):
            os.unlink(os.path.join(media, name))
        done = s.daylight("check", check=1)
        assert "picture is not in media" in done.out, done.out


@test(engines=["sqlite"])
def every_route_is_printed(engine):
    table = json.loads(daylight("routes", "--json", check=0).out)
    assert {r["pattern"] for r in table} >= {"/", "/search", "/{column}/{id}", "/healthz", "/feed.atom"}
    plain = daylight("routes", check=0).out
    assert all(r["pattern"] in plain and r["summary"] in plain for r in table)


@test
def the_real_page_of_the_issue_goes_in_within_a_second_of_work(engine):
    if not os.path.exists(SAMPLE):
        raise Skip("../shared is not here")
    with Site(engine, demo=False, init=["--timezone", "Asia/Shanghai"]) as s:
        stored = json.loads(s.daylight("import", "--publish", "--json", SAMPLE, check=0).out)[0]
        assert stored["published"] == "2024-03-16T17:48:00+08:00", stored["published"]
        assert stored["source"] == "The Provincial Public Security Department" and stored["language"] == "en"
        assert stored["title"] == open(SAMPLE, encoding="utf-8-sig").readline().strip()
        assert any("Welcome to" in t for t in stored["left_out"])
        assert "attended the meeting." in stored["body_html"] and "Hit" not in stored["body_html"]
        answer = s.get("/" + stored["url"].split("/", 3)[3])
        assert answer.status == 200 and "2024-03-16 17:48" in answer.text


run()
