# SPDX-License-Identifier: Apache-2.0
"""A full disk: refusal in words, nothing half-written, pages still served, and all well again when there is room."""
import json, os, re, sys, tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "web"))
from harness import Site, SmallDisk, run, test

PAGE = "---\ntitle: {title}\nlang: en\npublished: 2026-01-05 10:00\n---\n\n{body}\n"


def page(folder, name, size=200):
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        f.write(PAGE.format(title=f"Page {name}", body=("Words of the page. " * (size // 19 + 1)) + "\n"))
    return path


def titles(s):
    return sorted(a["title"] for a in json.loads(s.daylight("article list", "--json", "--most", 1000, check=0).out))


@test(engines=["sqlite"])
def an_import_is_refused_in_words_and_leaves_nothing_half_written(engine):
    with SmallDisk() as disk, tempfile.TemporaryDirectory(dir="/var/tmp") as outside:
        with Site(engine, demo=False, start=False) as s:
            s.daylight("import", "--publish", page(outside, "first.md"), check=0)
            disk.fill(leave=0)
            done = s.daylight("import", "--publish", page(outside, "second.md", 400000), check=1)
            assert "disk is full" in done.err and done.err.count("\n") == 1, done.err
            assert "published" not in done.out
            disk.empty()
            assert titles(s) == ["Page first.md"]
            assert s.daylight("check", check=0).out.strip().endswith("0 faults")
            s.daylight("import", "--publish", page(outside, "second.md", 400000), check=0)
            assert titles(s) == ["Page first.md", "Page second.md"]


@test(engines=["sqlite"])
def the_server_goes_on_serving_and_counting(engine):
    with SmallDisk() as disk, tempfile.TemporaryDirectory(dir="/var/tmp") as outside:
        with Site(engine, demo=False) as s:
            told = json.loads(s.daylight("import", "--publish", "--json", page(outside, "first.md"), check=0).out)[0]
            path = "/" + told["url"].split("/", 3)[3]
            person = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
            assert s.get(path, person).status == 200
            disk.fill(leave=0)
            for _ in range(50):
                assert s.get(path, person).status == 200
            assert s.get("/").status == 200
            disk.empty()
            s.stop()
            s.start()
            shown = re.search(r"data-count[^>]*>([\d,]+)<", s.get(path, person).text).group(1)
            assert shown == "52", shown


@test(engines=["sqlite"])
def a_new_office_that_does_not_fit_is_refused_and_can_be_made_again(engine):
    with SmallDisk() as disk:
        disk.fill(leave=100 * 1024)
        try:
            Site(engine, demo=True, start=False).close()
            raise AssertionError("it fitted")
        except AssertionError as e:
            assert "disk is full" in str(e), e
        disk.empty()
        with Site(engine, demo=True, start=False) as s:
            assert len(titles(s)) >= 16


run()
