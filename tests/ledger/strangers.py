# SPDX-License-Identifier: Apache-2.0
"""The ledger's formats, as tools see them that others wrote for other logs: golang.org/x/mod's sumdb/tlog and
sumdb/note, @sigstore/verify, openssl and sha256sum; and what they make, as ours see it."""
import base64, contextlib, functools, json, os, re, shutil, struct, subprocess, tempfile

from tools import ours, run_tool, sigstore, xmod
from harness import Skip, daylight, run, test

MOST, NOTES = 600, 40
SPKI_OF_ED25519 = bytes.fromhex("302a300506032b6570032100")
made = tempfile.TemporaryDirectory(prefix="daylight-strangers-")


@functools.lru_cache
def proofs():
    """Every proof of every tree of up to MOST entries, in a file."""
    path = os.path.join(made.name, "proofs")
    with open(path, "wb") as f:
        ours("proofs", MOST, stdout=f)
    return path


@functools.lru_cache
def notes():
    folder = tempfile.mkdtemp(dir=made.name)
    ours("notes", folder, NOTES)
    return folder


@contextlib.contextmanager
def whole_log(size):
    folder = ours("log", size).strip()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def figures(said):
    return [int(n) for n in re.findall(r"\d+", said)]


# --- golang.org/x/mod ---

@test(engines=[None])
def x_mod_agrees_with_every_root_and_proof_of_every_tree_of_up_to_600_entries(_):
    with open(proofs(), "rb") as f:
        roots, included, grown = figures(xmod("proofs", stdin=f))
    assert (roots, included, grown) == (MOST + 1, MOST * (MOST + 1) // 2, (MOST + 1) * (MOST + 2) // 2)


@test(engines=[None])
def x_mod_opens_our_notes_and_none_with_a_byte_changed(_):
    opened, refused = figures(xmod("notes", notes()))
    assert opened == NOTES and refused > 100 * NOTES


@test(engines=[None])
def ours_open_the_notes_that_x_mod_signs_and_none_with_a_byte_changed(_):
    folder = tempfile.mkdtemp(dir=made.name)
    xmod("sign", folder, NOTES)
    opened, refused = figures(ours("open", folder))
    assert opened == NOTES and refused > 100 * NOTES


@test(engines=[None])
def ours_open_our_own_and_none_with_a_byte_changed(_):
    opened, refused = figures(ours("open", notes()))
    assert opened == NOTES and refused > 100 * NOTES


@test(engines=[None])
def x_mod_follows_our_log_from_its_tiles_and_agrees_with_its_proof_files(_):
    for size in 1, 255, 256, 257, 70000:
        with whole_log(size) as folder:
            entries, tiles, files = figures(xmod("log", folder))
            assert entries == size and tiles >= size // 256 and files == len(os.listdir(f"{folder}/proof")), (size, files)


@contextlib.contextmanager
def one_bit_changed(path):
    """In the middle of a file, and back again."""
    good = open(path, "rb").read()
    middle = len(good) // 2
    open(path, "wb").write(good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1:])
    yield
    open(path, "wb").write(good)


@test(engines=[None])
def x_mod_refuses_our_log_with_a_byte_of_any_part_changed(_):
    with whole_log(600) as folder:
        xmod("log", folder)
        for name in ("checkpoint", "vkey", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/000",
                     "tile/entries/002.p/88", "proof/10"):
            with one_bit_changed(f"{folder}/{name}"):
                try:
                    xmod("log", folder)
                except AssertionError:
                    continue
            raise AssertionError(f"{name} may be changed")


@test(engines=[None])
def verify_proves_a_log_that_x_mod_made_and_refutes_it_with_a_byte_changed(_):
    for size, parts in ((1, ["0/000.p/1", "entries/000.p/1"]), (256, ["0/000", "1/000.p/1", "entries/000"]),
                        (66000, ["0/257.p/208", "1/000", "1/001.p/1", "2/000.p/1", "entries/100", "entries/257.p/208"])):
        folder = os.path.join(made.name, f"theirs-{size}")
        xmod("build", folder, size)
        assert json.loads(daylight("verify", folder, "--forget", "--json", check=0).out)["size"] == size
        for name in parts:
            with one_bit_changed(f"{folder}/tile/{name}"):
                daylight("verify", folder, "--forget", check=1)


# --- @sigstore/verify ---

@test(engines=[None])
def sigstore_agrees_with_every_inclusion_proof_of_every_tree_of_up_to_600_entries_and_opens_our_checkpoints(_):
    with open(proofs(), "rb") as f:
        included, checkpoints, refused = figures(sigstore(notes(), stdin=f))
    assert included == MOST * (MOST + 1) // 2 and checkpoints > NOTES // 2 and refused > 10000


# --- openssl ---

def signatures(note):
    """(what is signed, name, id, signature) of each line of a note, by hand from the specification."""
    text, lines = note.rsplit(b"\n\n", 1)
    text += b"\n"
    for line in lines.splitlines():
        dash, name, payload = line.decode().split(" ")
        raw = base64.b64decode(payload, validate=True)
        assert dash == "—"
        if len(raw) == 4 + 64:
            yield text, name, raw[:4], raw[4:]
        else:
            time, = struct.unpack(">Q", raw[4:12])
            yield b"cosignature/v1\ntime %d\n" % time + text, name, raw[:4], raw[12:]


def openssl_verifies(message, signature, public):
    with tempfile.TemporaryDirectory(dir=made.name) as folder:
        for name, data in ("message", message), ("signature", signature), ("key", SPKI_OF_ED25519 + public):
            open(f"{folder}/{name}", "wb").write(data)
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", f"{folder}/key",
                               "-in", f"{folder}/message", "-sigfile", f"{folder}/signature"], capture_output=True)
        assert done.returncode in (0, 1), done.stderr.decode()
        return done.returncode == 0


@test(engines=[None])
def openssl_verifies_our_notes_and_cosignatures_and_none_with_a_byte_changed(_):
    if not shutil.which("openssl"):
        raise Skip("openssl is not on this machine")
    for number in range(8):
        note = open(f"{notes()}/{number}.note", "rb").read()
        vkeys = open(f"{notes()}/{number}.vkeys", encoding="utf-8").read().splitlines()
        found = list(signatures(note))
        assert len(found) == len(vkeys) == number % 4 + 1
        for (message, name, key_id, signature), vkey in zip(found, vkeys):
            vname, vid, key = vkey.split("+", 2)
            typed = base64.b64decode(key, validate=True)
            hashed = run_tool(["sha256sum"], stdin=piped(name.encode() + b"\n" + typed))
            assert vname == name and vid == key_id.hex() == hashed[:8], vkey
            assert openssl_verifies(message, signature, typed[1:]), message
            for at in 0, len(message) // 2, len(message) - 1:
                other = message[:at] + bytes([message[at] ^ 1]) + message[at + 1:]
                assert not openssl_verifies(other, signature, typed[1:]), other


def piped(data):
    f = tempfile.TemporaryFile()
    f.write(data)
    f.seek(0)
    return f


run()
