# SPDX-License-Identifier: Apache-2.0
"""Acts upon articles and what they leave: entries, emergencies, erasures."""
import json, os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import PERSON, Site, run, test, until

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


run()
