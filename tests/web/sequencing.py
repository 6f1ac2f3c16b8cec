# SPDX-License-Identifier: Apache-2.0
"""The ledger of a running office: entries get their place, commands and server share it, and what does not agree stops it
in words while pages are served."""
import json, os, signal, sqlite3, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import Site, figure, run, test, until
from support.ledger import leave


def state(s):
    with sqlite3.connect(os.path.join(s.office, "daylight.db"), timeout=20) as store:
        row = store.execute("SELECT size, signed_size, checkpoint FROM ledger_state").fetchone()
    store.close()
    return row


@test
def an_office_has_a_signed_ledger_from_its_first_day(engine):
    with Site(engine) as s:
        assert json.loads(s.daylight("check", "--json", check=0).out)["ledger_entries"] >= 1
        assert s.get("/readyz").text == "ok\n"
        assert figure(s, "daylight_ledger_entries") == figure(s, "daylight_ledger_signed_entries") >= 1
        assert 'daylight_ledger_role{role="leads"} 1' in s.get("/metrics").text
        keys = os.path.join(s.office, "keys")
        assert all(os.stat(os.path.join(keys, f)).st_mode & 0o077 == 0 for f in os.listdir(keys) if f.endswith(".key"))


@test(engines=["sqlite"])
def what_another_process_left_is_entered_signed_and_sealed(engine):
    with Site(engine, demo=False) as s:
        before = state(s)[0]
        leave(s, 600)
        until(lambda: state(s)[1] == before + 600)
        assert figure(s, "daylight_ledger_batch_entries_sum") >= 600
        assert sorted(os.listdir(os.path.join(s.office, "ledger/tile/0"))) == ["000", "001"]
        s.daylight("check", check=0)


@test(engines=["sqlite"])
def what_waits_is_entered_before_the_server_ends(engine):
    with Site(engine, demo=False) as s:
        leave(s, 3000)
        s.stop()
        assert state(s)[:2] == (3001, 3001), state(s)


@test(engines=["sqlite"])
def a_killed_server_leaves_the_ledger_to_the_next_command(engine):
    with Site(engine, demo=False) as s:
        s.stop(signal.SIGKILL, status=None)
        leave(s, 5)
        done = s.daylight("article publish", 1)  # there is none: refused, but what waited is entered
        assert done.returncode == 1, done
        assert state(s)[:2] == (6, 6), state(s)


@test
def a_lost_state_of_the_signer_stops_acts_in_words_and_no_pages(engine):
    with Site(engine, start=False) as s:
        lost = os.path.join(s.office, "keys", "ledger.state")
        os.rename(lost, lost + ".away")
        done = s.daylight("article withdraw", 1, "--reason", "wrong", check=1)
        assert "ledger.state" in done.err and "level=" not in done.err and done.err.count("\n") == 1, done.err
        s.start()
        assert s.get("/").status == 200
        ready = s.get("/readyz")
        assert ready.status == 200 and "The ledger takes no acts now" in ready.text and s.office not in ready.text, ready.text
        assert "ledger.state" in s.said()
        assert figure(s, "daylight_ledger_takes_acts") == 0
        assert "event=ledger_stopped" in s.said()
        s.stop()
        os.rename(lost + ".away", lost)
        s.daylight("article withdraw", 1, "--reason", "wrong", check=0)


@test(engines=["sqlite"])
def rebuild_mends_tiles_and_refuses_where_an_entry_was_changed(engine):
    with Site(engine, demo=False, start=False) as s:
        leave(s, 300)
        s.daylight("article publish", 1)
        tile = os.path.join(s.office, "ledger/tile/0/000")
        whole = open(tile, "rb").read()
        with open(tile, "r+b") as f:
            f.seek(3200)
            f.write(b"\0")
        done = s.daylight("check", check=1)
        assert "0/000: not what the entries say" in done.out, done.out
        done = s.daylight("rebuild", "ledger", check=0)
        assert "0/000: not what the entries say" in done.out and "written again" in done.out, done.out
        assert open(tile, "rb").read() == whole
        assert "every tile as it should be" in s.daylight("rebuild", "ledger", check=0).out
        with sqlite3.connect(os.path.join(s.office, "daylight.db")) as store:
            store.execute("UPDATE ledger_entry SET text = replace(text, 'receive', 'register') WHERE idx = 100")
        store.close()
        done = s.daylight("rebuild", "ledger", check=1)
        assert "entry 100:" in done.out and "No file was written" in done.err, done.out + done.err
        assert open(tile, "rb").read() == whole
        assert s.daylight("rebuild", "search", check=0).out.startswith("search index")
        assert s.daylight("rebuild", "tea", check=2).err


run()
