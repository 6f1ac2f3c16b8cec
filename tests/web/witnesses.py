#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two offices witness each other's ledgers; a forked ledger gets no cosignature, and what proves the fork is kept."""
import hashlib, json, os, re, shutil, sys, time, urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))
from harness import Site, daylight, run, test, until
from made_log import Key, MadeLog, b64, inclusion, root, sha256


def vkey_of(office):
    return [l.split()[1] for l in open(os.path.join(office.office, "keys/ledger.vkeys")) if l.startswith("active ")][0]


def settings(office, text):
    """Further lines of site.ini, instead of those of the same sections."""
    path = os.path.join(office.office, "site.ini")
    kept = re.sub(r"(?ms)^\[(?:ledger|witness)\]\n.*?(?=^\[|\Z)", "", open(path).read())
    open(path, "w").write(kept + text)


class Pair:
    """Two offices, each the other's witness. Addresses are fixed before they start, so both can name each other."""

    def __init__(self, engine):
        from socket import create_server
        self.ports = []
        for _ in range(2):
            with create_server(("127.0.0.1", 0)) as s:
                self.ports.append(s.getsockname()[1])
        self.office = [Site(engine, init=("--host", f"127.0.0.1:{p}"), start=False, demo=i == 0)
                       for i, p in enumerate(self.ports)]
        for i in (0, 1):
            other = self.office[1 - i]
            settings(self.office[i], f"[witness]\nlog = {vkey_of(other)}\n")
            self.start(i)
        self.witness = [o.get("/witness/vkey").text.strip() for o in self.office]
        for i in (0, 1):
            other = 1 - i
            self.office[i].stop()
            settings(self.office[i], f"[witness]\nlog = {vkey_of(self.office[other])}\n[ledger]\n"
                     f"witness = other {self.witness[other]} http://127.0.0.1:{self.ports[other]}/witness\n")
            self.start(i)

    def start(self, i):
        self.office[i].serve_words = ("--listen", f"127.0.0.1:{self.ports[i]}")
        # the harness says --listen 127.0.0.1:0 first; site.ini's is replaced by both, and the first one is reported
        self.office[i].start()
        self.office[i].port = self.ports[i]

    def checkpoint(self, i):
        return self.office[i].get("/ledger/checkpoint").text

    def cosigned(self, i):
        """Does the other's line stand under the published checkpoint?"""
        name = self.witness[1 - i].split("+")[0]
        return f"\n— {name} " in self.checkpoint(i)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for o in self.office:
            o.close()


@test
def two_offices_witness_each_other(engine):
    with Pair(engine) as pair:
        for i in (0, 1):
            until(lambda: pair.cosigned(i))
        first = pair.office[0]
        policy = first.get("/ledger/policy").text
        assert f"witness other {pair.witness[1]} http://127.0.0.1:{pair.ports[1]}/witness\n" in policy, policy
        path = os.path.join(first.folder, "policy")
        open(path, "w").write(policy)
        os.environ["XDG_STATE_HOME"] = first.folder
        done = json.loads(daylight("verify", f"http://127.0.0.1:{pair.ports[0]}/", "--policy", path, "--json", check=0).out)
        assert done["quorum"] is True and done["cosigned"] == 1 and done["entries"]["policy"] == 1, done
        # an act goes through at once, and is witnessed a moment later
        before = pair.checkpoint(0).split("\n")[1]
        article = json.loads(first.daylight("article list", "--json").out)
        id = (article["articles"] if isinstance(article, dict) else article)[0]["id"]
        first.daylight("article withdraw", id, "--reason", "outdated", check=0)
        until(lambda: pair.checkpoint(0).split("\n")[1] != before and pair.cosigned(0))
        # and what the witness serves is that checkpoint
        origin = pair.checkpoint(0).split("\n")[0]
        latest = pair.office[1].get(f"/witness/{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint")
        assert latest.status == 200 and latest.header("Access-Control-Allow-Origin") == "*", latest.headers
        assert latest.text.split("\n")[:3] == pair.checkpoint(0).split("\n")[:3]
        page = first.get("/ledger/").text
        assert "other" in page
        del os.environ["XDG_STATE_HOME"]


@test
def a_witness_that_is_away_stops_no_act(engine):
    with Pair(engine) as pair:
        until(lambda: pair.cosigned(0))
        pair.office[1].stop()
        first = pair.office[0]
        article = json.loads(first.daylight("article list", "--json").out)
        id = (article["articles"] if isinstance(article, dict) else article)[0]["id"]
        began = time.monotonic()
        first.daylight("article withdraw", id, "--reason", "outdated", check=0)
        assert time.monotonic() - began < 10
        until(lambda: not pair.cosigned(0))
        until(lambda: "ledger.unwitnessed" in first.said())
        pair.start(1)
        until(lambda: pair.cosigned(0), 60)


def asked(office, old, note, proof=()):
    body = (f"old {old}\n" + "".join(b64(h) + "\n" for h in proof) + "\n").encode() + note
    answer = office.ask("POST", "/witness/add-checkpoint", {"Content-Type": "text/plain"}, body)
    return answer.status, answer.header("Content-Type"), answer.text


@test
def a_fork_is_refused_and_what_proves_it_is_kept(engine):
    with MadeLog("quay.example/ledger") as log, Site(engine, demo=False, start=False) as office:
        settings(office, f"[witness]\nlog = {log.key.vkey}\n")
        office.start()
        log.grow(40)
        status, kind, line = asked(office, 0, log.get("checkpoint"))
        assert status == 200 and line.startswith("— ") and kind.startswith("text/plain"), (status, line)
        # what openssl thinks of the cosignature
        vkey = office.get("/witness/vkey").text.strip()
        name, _, base64 = vkey.split("+", 2)
        assert line.split(" ")[1] == name
        honest = log.get("checkpoint")
        assert asked(office, 0, honest)[:2] == (409, "text/x.tlog.size")
        assert asked(office, 40, honest)[0] == 200  # a fresh time
        log.entries = log.entries[:20]
        log.grow(40, "another history")
        assert asked(office, 40, log.get("checkpoint"))[:2] == (409, "text/plain; charset=utf-8")
        log.grow(60, "another history")
        assert asked(office, 40, log.get("checkpoint"), [sha256(b"x")])[0] == 422
        assert asked(office, 0, log.get("checkpoint"))[0] == 409
        assert asked(office, 70, log.get("checkpoint"))[0] == 400
        stranger = Key("mill.example/ledger")
        log.origin, log.key = "mill.example/ledger", stranger
        log.write()
        assert asked(office, 0, log.get("checkpoint"))[0] == 404
        log.origin, log.key = "quay.example/ledger", Key("quay.example/ledger")
        log.write()
        assert asked(office, 0, log.get("checkpoint"))[0] == 403
        assert asked(office, 0, b"x" * 70000)[0] == 413
        hash = hashlib.sha256(b"quay.example/ledger").hexdigest()
        latest = office.get(f"/witness/{hash}/checkpoint")
        assert latest.body.startswith(honest), latest.text  # with our line behind it
        office.stop()
        office.start()  # what it cosigned outlives it
        assert asked(office, 0, honest)[2] == "40\n"
        assert "witness.fork" in office.said()


@test(engines=["sqlite"])
def an_office_that_witnesses_nobody_has_no_witness(_):
    with Site("sqlite", demo=False) as office:
        assert asked(office, 0, b"x")[0] == 404
        assert office.get("/witness/vkey").status == 404
        assert not os.path.exists(os.path.join(office.office, "keys/witness.key"))


run()
