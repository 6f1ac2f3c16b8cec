# SPDX-License-Identifier: Apache-2.0
"""Proofs checked with a shell and openssl: every command of docs/verify-by-hand.md says what the document says, and
docs/verify.sh agrees with logs of many sizes, with a served office, and with openings, and refuses what was changed."""
import base64, contextlib, glob, hashlib, hmac, json, os, re, shutil, struct, subprocess, tempfile

from tools import ours
from harness import ROOT, Skip, run, site, test

DATA = os.path.join(ROOT, "tests/data/ledger")
SCRIPT = os.path.join(ROOT, "docs/verify.sh")
KINDS = ["id", "language", "published", "title", "source", "author", "keywords", "summary", "picture", "picture_alt", "note", "body"]


@contextlib.contextmanager
def example():
    """The example's files, to be worked on."""
    with tempfile.TemporaryDirectory(prefix="daylight-by-hand-") as folder:
        for path in glob.glob(f"{DATA}/*"):
            shutil.copy(path, folder)
        yield folder


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def verify(*paths):
    done = subprocess.run(["sh", SCRIPT, *paths], capture_output=True, timeout=60)
    assert not done.stderr, done.stderr.decode()
    return done.returncode, done.stdout.decode()


def must_hold(*paths):
    status, said = verify(*paths)
    assert status == 0, f"{paths}: {status} {said}"
    return said


def must_refute(*paths):
    status, said = verify(*paths)
    assert status == 1 and said.splitlines()[-1].startswith("REFUTED: "), f"{paths}: {status} {said}"
    return said


# --- the document ---

def blocks(language):
    with open(os.path.join(ROOT, "docs/verify-by-hand.md"), encoding="utf-8") as file:
        return re.findall(f"```{language}\n(.*?)```", file.read(), re.S)


@test(engines=[None])
def every_command_of_the_document_says_what_stands_under_it(_):
    commands = []
    for line in "".join(blocks("console")).splitlines(True):
        if line.startswith("$ "):
            commands.append([line[2:], ""])
        else:
            commands[-1][1] += line
    script = "".join(f"echo @@{i}\n{command}" for i, (command, _) in enumerate(commands))
    with example() as folder:
        done = subprocess.run(["sh"], input=script.encode(), capture_output=True, cwd=folder, timeout=60)
    assert done.returncode == 0 and not done.stderr, done.stderr.decode()
    said = re.split(r"@@\d+\n", done.stdout.decode())[1:]
    assert len(said) == len(commands) > 20
    for (command, expected), got in zip(commands, said):
        assert got == expected, f"{command}\n{got}"


@test(engines=[None])
def the_document_s_commands_for_a_witness_verify_a_cosignature(_):
    script = next(b for b in blocks("sh") if "cosigned" in b)
    with tempfile.TemporaryDirectory(prefix="daylight-by-hand-") as folder:
        ours("notes", folder, 8)
        checked = 0
        for number in range(8):
            note = read(f"{folder}/{number}.note")
            for vkey in read(f"{folder}/{number}.vkeys").decode().splitlines():
                name, _, key = vkey.split("+", 2)
                typed = base64.b64decode(key)
                if typed[0] != 4 or note.decode().count(f"— {name} ") != 1 or b"\n\n" in note.rsplit(b"\n\n", 1)[0]:
                    continue  # a log's key; or a note that is no checkpoint
                write(f"{folder}/checkpoint", note)
                write(f"{folder}/text", note.split(b"\n\n")[0] + b"\n")
                write(f"{folder}/witness.der", bytes.fromhex("302a300506032b6570032100") + typed[1:])
                command = ["sh", "-c", script.replace("WITNESS", name)]
                done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60)
                assert b"Verified Successfully" in done.stdout, done.stdout + done.stderr
                write(f"{folder}/text", note.split(b"\n\n")[0] + b"x\n")
                assert subprocess.run(command, cwd=folder, capture_output=True, timeout=60).returncode != 0
                checked += 1
    assert checked >= 2, checked


# --- logs of our own making ---

def entries_of(folder):
    for bundle in sorted(glob.glob(f"{folder}/tile/entries/**", recursive=True)):
        data, at = read(bundle) if os.path.isfile(bundle) else b"", 0
        while at < len(data):
            n, = struct.unpack_from(">H", data, at)
            yield data[at + 2:at + 2 + n]
            at += 2 + n


@test(engines=[None])
def the_script_agrees_with_logs_of_many_sizes_and_refuses_their_neighbours(_):
    for size in 1, 2, 3, 7, 256, 257, 600:
        folder = ours("log", size).strip()
        try:
            entries = list(entries_of(folder))
            assert len(entries) == size
            proofs = sorted(int(name) for name in os.listdir(f"{folder}/proof"))
            for index in proofs if size < 10 else proofs[::max(1, len(proofs) // 3)] + proofs[-1:]:
                write(f"{folder}/entry", entries[index])
                paths = f"{folder}/vkey", f"{folder}/proof/{index}", f"{folder}/entry"
                assert f"index {index} of the {size} entries" in must_hold(*paths)
                write(f"{folder}/entry", entries[index] + b"\n")
                must_refute(*paths)
        finally:
            shutil.rmtree(folder)


@test(engines=[None])
def an_index_that_is_not_written_as_it_should_be_is_refused(_):
    with example() as folder:
        paths = [f"{folder}/{name}" for name in ("vkey", "proof.tlog-proof", "entry")]
        good = read(paths[1])
        for index in b"01", b"001", b"0x1", b"1 ", b"-1", b"", b"9", b"99999999999999999999", b"18446744073709551617", b"1\nindex 1":
            write(paths[1], good.replace(b"index 1\n", b"index " + index + b"\n"))
            must_refute(*paths)
        write(paths[1], good.replace(b"\n\noffice", b"\n\n\noffice"))
        must_refute(*paths)
        lines = good.split(b"\n")
        for path in [], lines[2:3], lines[2:4] + lines[3:4], lines[3:1:-1], [lines[2], b"AAAA"], [b"* *"] + lines[3:4]:
            write(paths[1], b"\n".join(lines[:2] + path + lines[4:]))
            must_refute(*paths)


@test(engines=[None])
def lines_of_other_signers_are_passed_over_and_another_s_of_this_name_too(_):
    large = base64.b64encode(bytes(range(256)) * 20).decode()  # as long as signatures that withstand quantum computers
    with example() as folder:
        paths = [f"{folder}/{name}" for name in ("vkey", "proof.tlog-proof", "entry")]
        good = read(paths[1])
        for line in f"— witness.example {large}\n", f"— office.example/ledger {large}\n", "— 镇.example AAAAAAA=\n":
            write(paths[1], good + line.encode())
            must_hold(*paths)
            write(paths[1], good.replace("— ".encode(), line.encode() + "— ".encode()))
            must_hold(*paths)
        key_id = base64.b64decode(re.search(rb"ledger (\S+)\n", good).group(1))[:4]
        write(paths[1], good + b"\xe2\x80\x94 office.example/ledger " + base64.b64encode(key_id + bytes(64)) + b"\n")
        assert "does not verify" in must_refute(*paths)


# --- openings ---

def opening_of(folder, **changed):
    """The example's, as a server gives it."""
    key, parts = base64.b64decode(read(f"{folder}/key")), []
    for i, name in enumerate(KINDS):
        value = read(f"{folder}/part{i:02}")
        salt = hmac.new(key, b"salt" + struct.pack(">I", i), hashlib.sha256).digest()
        c = hashlib.sha256(b"daylight/part/v1\0" + salt + struct.pack(">IQ", i, len(value)) + value).digest()
        parts.append({"name": name, "value": value.decode(), "hash": base64.b64encode(c).decode()})
    return {"format": "daylight/opening/v1", "state": "public", "article": 7, "number": 1, "language": "en", "revision": 1,
            "type": "publish", "code": "-", "index": 1, "entry": read(f"{folder}/entry").decode(),
            "key": base64.b64encode(key).decode(), "parts": parts, **changed}


def need_jq():
    if not shutil.which("jq"):
        raise Skip("jq is not on this machine")


@test(engines=[None])
def an_opening_is_read_as_it_is_served(_):
    need_jq()
    with example() as folder:
        paths = [f"{folder}/{name}" for name in ("vkey", "proof.tlog-proof", "opening")]
        whole = opening_of(folder)
        write(paths[2], json.dumps(whole))
        assert "The 12 parts are what the entry commits to." in must_hold(*paths)
        for i in 0, 3, 11:
            parts = json.loads(json.dumps(whole["parts"]))
            parts[i]["value"] += "."
            write(paths[2], json.dumps({**whole, "parts": parts}))
            must_refute(*paths)
            del parts[i]["value"]  # kept back: its hash stands for it
            write(paths[2], json.dumps({**whole, "parts": parts}))
            assert "words of 11" in must_hold(*paths)
            parts[i]["hash"] = whole["parts"][i - 1]["hash"]
            write(paths[2], json.dumps({**whole, "parts": parts}))
            must_refute(*paths)


@test(engines=[None])
def an_opening_without_a_key_opens_nothing_and_still_fits_its_entry(_):
    need_jq()
    with example() as folder:
        paths = [f"{folder}/{name}" for name in ("vkey", "proof.tlog-proof", "opening")]
        whole = opening_of(folder)
        closed = [{"name": p["name"], "hash": p["hash"]} for p in whole["parts"]]
        write(paths[2], json.dumps({**whole, "state": "destroyed", "key": None, "parts": closed}))
        assert "words of 0" in must_hold(*paths)
        for changed in ({"key": None}, {"key": "x"}, {"entry": None}, {"entry": whole["entry"].replace("2026", "2027")},
                        {"parts": closed[1:]}, {"parts": [{**p, "name": n} for p, n in zip(whole["parts"], reversed(KINDS))]}, {"parts": []}, {"parts": None}, {"parts": {'0].value|halt_error|.["': {}}},
                        {"parts": closed[:11] + [{"name": "body", "hash": "AAAA"}]}, {"format": "daylight/opening/v2"}):
            write(paths[2], json.dumps({**whole, **changed}))
            must_refute(*paths)
        write(paths[2], "{")
        must_refute(*paths)


# --- a served office ---

@test
def what_a_server_proves_holds_and_nothing_beside_it(engine):
    server = site(engine)
    with tempfile.TemporaryDirectory(prefix="daylight-by-hand-") as folder:
        paths = [f"{folder}/{name}" for name in ("vkey", "proof", "entry")]
        write(paths[0], server.get("/ledger/vkey").body)
        size = int(server.get("/ledger/checkpoint").text.split("\n")[1])
        assert size > 10
        os.makedirs(f"{folder}/tiles/tile/entries")
        write(f"{folder}/tiles/tile/entries/000", server.get(f"/ledger/tile/entries/000.p/{size}").body)
        entries = list(entries_of(f"{folder}/tiles"))
        assert len(entries) == size
        for index in 0, 1, size // 2, size - 1:
            write(paths[1], server.get(f"/ledger/proof/{index}").body)
            write(paths[2], entries[index])
            assert f"index {index} of the {size} entries" in must_hold(*paths)
            write(paths[2], entries[index - 1])
            must_refute(*paths)


@test(engines=["sqlite"])
def an_article_s_opening_holds_as_the_document_fetches_it(engine):
    need_jq()
    server = site(engine)
    script = next(b for b in blocks("sh") if "curl" in b)
    path = re.search(r'href="(/notices/\d+)"', server.get("/notices/").text).group(1)
    index = json.loads(server.get(f"{path}/proof.json").text)["index"]
    script = script.replace("https://HOST", f"http://127.0.0.1:{server.port}").replace("/COLUMN/ID", path).replace("INDEX", str(index))
    with tempfile.TemporaryDirectory(prefix="daylight-by-hand-") as folder:
        done = subprocess.run(["sh", "-e", "-c", script], cwd=folder, capture_output=True, timeout=120)
        assert done.returncode == 0 and not done.stderr, done.stderr.decode()
        paths = [f"{folder}/{name}" for name in ("vkey", "proof.tlog-proof", "opening.json")]
        assert f"index {index} of " in must_hold(*paths)
        parts = sorted(glob.glob(f"{folder}/part*"))
        assert len(parts) == len(KINDS)
        assert "The 12 parts" in must_hold(*paths[:2], f"{folder}/entry", f"{folder}/key", *parts)
        write(f"{folder}/part11", read(f"{folder}/part11") + b" ")
        must_refute(*paths[:2], f"{folder}/entry", f"{folder}/key", *parts)


run()
