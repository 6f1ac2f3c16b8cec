#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/verify.sh (a shell and openssl) on the worked example of docs/ledger-format.md, whole and damaged, and the
example's numbers computed anew. Prints TAP."""
import base64, glob, hashlib, hmac, os, shutil, struct, subprocess, sys, tempfile, traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(ROOT, "tests/data/ledger")
SCRIPT = os.path.join(ROOT, "docs/verify.sh")
PARTS = [os.path.basename(p) for p in sorted(glob.glob(os.path.join(DATA, "part*")))]
tests = []


def test(function):
    tests.append(function)
    return function


def data(name):
    with open(os.path.join(DATA, name), "rb") as file:
        return file.read()


class Copy:
    """The example's files in a folder of their own, to be damaged."""
    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="daylight-recipe-")
        for name in os.listdir(DATA):
            shutil.copy(os.path.join(DATA, name), self.folder)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def flip(self, name, at):
        with open(self.path(name), "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 1]))

    def verify(self, parts=True):
        words = ["vkey", "proof.tlog-proof", "entry"] + (["key", *PARTS] if parts else [])
        done = subprocess.run(["sh", SCRIPT, *map(self.path, words)], capture_output=True, timeout=60)
        return done.returncode, done.stdout.decode(errors="replace")


@test
def the_example_holds():
    with Copy() as c:
        status, said = c.verify()
        assert status == 0, said
        assert "index 1 of the 3 entries" in said and "12 parts" in said, said
        assert c.verify(parts=False)[0] == 0


@test
def any_flipped_bit_of_key_proof_or_entry_is_refuted():
    for name in ("vkey", "proof.tlog-proof", "entry"):
        size = len(data(name))
        for at in range(0, size - 1, 13):
            with Copy() as c:
                c.flip(name, at)
                status, said = c.verify(parts=False)
                assert status == 1 and "REFUTED" in said, f"{name}, byte {at}: {status} {said}"


@test
def any_changed_part_or_key_is_refuted():
    for name in ["key", *PARTS]:
        with Copy() as c:
            if data(name):
                c.flip(name, 0)
            else:
                open(c.path(name), "w").write("x")
            status, said = c.verify()
            assert status == 1 and "REFUTED" in said, f"{name}: {status} {said}"


@test
def parts_in_another_order_or_number_are_refuted():
    with Copy() as c:
        os.rename(c.path("part03"), c.path("x"))
        os.rename(c.path("part04"), c.path("part03"))
        os.rename(c.path("x"), c.path("part04"))
        assert c.verify()[0] == 1


@test
def wrong_use_is_told_apart_from_a_refutation():
    assert subprocess.run(["sh", SCRIPT], capture_output=True).returncode == 2
    with Copy() as c:
        os.remove(c.path("entry"))
        assert c.verify(parts=False)[0] == 2


@test
def the_numbers_in_the_document_are_those_of_the_files():
    sha256 = lambda b: hashlib.sha256(b).digest()
    b64 = lambda b: base64.b64encode(b).decode()
    key, parts = base64.b64decode(data("key")), [data(name) for name in PARTS]
    assert key == bytes(range(32))
    hashes = []
    for i, part in enumerate(parts):
        salt = hmac.new(key, b"salt" + struct.pack(">I", i), hashlib.sha256).digest()
        hashes.append(sha256(b"daylight/part/v1\0" + salt + struct.pack(">IQ", i, len(part)) + part))
    commit = sha256(b"daylight/document/v1\0" + struct.pack(">I", len(parts)) + b"".join(hashes))
    with open(os.path.join(ROOT, "docs/ledger-format.md"), encoding="utf-8") as file:
        document = file.read()
    for text in (b64(hashes[3]), b64(commit), b64(sha256(b"\0" + data("entry"))), data("entry").decode(),
                 data("proof.tlog-proof").decode(), data("vkey").decode().strip(), *(p.decode() for p in parts)):
        assert text in document, text
    assert f"commit {b64(commit)}\n" in data("entry").decode()


def run():
    failed = False
    for number, function in enumerate(tests, 1):
        name = function.__name__.replace("_", " ")
        try:
            function()
            print(f"ok {number} - {name}", flush=True)
        except Exception:
            failed = True
            print(f"not ok {number} - {name}")
            print("".join(f"#   {line}\n" for line in traceback.format_exc().splitlines()), end="", flush=True)
    print(f"1..{len(tests)}")
    sys.exit(failed)


run()
