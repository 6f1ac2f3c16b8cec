# SPDX-License-Identifier: Apache-2.0
"""The log's keys and the signer's state, as an operator changes them."""
import base64, hashlib, json, os, shutil, signal, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import Site, run, test, until
from support.ledger import leave, signers


def keys(site):
    return [(k["state"], k["key"]) for k in json.loads(site.daylight("ledger status", "--json", check=0).out)["keys"]]


def status(site):
    return json.loads(site.daylight("ledger status", "--json", check=0).out)


def signatures(site):
    return [line for line in status(site)["checkpoint"].splitlines() if line.startswith("— ")]


@test
def a_ledger_begins_with_a_key_and_a_spare_and_says_how_it_stands(engine):
    with Site(engine, demo=False, start=False) as s:
        assert [state for state, _ in keys(s)] == ["active", "spare"]
        stands = status(s)
        assert stands["origin"].endswith("/ledger") and stands["size"] == stands["signed_size"] >= 1
        out = s.daylight("ledger status", check=0).out
        assert "active" in out and stands["origin"] in out


@test
def a_rotation_signs_with_both_keys_until_the_old_one_is_retired_and_each_step_is_in_the_log(engine):
    with Site(engine, demo=False, start=False) as s:
        before = status(s)["size"]
        s.daylight("ledger rotate", check=0)
        assert [state for state, _ in keys(s)] == ["active", "spare", "active"]
        assert len(signatures(s)) == 2 and status(s)["signed_size"] == before + 1
        assert "rotation is under way" in s.daylight("ledger rotate", check=1).err
        s.daylight("ledger retire", check=0)
        assert [state for state, _ in keys(s)] == ["retired", "spare", "active"]
        assert len(signatures(s)) == 1 and status(s)["signed_size"] == before + 2
        assert "one active key" in s.daylight("ledger retire", check=1).err
        s.start()
        assert s.get("/ledger/checkpoint").status == 200
        s.daylight("check", check=0)


@test(engines=["sqlite"])
def the_spare_takes_over_from_where_it_was_kept(engine):
    with Site(engine, demo=False, start=False) as s:
        kept = os.path.join(s.folder, "safe")
        shutil.move(os.path.join(s.office, "keys", "ledger-spare.key"), kept)
        wrong = os.path.join(s.office, "keys", "ledger.key")
        assert "not the spare key" in s.daylight("ledger use-spare", wrong, check=1).err
        before = status(s)["size"]
        s.daylight("ledger use-spare", kept, check=0)
        assert [state for state, _ in keys(s)] == ["retired", "active", "spare"]
        assert len(signatures(s)) == 1 and status(s)["signed_size"] == before + 1


@test(engines=["sqlite"])
def the_spare_takes_over_from_a_key_that_was_lost(engine):
    with Site(engine, demo=False, start=False) as s:
        folder = os.path.join(s.office, "keys")
        os.remove(os.path.join(folder, "ledger.key"))
        before = status(s)
        assert "Put its file back" in s.daylight("article publish", 1, check=1).err
        s.daylight("ledger use-spare", os.path.join(folder, "ledger-spare.key"), check=0)
        assert [state for state, _ in keys(s)] == ["retired", "active", "spare"]
        assert status(s)["signed_size"] == before["size"] + 1
        s.start()
        until(lambda: s.get("/readyz").text == "ok\n")


@test(engines=["sqlite"])
def a_service_manager_that_ends_all_processes_at_once_loses_nothing(engine):
    with Site(engine, demo=False) as s:
        leave(s, 3000)
        started = signers(s.server.pid)
        assert started
        for pid in started:
            os.kill(pid, signal.SIGTERM)
        s.stop()
        assert status(s)["signed_size"] == 3001


@test(engines=["sqlite"])
def keys_are_not_changed_under_a_running_server(engine):
    with Site(engine, demo=False) as s:
        for command, words in (("ledger rotate", []), ("ledger retire", []), ("ledger recover", ["checkpoint"])):
            with open(os.path.join(s.folder, "checkpoint"), "w") as file:
                file.write(status(s)["checkpoint"])
            done = s.daylight(command, *[os.path.join(s.folder, w) for w in words], check=1)
            assert "stop the server first" in done.err, done.err
        assert [state for state, _ in keys(s)] == ["active", "spare"]


@test(engines=["sqlite"])
def a_lost_state_stops_the_ledger_and_a_checkpoint_that_anybody_kept_lets_it_go_on(engine):
    with Site(engine, demo=False) as s:
        checkpoint = s.get("/ledger/checkpoint").text
        s.stop()
        os.remove(os.path.join(s.office, "keys", "ledger.state"))
        s.start()  # pages are still served
        assert s.get("/").status == 200
        until(lambda: "takes no acts" in s.get("/readyz").text)
        assert s.office not in s.get("/readyz").text and "ledger recover" in s.said()
        s.stop()
        kept = os.path.join(s.folder, "kept")
        with open(kept, "w") as file:
            file.write(checkpoint.replace("localhost", "elsewhere"))
        assert s.daylight("ledger recover", kept, check=1).err
        with open(kept, "w") as file:
            file.write(checkpoint)
        s.daylight("ledger recover", kept, check=0)
        s.start()
        until(lambda: s.get("/readyz").text == "ok\n")


@test
def the_office_says_in_public_what_went_wrong(engine):
    with Site(engine, demo=False) as s:
        before = status(s)["size"]
        s.daylight("ledger incident", "--code", "outage", "--text", "Die Pumpe stand: 10:00 bis 11:00 <Uhr>.", check=0)
        assert status(s)["signed_size"] == before + 1
        page = s.get("/ledger/incidents").text
        assert "Die Pumpe stand: 10:00 bis 11:00 &lt;Uhr&gt;." in page, page
        entry = s.get(f"/ledger/tile/entries/000.p/{before + 1}").body.rsplit(b"daylight/v1\n", 1)[1].decode()
        assert entry.startswith("incident\n") and entry.endswith("code outage\n"), entry
        document = b"daylight/incident/v1\noutage\nDie Pumpe stand: 10:00 bis 11:00 <Uhr>.\n"
        commit = hashlib.sha256(b"daylight/public/v1\0" + document).digest()
        assert base64.b64encode(commit).decode() in entry
        assert s.get(f"/ledger/document/{commit.hex()}").body == document
        s.daylight("check", check=0)
        for wrong in (["--code", "outage"], ["--text", "x"], ["--code", "unwitnessed", "--text", "x"], ["--code", "outage", "--text", " "],
                      ["--code", "outage", "--text", "a\x07b"], ["--code", "outage", "--text", "x" * 4001]):
            s.daylight("ledger incident", *wrong, check=2)
        assert status(s)["size"] == before + 1


run()
