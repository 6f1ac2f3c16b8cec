#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`daylight verify` and `daylight ledger mirror`, against logs that Python and openssl have made: what is good is proven,
everything bent is refuted and its place named, and what cannot be told is not called either."""
import http.server, json, os, re, shutil, socket, sqlite3, sys, threading, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))
from harness import Memory, Site, daylight, run, says, test
from made_log import Key, MadeLog, b64, sha256

one_engine = test(engines=["sqlite"])  # no store is looked at


def refuted(log, *words):
    """Exit 1 naming the place, over HTTP and from the folder."""
    for place in (log.url, log.folder):
        says(daylight("verify", place, "--forget", check=1), "refuted", *words)


def unsure(place, *words):
    done = daylight("verify", place, "--forget", check=2)
    says(done, "it could not be told", *words)
    assert done.out == "", done.out


@one_engine
def an_option_that_would_say_nothing_is_refused(_):
    with Memory(), MadeLog() as log:
        log.grow(3)
        for place in (log.serve(), log.folder):
            for option in ("--entry", "--opening", "--log"):
                done = daylight("verify", place, option, log.folder, check=2)
                says(done, f"{option} goes with a proof's file")
                assert done.out == "" and done.err.count("\n") == 1, done
        says(daylight("verify", "--article", log.url, "--log", log.folder, check=2), "--log goes with a proof's file")


@one_engine
def a_good_log_is_proven_over_http_and_from_a_folder(_):
    with Memory(), MadeLog() as log:
        log.grow(1000)
        for place in (log.serve(), log.url + "ledger", log.folder, log.base):
            says(daylight("verify", place, check=0), "proven: quay.example/ledger", "1000 entries: 1 key, 999 publish",
                 log.key.vkey)
        done = json.loads(daylight("verify", log.url, "--json", check=0).out)
        assert done["verdict"] == "proven" and done["size"] == 1000 and done["entries"] == {"key": 1, "publish": 999}, done
        assert done["first_contact"] is False and done["consistent_with"] == 1000 and done["key"] == log.key.vkey, done


@one_engine
def logs_of_every_shape_are_proven(_):
    with Memory(), MadeLog() as log:
        for size in (0, 1, 2, 255, 256, 257, 600, 66000):
            log.grow(size)
            log.serve() if size == 0 else None
            assert json.loads(daylight("verify", log.url, "--json", check=0).out)["size"] == size


@one_engine
def the_first_look_says_that_it_trusts_the_logs_own_word(_):
    with Memory(), MadeLog() as log:
        log.grow(3)
        log.serve()
        says(daylight("verify", log.url, check=0), "first look", "Compare it")
        assert "first look" not in daylight("verify", log.url, check=0).out
        assert json.loads(daylight("verify", log.url, "--json", "--forget", check=0).out)["first_contact"] is True
        given = daylight("verify", log.url, "--forget", "--vkey", log.key.vkey, check=0)
        assert "first look" not in given.out
        says(daylight("verify", log.url, "--vkey", Key(log.origin).vkey, check=1), "not signed by a key that is trusted")


@one_engine
def a_log_is_introduced_under_its_name_only_at_home_or_by_who_names_its_key(_):
    """Whoever serves a log of another's name first must not have the other called a liar, nor his own proofs believed."""
    with Memory(), MadeLog() as log, MadeLog() as false:
        log.serve()
        log.origin = false.origin = log.url.split("//")[1] + "ledger"
        log.key, false.key = Key(log.origin), Key(log.origin)
        log.grow(20)
        false.grow(30, "made up")
        false.serve()
        proof = false.put("7.tlog-proof", false.proof(7, false.entries[7]))
        says(daylight("verify", false.url, check=0), "first look", "for this address only")
        says(daylight("verify", false.folder, check=0), "first look", "It is not remembered")
        says(daylight("verify", proof, check=2), "no key of the log", "is known here")
        says(daylight("verify", log.url, check=0), "first look", "It is remembered from now on")
        # now it is known, and the other refuted wherever it is
        for place in (false.url, false.folder):
            says(daylight("verify", place, check=1), "not signed by a key that is trusted")
        says(daylight("verify", proof, check=2), "none of the keys that are known")
        assert "first look" not in daylight("verify", log.url, check=0).out
        assert "first look" not in daylight("verify", log.folder, check=0).out


@one_engine
def one_flipped_byte_is_refuted_and_its_place_named(_):
    with MadeLog() as log:
        log.grow(1000)
        log.serve()
        log.flip("tile/entries/001", 40)
        refuted(log, "entry 256 was changed (tile/entries/001, from byte 2)")
        log.grow(1000)
        log.flip("tile/entries/003.p/232", -1)
        refuted(log, "entry 999 was changed (tile/entries/003.p/232, from byte")
        log.grow(1000)
        log.flip("tile/0/002", 8191)
        refuted(log, "tile/0/002, bytes 8160 to 8191 (hash 255), is not what entry 767 gives", "so that the tile was changed")
        log.grow(1000)
        log.flip("tile/1/000.p/3", 70)
        refuted(log, "tile/1/000.p/3, bytes 64 to 95 (hash 2)")
        log.grow(1000)
        log.flip("checkpoint", -4)
        refuted(log, "signature")
        log.grow(1000)
        log.flip("checkpoint", len(log.origin) + 2)  # the size
        refuted(log)
        log.grow(1000)
        log.flip("checkpoint", len(log.origin) + 10)  # the root
        refuted(log)


@one_engine
def every_byte_of_a_checkpoint_counts(_):
    with MadeLog() as log:
        log.grow(5)
        good = log.get("checkpoint")
        for at in range(len(good)):
            log.put("checkpoint", good)
            log.flip("checkpoint", at)
            done = daylight("verify", log.folder, "--forget", "--vkey", log.key.vkey)
            assert done.returncode in (1, 2), f"byte {at}: exit {done.returncode}"
            assert done.returncode == 1 or at <= len(log.origin), f"byte {at}: {done.err}"


@one_engine
def a_truncated_tile_is_refuted_and_named(_):
    with MadeLog() as log:
        log.grow(1000)
        log.serve()
        log.put("tile/0/001", log.get("tile/0/001")[:-1])
        refuted(log, "tile/0/001: has 8191 bytes where 8192 belong")
        log.grow(1000)
        log.put("tile/entries/001", log.get("tile/entries/001")[:500])
        refuted(log, "tile/entries/001: is cut short at byte 500, after 4 of 256 entries")
        log.grow(1000)
        log.put("tile/entries/001", b"<html>not what you think</html>")
        refuted(log, "tile/entries/001: is cut short")


@one_engine
def a_forked_and_a_rolled_back_log_are_refuted(_):
    with Memory() as memory, MadeLog() as log:
        log.grow(500)
        log.serve()
        daylight("verify", log.url, "--vkey", log.key.vkey, check=0)
        log.grow(600)
        daylight("verify", log.url, check=0)
        log.entries = log.entries[:300]
        log.grow(700, "another history")
        done = daylight("verify", log.url, check=1)
        says(done, "the log was forked: its first 600 entries are not those", "are kept")
        kept = [os.path.join(at, n) for at, _, names in os.walk(memory.folder) for n in names]
        pair = sorted(p for p in kept if p.endswith((".before", ".now")))
        assert len(pair) == 2, kept
        # of two sizes the tiles decide, and they do it for any program that has the two files
        says(daylight("verify", "fork", *pair, check=2), "--log")
        says(daylight("verify", "fork", *pair, "--log", log.url, check=0), "proven: quay.example/ledger was forked")
        log.entries = log.entries[:100]
        log.grow(100)
        says(daylight("verify", log.url, check=1), "rolled back: it shows 100 entries, and had signed 600 before")
        # a copy may be an old one; whoever knows better says so
        says(daylight("verify", log.folder, check=0), "older than what was seen")


@one_engine
def two_checkpoints_of_one_size_prove_a_fork(_):
    with Memory(), MadeLog() as log:
        log.grow(40)
        a = log.put("a", log.checkpoint())
        log.entries = log.entries[:10]
        log.grow(40, "another history")
        b = log.put("b", log.checkpoint())
        says(daylight("verify", "fork", a, b, check=2), "--vkey")
        says(daylight("verify", "fork", a, b, "--vkey", log.key.vkey, check=0), "was forked")
        assert json.loads(daylight("verify", "fork", b, a, "--vkey", log.key.vkey, "--json", check=0).out)["sizes"] == [40, 40]
        says(daylight("verify", "fork", a, a, "--vkey", log.key.vkey, check=1), "same tree")
        log.grow(60)
        c = log.put("c", log.checkpoint())
        says(daylight("verify", "fork", c, b, "--vkey", log.key.vkey, "--log", log.folder, check=1), "grew from the smaller")
        says(daylight("verify", "fork", c, a, "--vkey", log.key.vkey, "--log", log.folder, check=0), "was forked")
        text = open(a, encoding="utf-8").read()
        at = len(text) - 20  # within the signature; another letter of base64
        log.put("a", (text[:at] + ("B" if text[at] == "A" else "A") + text[at + 1:]).encode())
        says(daylight("verify", "fork", a, b, "--vkey", log.key.vkey, check=1), "signature")


@one_engine
def another_key_is_refuted(_):
    with Memory(), MadeLog() as log:
        log.grow(50)
        log.serve()
        daylight("verify", log.url, check=0)
        log.key = Key(log.origin)
        log.grow(60)
        says(daylight("verify", log.url, check=1), "not signed by a key that is trusted", "--vkey")
        log.origin = "mill.example/ledger"
        log.key = Key(log.origin)
        log.grow(70)
        says(daylight("verify", log.url, check=1), "it is of the log mill.example/ledger")


def announce(log, lines, code="rotation"):
    """A key entry, and the list that it commits to."""
    text = ("daylight/keys/v1\n" + "".join(f"{state} {k.vkey}\n" for state, k in lines)).encode()
    text += b"\n" + b"".join(k.line(text) for state, k in lines if state == "active")
    commit = sha256(b"daylight/public/v1\0", text)
    log.put(f"document/{commit.hex()}", text)
    log.entries.append(f"daylight/v1\nkey\n2026-07-09\nunit -\nref -\ncommit {b64(commit)}\ncode {code}\n".encode())


@one_engine
def a_key_that_the_old_one_announced_is_trusted(_):
    with Memory() as memory, MadeLog() as log:
        old, new, spare = log.key, Key(log.origin), Key(log.origin)
        announce(log, [("active", old), ("spare", spare)], "founding")
        log.grow(50)
        log.serve()
        daylight("verify", log.url, check=0)
        copy = os.path.join(log.base, "copy")
        daylight("ledger", "mirror", log.url, copy, check=0)
        shutil.copytree(memory.folder, memory.folder + ".before")
        announce(log, [("active", old), ("spare", spare), ("active", new)])
        log.grow(60)
        log.put("checkpoint", log.checkpoint(keys=[old, new]))
        says(daylight("verify", log.url, check=0), "entry 50 announces 1 further key")
        daylight("ledger", "mirror", log.url, copy, check=0)
        announce(log, [("retired", old), ("spare", spare), ("active", new)], "retirement")
        log.key = new
        log.grow(70)
        says(daylight("verify", log.url, check=0), new.vkey)
        daylight("ledger", "mirror", log.url, copy, check=0)
        log.put("checkpoint", log.checkpoint(keys=[spare]))  # announced, so it may take over
        daylight("verify", log.url, check=0)
        log.put("checkpoint", log.checkpoint(keys=[old]))  # retired
        says(daylight("verify", log.url, check=1), "not signed by a key that is trusted")
        log.put("checkpoint", log.checkpoint(keys=[Key(log.origin)]))
        says(daylight("verify", log.url, check=1), "not signed by a key that is trusted")
        # who was away during the change has to get the key from elsewhere
        shutil.rmtree(memory.folder)
        shutil.move(memory.folder + ".before", memory.folder)
        log.put("checkpoint", log.checkpoint(keys=[new]))
        says(daylight("verify", log.url, check=1), "--vkey")
        says(daylight("verify", log.url, "--vkey", new.vkey, check=0), new.vkey)
        for name in os.listdir(log.path("document")):
            log.put(f"document/{name}", log.get(f"document/{name}") + b"\n")
        says(daylight("verify", log.url, "--remember", log.path("another"), check=1), "is not the list of keys")


@one_engine
def what_cannot_be_had_leaves_it_open(_):
    with MadeLog() as log:
        log.grow(1000)
        log.serve()
        os.unlink(log.path("tile/0/002"))
        unsure(log.url, "tile/0/002")
        unsure(log.folder, "tile/0/002")
        log.put("checkpoint", b"<html>Sign in to the network</html>")
        unsure(log.url, "checkpoint")
        os.unlink(log.path("checkpoint"))
        unsure(log.url, "checkpoint")
    unsure("http://127.0.0.1:1/", "http://127.0.0.1:1/ledger/checkpoint")
    unsure("/no/such/folder", "/no/such/folder")
    unsure("https://no-such-host.invalid/")


@one_engine
def a_server_that_says_nothing_or_rubbish_leaves_it_open(_):
    def rubbish(listener, answer):
        while True:
            try:
                c, _ = listener.accept()
            except OSError:
                return
            c.recv(65536)
            c.sendall(answer)
            c.close()

    for answer in (b"", b"\0\1\2\3 neither HTTP nor anything\n\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
                   b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=rubbish, args=(listener, answer), daemon=True).start()
            unsure(f"http://127.0.0.1:{listener.getsockname()[1]}/", "checkpoint")
            listener.shutdown(socket.SHUT_RDWR)


@one_engine
def a_proof_file_is_proven_offline(_):
    with Memory(), MadeLog() as log:
        log.grow(700)
        entry = log.put("entry", log.entries[333])
        proof = log.put("333.tlog-proof", log.proof(333))
        says(daylight("verify", proof, "--entry", entry, check=2), "no key of the log quay.example/ledger is known here")
        says(daylight("verify", proof, "--entry", entry, "--vkey", log.key.vkey, check=0), "entry 333: daylight/v1 publish",
             "700 entries")
        says(daylight("verify", proof, "--vkey", log.key.vkey, check=2), "--entry")
        with_entry = log.put("extra.tlog-proof", log.proof(333, log.entries[333]))
        says(daylight("verify", with_entry, "--vkey", log.key.vkey, check=0), "entry 333")
        daylight("verify", log.folder, check=0)  # anybody could have made it: no introduction
        says(daylight("verify", with_entry, check=2), "no key of the log quay.example/ledger is known here")
        daylight("verify", log.folder, "--vkey", log.key.vkey, check=0)
        assert json.loads(daylight("verify", with_entry, "--json", check=0).out)["index"] == 333
        for name, text in (("index", log.proof(333).replace(b"index 333", b"index 332")),
                           ("beyond", log.proof(333).replace(b"index 333", b"index 700")),
                           ("path", log.proof(333).replace(b64(log.leaves[332]).encode(), b64(log.leaves[331]).encode())),
                           ("size", log.proof(333).replace(b"\n700\n", b"\n701\n"))):
            says(daylight("verify", log.put(name, text), "--entry", entry, check=1), "refuted")
        log.flip("entry", 20)
        says(daylight("verify", proof, "--entry", entry, check=1), "entry 333 in the signed tree of 700 is not what the file says")
        says(daylight("verify", log.put("rubbish", b"hello"), "--entry", entry, check=2))


@one_engine
def an_opening_is_compared_with_its_entry(_):
    with Memory(), MadeLog() as log:
        import hashlib, hmac
        names = ["id", "language", "published", "title", "source", "author", "keywords", "summary", "picture", "picture_alt",
                 "note", "body"]
        parts = ["12", "en", "2026-07-01T09:00:00.000000Z", "The bridge is closed", "Works", "", "", "Until Friday", "", "", "",
                 "<p>The bridge is closed.</p>"]
        key = bytes(range(32))

        def part(i, value):
            salt = hmac.new(key, b"salt" + i.to_bytes(4, "big"), hashlib.sha256).digest()
            return sha256(b"daylight/part/v1\0", salt, i.to_bytes(4, "big"), len(value).to_bytes(8, "big"), value)

        hashes = [part(i, p.encode()) for i, p in enumerate(parts)]
        commit = sha256(b"daylight/document/v1\0", len(parts).to_bytes(4, "big"), *hashes)
        log.grow(20)
        entry = log.entries[7] = log.entries[7].replace(log.entries[7].split(b"\n")[5], b"commit " + b64(commit).encode())
        log.write()
        opening = {"format": "daylight/opening/v1", "key": b64(key), "index": 7, "type": "publish",
                   "parts": [{"name": n, "value": p, "hash": b64(h)} for n, p, h in
                             zip(names, parts, hashes)]}
        proof = log.put("p", log.proof(7, entry))

        def verified(status, *words, **changes):
            path = log.put("o", json.dumps({**opening, **changes}).encode())
            says(daylight("verify", proof, "--opening", path, "--vkey", log.key.vkey, check=status), *words)

        verified(0, "the opening's parts are those that the entry commits to")
        changed = json.loads(json.dumps(opening["parts"]))
        changed[3]["value"] = "The bridge is open"
        verified(1, "part 3 of the opening (title) was changed", parts=changed)
        changed[3]["hash"] = b64(part(3, b"The bridge is open"))
        verified(1, "do not give the commitment", parts=changed)
        verified(1, "the opening is of entry 8", index=8)
        verified(1, 'of an entry "correct"', type="correct")
        closed = [{"name": p["name"], "hash": p["hash"]} for p in opening["parts"]]
        verified(0, "only the hashes", key=None, parts=closed)
        verified(2, "this is no opening", format="x")
        named = json.loads(json.dumps(opening["parts"]))
        named[3]["name"], named[7]["name"] = "summary", "title"  # every hash is right, and the title is not
        verified(1, "part 3 of the opening is called summary, and is the title", parts=named)
        verified(1, 'has 11 parts, and an entry "publish" stands for 12', parts=opening["parts"][:11])


@one_engine
def witnesses_count_as_the_policy_says(_):
    with Memory(), MadeLog() as log:
        log.grow(30)
        a, b, c = (Key(f"{n}.example/w", 4) for n in "abc")
        policy = f"log {log.key.vkey}\n" + "".join(f"witness {k.name[0]} {k.vkey}\n" for k in (a, b, c))
        two = log.put("two", (policy + "group two 2 a b c\nquorum two\n").encode())
        text = log.text()

        def cosigned(*keys):
            log.put("checkpoint", log.checkpoint() + b"".join(k.line(text, int(time.time())) for k in keys))

        cosigned()
        says(daylight("verify", log.folder, "--policy", two, check=2), "the policy is not met")
        cosigned(a)
        says(daylight("verify", log.folder, "--policy", two, check=2), "the policy is not met")
        cosigned(a, c)
        done = daylight("verify", log.folder, "--policy", two, "--json", check=0)
        assert json.loads(done.out)["cosigned"] == 2 and json.loads(done.out)["quorum"] is True, done.out
        log.put("policy", open(two, "rb").read())  # the log's own is told, and binds nobody
        cosigned(b)
        says(daylight("verify", log.folder, check=0), "cosigned by the witness b", "policy is not met now")
        wrong = bytearray(log.get("checkpoint"))
        wrong[-6] ^= 1
        log.put("checkpoint", bytes(wrong))
        says(daylight("verify", log.folder, "--policy", two, check=1), "refuted")


@one_engine
def a_mirror_grows_and_keeps_only_what_is_proven(_):
    with Memory(), MadeLog() as log:
        copy = os.path.join(log.base, "copy")
        log.grow(300)
        log.serve()
        says(daylight("ledger", "mirror", log.url, copy, check=0), "300 entries", "300 of them new", "first copy")
        log.grow(900)
        done = json.loads(daylight("ledger", "mirror", log.url, copy, "--json", check=0).out)
        assert done["before"] == 300 and done["size"] == 900 and not done["mended"], done
        says(daylight("verify", copy, check=0), "900 entries")
        log.entries = log.entries[:500]
        log.grow(1000, "another history")
        says(daylight("ledger", "mirror", log.url, copy, check=1), "forked")
        says(daylight("verify", copy, check=0), "900 entries")
        log.server.shutdown()
        log.server.server_close()
        log.server = None
        says(daylight("ledger", "mirror", log.url, copy, check=2), "it could not be told")
        says(daylight("verify", copy, check=0), "900 entries")


@one_engine
def wrong_use_is_said(_):
    daylight("verify", check=2)
    says(daylight("verify", "fork", "/tmp", check=2))
    with MadeLog() as log:
        log.grow(3)
        says(daylight("verify", log.folder, "--forget", "--vkey", "nonsense", check=2), "--vkey nonsense")
        says(daylight("verify", log.folder, "--forget", "--policy", log.put("p", b"quorum x\n"), check=2), "line 1")


@test(engines=["sqlite"])
def an_article_s_page_is_what_the_ledger_holds(engine):
    with Memory(), Site(engine) as office:
        base = f"http://127.0.0.1:{office.port}"
        articles = json.loads(office.daylight("article list", "--json", check=0).out)
        path = re.sub("^https?://[^/]+", "", articles[0]["url"])
        for language in ("", "/zh-CN"):
            says(daylight("verify", "--article", base + language + path, check=0), "proven", "commits to")
        with sqlite3.connect(os.path.join(office.office, "daylight.db")) as store:
            store.execute("UPDATE article_text SET title = title || '!' WHERE article_id = ? AND language = 'en'",
                          (articles[0]["id"],))
        store.close()
        office.stop()
        office.start()
        done = daylight("verify", "--article", f"http://127.0.0.1:{office.port}{path}", check=1)
        says(done, "refuted")
        says(daylight("verify", "--article", f"http://127.0.0.1:{office.port}/no/such", check=2))


class Bent:
    """What an office serves, with its pages bent on the way."""

    def __init__(self, office, bend):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                answer = office.get(self.path, {"Host": "localhost"})
                kind = answer.header("Content-Type") or ""
                body = bend(answer.text).encode() if kind.startswith("text/html") else answer.body
                self.send_response(answer.status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


@test(engines=["sqlite"])
def a_part_that_a_page_shows_twice_is_refuted(engine):
    with Site(engine) as office:
        articles = json.loads(office.daylight("article list", "--json", check=0).out)
        path = re.sub("^https?://[^/]+", "", articles[0]["url"])
        more = '<p data-part="title">Something else</p>'
        with Bent(office, lambda page: page) as same:
            says(daylight("verify", "--article", same.url + path, "--forget", check=0), "what stands beside them is not compared")
        for bend in (lambda page: page.replace("<body>", "<body>" + more), lambda page: page.replace("</main>", more + "</main>")):
            with Bent(office, bend) as bent:
                says(daylight("verify", "--article", bent.url + path, "--forget", check=1), "refuted", "shows its title twice")


run()
