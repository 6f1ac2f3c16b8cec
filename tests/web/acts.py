# SPDX-License-Identifier: Apache-2.0
"""Acts upon articles and what they leave: entries, emergencies, erasures."""
import base64, json, os, sqlite3, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import PERSON, POSTGRES, Site, psql, run, test, until

DAM = """<!doctype html><html lang="en"><head><title>Leave the valley - Alder Quay</title>
<meta name="ArticleTitle" content="Leave the valley now"></head><body><h1>Leave the valley now</h1>
<p>The dam at Sill Bridge lets water through. Leave the valley by the north road now and do not turn back for anything.</p>
<p>Buses wait at the school and at the chapel. Those who cannot walk call the harbour office, which fetches them.</p></body></html>"""


def stored(s, text=DAM, name="page.html"):
    """Imports a draft; gives its number and its path."""
    page = os.path.join(s.folder, name)
    with open(page, "w", encoding="utf-8") as f:
        f.write(text)
    one = json.loads(s.daylight("import", "--json", page, check=0).out)[0]
    return one["id"], "/" + one["url"].split("/", 3)[3]


@test
def what_is_published_in_an_emergency_says_so_until_it_is_countersigned(engine):
    with Site(engine, demo=False) as s:
        number, path = stored(s)
        assert s.daylight("article countersign", number, check=1).err.count("\n") == 1
        done = s.daylight("article publish", number, "--emergency", check=0)
        assert f"article countersign {s.office} {number}" in done.out, done.out
        until(lambda: "It has not been countersigned yet" in s.get(path, PERSON).text)
        assert json.loads(s.daylight("article show", number, "--json", check=0).out)["awaits_countersignature"] is True
        s.daylight("article countersign", number, check=0)
        until(lambda: "It has not been countersigned yet" not in s.get(path, PERSON).text)
        assert json.loads(s.daylight("article show", number, "--json", check=0).out)["awaits_countersignature"] is False
        assert s.daylight("article countersign", number, check=1).err.count("\n") == 1
        entries = s.get("/ledger/tile/entries/000.p/3").text
        assert "\nemergency\n" in entries and "\ncountersign\n" in entries and entries.count("\nref 1\n") == 1, entries


def psql_of(s, statement):
    url = POSTGRES.replace("postgresql:///postgres", f"postgresql:///{s.database}")
    return subprocess.run(["psql", "-qXtA", "-v", "ON_ERROR_STOP=1", url, "-c", statement], check=True,
                          capture_output=True, text=True).stdout


def old_reading(s, seconds):
    """Somebody who still sees the store as it is now, for so long: what a VACUUM leaves for him it leaves for good."""
    url = POSTGRES.replace("postgresql:///postgres", f"postgresql:///{s.database}")
    reading = subprocess.Popen(["psql", "-qXtA", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    reading.stdin.write(f"BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 'begun'; SELECT pg_sleep({seconds}); COMMIT;\n")
    reading.stdin.close()
    assert reading.stdout.readline() == "begun\n"
    return reading


def change(s, statement):
    """What an owner can do who has the store in hand."""
    if s.database:
        psql_of(s, statement)
        return
    store = sqlite3.connect(os.path.join(s.office, "daylight.db"), timeout=20)
    with store:
        store.execute(statement)
    store.close()


@test
def a_byte_that_the_owner_changes_in_the_store_is_found_and_named(engine):
    with Site(engine, demo=False) as s:
        number, path = stored(s)
        s.daylight("article publish", number, check=0)
        s.daylight("check", check=0)
        change(s, "UPDATE article_revision SET body_html = replace(body_html, 'north', 'south')")
        found = s.daylight("check", check=1).out
        assert f"article {number} (en): body of revision 1: it is not what entry 1 (publish) commits to\n" in found, found
        change(s, "UPDATE article_revision SET body_html = replace(body_html, 'south', 'north')")
        s.daylight("check", check=0)
        change(s, "UPDATE article_text SET title = 'Leave the valley new'")
        assert f"article {number} (en): title: what is shown is not what revision 1 says\n" in s.daylight("check", check=1).out
        change(s, "UPDATE article_revision SET title = 'Leave the valley new'")
        faults = json.loads(s.daylight("check", "--json", check=1).out)["faults"]
        assert any("title of revision 1: it is not what entry 1 (publish) commits to" in f for f in faults), faults
        change(s, "DELETE FROM article_proof")
        found = s.daylight("check", check=1).out
        assert "it is published, and no entry says so" in found and "entry 1 (publish): the act" in found, found


# --- erasing ---

CHILD = """---
title: Quillfeather found
language: en
key: ostermarsh
author: Corvidology Unit
keywords: corvidology
---
Quillfeather, who lives in Brambleton, was found unharmed at the old nightjarring hide. Her mother thanked everybody.

Those who searched for Quillfeather meet at the chapel on Friday; the harbour office brings soup and dry clothes for all.
"""
WORDS = ["Quillfeather", "Brambleton", "nightjarring", "ostermarsh", "corvidology", "寻获羽儿", "羽儿"]


def found_in(folder, needles):
    """Which files of the folder hold any of these, in any case, as UTF-8 or UTF-16."""
    spellings = {n: [e.lower() for e in (n.encode(), n.encode("utf-16-le"), n.encode("utf-16-be"))] for n in needles}
    found = []
    for top, _, names in os.walk(folder):
        for name in names:
            try:
                data = open(os.path.join(top, name), "rb").read().lower()
            except FileNotFoundError:  # a table's old file, gone since it was listed
                continue
            found += [(os.path.join(top, name), n) for n, spelt in spellings.items() if any(e in data for e in spelt)]
    return found


def opening_keys(s, number):
    statement = f"SELECT opening FROM article_proof WHERE article_id = {number}"
    if s.database:
        return psql_of(s, statement).split()
    store = sqlite3.connect(os.path.join(s.office, "daylight.db"), timeout=20)
    try:
        return [k for k, in store.execute(statement)]
    finally:
        store.close()


def erasable(s):
    """An article that was public in two languages, corrected once, read and searched for."""
    number, path = stored(s, CHILD, "child.md")
    stored(s, "---\ntitle: 寻获羽儿\nlanguage: zh-CN\nkey: ostermarsh\n---\n羽儿在旧观鸟屋平安寻获，她的母亲向大家致谢。周五在小教堂集合。\n", "zh.md")
    s.daylight("article publish", number, check=0)
    stored(s, CHILD.replace("on Friday", "on Sunday"), "child.md")
    until(lambda: "on Sunday" in s.get(path, PERSON).text)
    assert s.get("/zh-CN" + path, PERSON).status == 200
    assert path in s.get("/search?q=Brambleton").text
    return number, path


@test(engines=["sqlite"])
def of_an_erased_article_no_word_and_no_key_is_left_in_the_folder_while_the_office_is_served(engine):
    with Site(engine, init=["--languages", "en,zh-CN"]) as s:
        number, path = erasable(s)
        keys = opening_keys(s, number)
        assert len(keys) == 3 and all(len(base64.b64decode(k)) == 32 for k in keys), keys
        assert {n for _, n in found_in(s.office, WORDS + keys)} == set(WORDS + keys)  # or the test would say nothing
        done = s.daylight("article erase", number, "--reason", "It named a child.", "--code", "privacy", check=0)
        assert done.out.startswith("erased "), done.out
        assert found_in(s.office, WORDS + keys) == []
        until(lambda: s.get(path, PERSON).status == 410)
        gone = s.get(path, PERSON).text
        assert "It named a child." in gone and f"{path}/proof" in gone and "privacy" in gone.lower(), gone
        assert not any(w.lower() in gone.lower() for w in WORDS)
        assert s.get("/zh-CN" + path, PERSON).status == 410
        assert path not in s.get("/search?q=Brambleton").text and path not in s.get("/sitemap.xml").text
        for page in ("/", "/news/", "/feed.atom", "/zh-CN/feed.json", path + "/changes"):
            assert not any(w in s.get(page).text for w in WORDS), page
        assert "found" in s.get("/search?q=harbour").text  # the rest of the index is there
        s.daylight("check", check=0)
        s.daylight("article erase", number, "--reason", "It named a child.", "--code", "privacy", check=0)
        assert s.get(path, PERSON).status == 410
        s.stop()
        assert found_in(s.office, WORDS + keys) == []


@test
def one_language_is_erased_and_the_others_live_on(engine):
    with Site(engine, demo=False, init=["--languages", "en,zh-CN"]) as s:
        number, path = erasable(s)
        assert s.daylight("article erase", number, "--reason", "x", check=2).err
        assert s.daylight("article erase", number, "--reason", "x", "--code", "outdated", check=2).err
        assert "fr" in s.daylight("article erase", number, "--reason", "x", "--code", "law", "--lang", "fr", check=1).err
        assert "reason" in s.daylight("article erase", number, "--code", "law", check=1).err
        s.daylight("article erase", number, "--reason", "It named a child.", "--code", "law", "--lang", "zh-CN", check=0)
        until(lambda: s.get("/zh-CN" + path, PERSON).status == 410)
        assert "on Sunday" in s.get(path, PERSON).text
        assert "hreflang=\"zh-CN\"" not in s.get(path, PERSON).text.split("<main")[0].split("<body")[0]
        s.daylight("check", check=0)


@test(engines=["postgres"])
def of_an_erased_article_nothing_is_left_in_postgresqls_tables(engine):
    """Nor in its own log, once that was changed over as docs/press.md says."""
    data = subprocess.run(["psql", "-XtAc", "SHOW data_directory", POSTGRES], capture_output=True, check=True, text=True).stdout.strip()
    with Site(engine, demo=False, init=["--languages", "en,zh-CN"]) as s:
        number, path = erasable(s)
        needles = WORDS + opening_keys(s, number)
        psql("CHECKPOINT")
        assert len(needles) == len(WORDS) + 3 and {n for _, n in found_in(data, needles)} == set(needles)
        with old_reading(s, 5):
            s.daylight("article erase", number, "--reason", "It named a child.", "--code", "privacy", check=0)
        psql("ALTER SYSTEM SET wal_recycle = off")
        try:
            psql("SELECT pg_reload_conf()")  # each of its processes reads it when it comes to it
            left = []
            def changed_over():
                for statement in ("SELECT txid_current()", "SELECT pg_switch_wal()", "CHECKPOINT"):
                    psql(statement)
                left[:] = found_in(data, needles)
                return not left
            try:
                until(changed_over, 60)
            finally:
                assert left == [], left
        finally:
            psql("ALTER SYSTEM RESET wal_recycle")
        until(lambda: s.get(path, PERSON).status == 410)


run()
