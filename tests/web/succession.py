#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whoever knows a key that was once the log's is led to those that sign today, by lists that they signed; and nobody is
led anywhere else."""
import hashlib, json, os, shutil, sys, tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))
from harness import Memory, Site, daylight, run, says, test
from made_log import Key, MadeLog, b64

one_engine = test(engines=["sqlite"])  # no store is looked at


# --- a real office ---


def change_keys(s, *commands):
    s.stop()
    for command in commands:
        s.daylight("ledger " + command, check=0)
    s.start()
    return f"http://127.0.0.1:{s.port}/"


TWICE = ("rotate", "retire", "rotate", "retire")


@test
def a_look_before_two_rotations_is_followed_by_one_after_them(engine):
    with Memory() as memory, Site(engine) as s:
        url = f"http://127.0.0.1:{s.port}/"
        old = s.get("/ledger/vkey").text.strip()
        daylight("verify", url, "--vkey", old, check=0)
        memory.keep("before")
        url = change_keys(s, *TWICE)
        new = s.get("/ledger/vkey").text.strip()
        assert new != old
        lists = s.get("/ledger/keys")
        assert lists.status == 200 and lists.header("Access-Control-Allow-Origin") == "*"
        assert len(lists.text.splitlines()) == 5
        for line in lists.text.splitlines():  # each of them is served
            index, name = line.split()
            assert s.get(f"/ledger/document/{name}").text.startswith("daylight/keys/v1\n")
        done = json.loads(daylight("verify", url, "--json", check=0).out)
        assert done["verdict"] == "proven" and done["key"] == new and done["key_lists"] == 5, done
        again = daylight("verify", url, check=0)  # they are remembered now
        assert "lists of keys lead" not in again.out
        memory.go_back("before")
        says(daylight("verify", url, check=0), "proven", "signed lists of keys lead from the one that was known", new)
        # a key from a gazette, and no memory at all
        says(daylight("verify", url, "--forget", "--vkey", old, check=0), "signed lists of keys lead", new)
        says(daylight("verify", url, "--forget", "--vkey", Key(s.get("/ledger/checkpoint").text.split("\n")[0]).vkey, check=1),
             "not signed by a key that is trusted", "do not lead to one")
        # the page of an article
        memory.go_back("before")
        article = json.loads(s.daylight("article list", "--json", check=0).out)
        page = (article["articles"] if isinstance(article, dict) else article)[0]["url"]
        page = url.rstrip("/") + "/" + page.split("://", 1)[1].split("/", 1)[1]
        says(daylight("verify", "--article", page, check=0), "proven", "signed lists of keys lead")


@one_engine
def a_mirror_leads_from_old_keys_offline_and_is_led_itself(engine):
    with Memory() as memory, Site(engine) as s:
        url = f"http://127.0.0.1:{s.port}/"
        old = s.get("/ledger/vkey").text.strip()
        copy, late = os.path.join(s.folder, "copy"), os.path.join(s.folder, "late")
        daylight("verify", url, "--vkey", old, check=0)
        memory.keep("before")
        daylight("ledger", "mirror", url, copy, check=0)
        url = change_keys(s, *TWICE)
        new = s.get("/ledger/vkey").text.strip()
        says(daylight("ledger", "mirror", url, copy, check=0), new.split("+")[0])
        daylight("ledger", "mirror", url, late, check=0)
        served = s.get("/ledger/keys").text
        s.stop()
        for folder in (copy, late):
            with open(os.path.join(folder, "keys")) as file:
                assert file.read() == served
            for line in served.splitlines():
                with open(os.path.join(folder, "document", line.split()[1])) as file:
                    assert file.read().startswith("daylight/keys/v1\n")
            says(daylight("verify", folder, "--forget", check=0), "proven", new)  # fresh
            says(daylight("verify", folder, "--forget", "--vkey", old, check=0), "signed lists of keys lead", new)
            memory.go_back("before")
            says(daylight("verify", folder, check=0), "signed lists of keys lead", new)


@one_engine
def a_mirror_of_before_there_were_lists_gets_them(engine):
    with Memory(), Site(engine) as s:
        url, copy = f"http://127.0.0.1:{s.port}/", os.path.join(s.folder, "copy")
        old = s.get("/ledger/vkey").text.strip()
        url = change_keys(s, "rotate", "retire")
        daylight("ledger", "mirror", url, copy, check=0)
        os.remove(os.path.join(copy, "keys"))
        shutil.rmtree(os.path.join(copy, "document"))
        daylight("ledger", "mirror", url, copy, check=0)
        says(daylight("verify", copy, "--forget", "--vkey", old, check=0), "signed lists of keys lead")
        # a damaged list is fetched again
        name = s.get("/ledger/keys").text.splitlines()[1].split()[1]
        with open(os.path.join(copy, "document", name), "r+") as file:
            file.write("x")
        says(daylight("verify", copy, "--forget", "--vkey", old, check=1), "is not the list of keys that the log commits to")
        daylight("ledger", "mirror", url, copy, check=0)
        daylight("verify", copy, "--forget", "--vkey", old, check=0)


@one_engine
def a_proof_from_before_a_change_of_keys_is_not_refuted(engine):
    with Memory(), Site(engine) as s:
        url, file = f"http://127.0.0.1:{s.port}/", os.path.join(s.folder, "1.tlog-proof")
        old = s.get("/ledger/vkey").text.strip()
        entry = os.path.join(s.folder, "entry")
        bundle = s.get("/ledger/tile/entries/000.p/2").body
        first = int.from_bytes(bundle[:2], "big")
        with open(entry, "wb") as f:
            f.write(bundle[first + 4:])
        with open(file, "w") as f:
            f.write(s.get("/ledger/proof/1").text)
        daylight("verify", url, "--vkey", old, check=0)
        url = change_keys(s, *TWICE)
        daylight("verify", url, check=0)
        says(daylight("verify", file, "--entry", entry, check=2), "none of the keys that are known", "--vkey")
        daylight("verify", file, "--entry", entry, "--vkey", old, check=0)
        # or against the log of today, by whichever key is known
        says(daylight("verify", file, "--entry", entry, "--log", url, check=0), "from which the log of 65 grew", s.get("/ledger/vkey").text.strip())
        copy = os.path.join(s.folder, "copy")
        daylight("ledger", "mirror", url, copy, check=0)
        says(daylight("verify", file, "--entry", entry, "--log", copy, "--vkey", old, "--forget", check=0), "signed lists of keys lead")
        with open(file) as f:
            proof = f.read()
        lines = proof.split("\n")
        lines[2] = b64(b"x" * 32)
        with open(file, "w") as f:
            f.write("\n".join(lines))
        says(daylight("verify", file, "--entry", entry, "--log", url, check=1), "the path or the entry was changed")


@one_engine
def a_proof_is_compared_with_the_log(_):
    with MadeLog() as log:
        log.grow(300)
        entry = log.put("entry", log.entries[7])
        proof = log.put("7.tlog-proof", log.proof(7))
        log.grow(700)
        given = ["--forget", "--vkey", log.key.vkey]
        says(daylight("verify", proof, "--entry", entry, "--log", log.folder, *given, check=0), "from which the log of 700 grew")
        late = log.put("late.tlog-proof", log.proof(7))
        log.entries = log.entries[:7]
        log.grow(500, "another history")
        says(daylight("verify", proof, "--entry", entry, "--log", log.folder, *given, check=1), "did not grow from the tree of the proof")
        says(daylight("verify", late, "--entry", entry, "--log", log.folder, *given, check=2), "the log has only 500")
        with MadeLog("mill.example/ledger") as other:
            other.grow(400)
            says(daylight("verify", proof, "--entry", entry, "--log", other.folder, "--forget", check=1), "the proof is of the log quay.example/ledger")


# --- a log that lies ---


class ChangedLog(MadeLog):
    """Its keys change: each list is a document, and an entry."""

    def __init__(self):
        super().__init__()
        self.keys, self.lists = [("active", self.key)], []

    def announce(self, keys, signers, entry=True):
        """keys: (state, key) …; a list without an entry is only named."""
        text = "daylight/keys/v1\n" + "".join(f"{state} {key.vkey}\n" for state, key in keys)
        text = text.encode()
        document = text + b"\n" + b"".join(k.line(text) for k in signers)
        commit = hashlib.sha256(b"daylight/public/v1\0" + document).digest()
        self.lists.append((len(self.entries), commit.hex()))
        if entry:
            self.entries.append(f"daylight/v1\nkey\n2026-07-01\nunit -\nref -\ncommit {b64(commit)}\ncode rotation\n".encode())
        self.put("document/" + commit.hex(), document)
        self.put("keys", "".join(f"{i} {h}\n" for i, h in self.lists).encode())


def with_three_keys():
    """As an office with two rotations: k0, then k0 k1, k1, k1 k2, k2."""
    log = ChangedLog()
    k0, k1, k2 = log.key, Key(log.origin), Key(log.origin)
    a, r = "active", "retired"
    log.announce([(a, k0)], [k0])
    log.grow(3)
    log.announce([(a, k0), (a, k1)], [k0, k1])
    log.announce([(r, k0), (a, k1)], [k0, k1])
    log.grow(300)
    log.announce([(r, k0), (a, k1), (a, k2)], [k1, k2])
    log.announce([(r, k0), (r, k1), (a, k2)], [k1, k2])
    log.key = k2
    log.grow(320)
    log.serve()
    return log, (k0, k1, k2)


def refuted(log, key, *words):
    for place in (log.url, log.folder):
        says(daylight("verify", place, "--forget", "--vkey", key.vkey, check=1), "refuted", *words)
    copy = tempfile.mkdtemp(prefix="daylight-copy-")
    says(daylight("ledger", "mirror", log.url, copy, "--vkey", key.vkey, check=1), "refuted")
    assert not os.path.exists(os.path.join(copy, "checkpoint"))
    shutil.rmtree(copy)


@one_engine
def any_key_of_the_chain_leads_to_its_end(_):
    log, keys = with_three_keys()
    with Memory(), log:
        for key in keys:
            done = json.loads(daylight("verify", log.url, "--forget", "--json", "--vkey", key.vkey, check=0).out)
            assert done["key"] == keys[2].vkey and done["key_lists"] == (0 if key is keys[2] else 5), done


@one_engine
def a_policy_that_names_an_old_key_leads_on_too(_):
    log, keys = with_three_keys()
    with Memory(), log:
        policy = log.put("old.policy", f"log {keys[0].vkey}\nquorum none\n".encode())
        says(daylight("verify", log.url, "--forget", "--policy", policy, check=0), "signed lists of keys lead", keys[2].vkey)
        w = Key("w.example/w", 4)
        log.put("old.policy", f"log {keys[0].vkey}\nwitness w {w.vkey}\nquorum w\n".encode())
        says(daylight("verify", log.url, "--forget", "--policy", policy, check=2), "0 of 1 witnesses")
        text = log.text()
        log.put("checkpoint", log.checkpoint() + w.line(text, 1795190400))
        says(daylight("verify", log.url, "--forget", "--policy", policy, check=0), "cosigned by the witness w at")


@one_engine
def a_list_that_nobody_trusted_signed_is_refuted(_):
    log, (k0, k1, k2) = with_three_keys()
    with Memory(), log:
        thief = Key(log.origin)
        log.announce([("retired", k0), ("retired", k1), ("retired", k2), ("active", thief)], [thief])
        log.key = thief
        log.write()
        refuted(log, k0, "list of keys of entry 320 is not signed by a key of the list before it")
        # nor does it help to leave the good ones out
        log.put("keys", f"{log.lists[-1][0]} {log.lists[-1][1]}\n".encode())
        refuted(log, k0, "none of the log's lists of keys is signed by a key that is trusted")


@one_engine
def a_retired_key_cannot_bring_itself_back(_):
    log, (k0, k1, k2) = with_three_keys()
    with Memory(), log:
        log.announce([("active", k0), ("retired", k1), ("retired", k2)], [k0])
        log.key = k0
        log.write()
        refuted(log, k1, "list of keys of entry 320 is not signed by a key of the list before it")


@one_engine
def a_list_may_leave_no_key_out(_):
    log, (k0, k1, k2) = with_three_keys()
    with Memory(), log:
        k3 = Key(log.origin)
        log.announce([("active", k2), ("active", k3)], [k2, k3])
        log.key = k3
        log.write()
        refuted(log, k0, "leaves out a key of the list before it")


@one_engine
def lists_that_the_log_does_not_hold_are_refuted(_):
    log, (k0, k1, k2) = with_three_keys()
    with Memory(), log:
        good = log.get("keys")
        lines = good.decode().splitlines()
        # a list that is signed and was never entered
        k3 = Key(log.origin)
        log.announce([("retired", k0), ("retired", k1), ("active", k2), ("active", k3)], [k2, k3], entry=False)
        log.lists[-1] = (310, log.lists[-1][1])
        log.put("keys", "".join(f"{i} {h}\n" for i, h in log.lists).encode())
        log.key = k3
        log.write()
        refuted(log, k0, "entry 310", "is not what the log's entries say")
        # one that was entered, and is not named
        log.key = k2
        log.write()
        log.put("keys", ("\n".join(lines[:2] + lines[3:]) + "\n").encode())
        refuted(log, k0)
        log.put("keys", ("\n".join(lines[1:]) + "\n").encode())
        refuted(log, k0, "entry 0", "is not what the log's entries say")


@one_engine
def keys_of_any_other_form_lead_nowhere(_):
    log, (k0, k1, k2) = with_three_keys()
    with Memory(), log:
        good = log.get("keys").decode()
        wrong = ["", "x\n", good[:-1], good.upper(), good + good, "0\n", "0 \n", "-1 " + "0" * 64 + "\n",
                 good.replace(" ", "  "), "\n" + good, "".join(f"{i} {'0' * 64}\n" for i in range(257))]
        for text in wrong:
            log.put("keys", text.encode())
            refuted(log, k0, "not signed by a key that is trusted")
        log.put("keys", b"0 " + b"0" * 64 + b"\n")
        for place in (log.url, log.folder):  # no such list: nothing is known of what lies between
            says(daylight("verify", place, "--forget", "--vkey", k0.vkey, check=1), "not signed by a key that is trusted")
        log.put("keys", b"x" * (33 * 1024))
        says(daylight("verify", log.url, "--forget", "--vkey", k0.vkey, check=2), "larger than")
        os.remove(log.path("keys"))
        refuted(log, k0, "not signed by a key that is trusted")


@one_engine
def a_list_of_another_log_leads_nowhere(_):
    log, (k0, k1, k2) = with_three_keys()
    with Memory(), log:
        other = Key("mill.example/ledger")
        log.announce([("active", other)], [other, k2])
        log.key = k2
        log.write()
        refuted(log, k0, "is of another log")


run()
