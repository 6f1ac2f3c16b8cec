# SPDX-License-Identifier: Apache-2.0
"""The ledger when things break: each write, sync and rename that fails, kill -9 at random moments, flipped bits, an old
copy of the store. Never a false acknowledgement, never two checkpoints that contradict each other, always a sentence.

tests/fault/acting.c acts and tells what was acknowledged and which checkpoints it saw. Everything is derived again here,
with hashlib and openssl, from the entries that the store holds in the end. FAULTS=all sweeps every call instead of some;
SEED repeats a run."""
import base64, hashlib, os, random, re, shutil, signal, sqlite3, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "web"))
from harness import POSTGRES, PROGRAM, Site, Skip, SmallDisk, die_with_us, run, test

ACTING = os.path.join(os.path.dirname(PROGRAM), "..", "..", "tests", "fault", "acting")
SEED = int(os.environ.get("SEED", "0")) or random.randrange(1 << 30)
ALL = os.environ.get("FAULTS") == "all"
# LeakSanitizer does not work under strace.
QUIET = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}


def sha(b):
    return hashlib.sha256(b).digest()


def roots(texts, sizes):
    """The roots (RFC 6962) of the first n entries, for each n of sizes."""
    edge, found = [], {}
    for n, text in enumerate([None, *texts]):
        if n:
            level, h = 0, sha(b"\0" + text)
            while len(edge) and edge[-1][0] == level:
                h, level = sha(b"\1" + edge.pop()[1] + h), level + 1
            edge.append((level, h))
        if n in sizes:
            whole = edge[-1][1] if edge else sha(b"")
            for _, left in reversed(edge[:-1]):
                whole = sha(b"\1" + left + whole)
            found[n] = base64.b64encode(whole).decode()
    return found


def signature_is_good(checkpoint, vkey):
    """By openssl, over the note's text."""
    text, lines = checkpoint.split("\n\n")
    name, number, key = vkey.split("+", 2)
    with tempfile.TemporaryDirectory() as d:
        def put(what, b):
            with open(os.path.join(d, what), "wb") as f:
                f.write(b)
            return f.name
        for line in lines.splitlines():
            dash, who, signature = line.split(" ")
            signature = base64.b64decode(signature)
            if who == name and signature[:4].hex() == number:
                public = bytes.fromhex("302a300506032b6570032100") + base64.b64decode(key)[1:]
                return subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER",
                                       "-inkey", put("key", public), "-sigfile", put("sig", signature[4:]),
                                       "-in", put("text", text.encode() + b"\n")], capture_output=True).returncode == 0
    return False


class Office:
    """An office in which is acted, and all that was told about it."""

    def __init__(self, engine):
        self.site = Site(engine, demo=False, start=False)
        self.folder, self.acked, self.seen, self.sentences = self.site.office, {}, {}, set()
        self.url = f"sqlite:{self.path('daylight.db')}"
        if engine == "postgres":
            self.url = POSTGRES.replace("postgresql:///postgres", f"postgresql:///{self.site.database}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.site.close()

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, threads=2, acts=3, entries=1, under=()):
        return subprocess.Popen([*under, ACTING, self.folder, self.url, str(threads), str(acts), str(entries)],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=QUIET, preexec_fn=die_with_us)

    def take(self, lines):
        for line in lines.decode().splitlines(keepends=True):
            word, *rest = line.split(" ", 2)
            if not line.endswith("\n"):
                continue  # cut off by a kill: nothing was told
            if word == "ack":
                assert self.acked.setdefault(rest[0], int(rest[1])) == int(rest[1])
            elif word == "seen" and rest[0]:
                root = self.seen.setdefault(int(rest[0]), rest[1].strip())
                assert root == rest[1].strip(), f"two checkpoints of {rest[0]} entries: {root} and {rest[1]}"
            elif word == "no":
                sentence = line[3:].strip()
                assert re.match(r"[A-Z/].{20,}\.$", sentence), f"no plain sentence: {sentence}"
                self.sentences.add(sentence)

    def act(self, **more):
        """To the end; the exit status."""
        p = self.start(**more)
        out, err = p.communicate(timeout=120)
        assert b"Sanitizer" not in err.replace(b"LeakSanitizer", b""), err.decode()
        self.take(out)
        return p.returncode

    def rows(self, query):
        if self.site.engine == "sqlite":
            with sqlite3.connect(self.path("daylight.db"), timeout=20) as store:
                found = store.execute(query).fetchall()
            store.close()
            return found
        program = shutil.which("psql") or "/usr/lib/postgresql/15/bin/psql"
        out = subprocess.run([program, "-qXAt", "-F", "\x1f", "-R", "\x1e", self.url, "-c", query], check=True,
                             capture_output=True).stdout.decode()
        return [tuple(row.split("\x1f")) for row in out.removesuffix("\n").split("\x1e") if row]

    def check(self):
        """Once more without a fault, then everything anew."""
        assert self.act() == 0, self.sentences
        (size, signed, checkpoint), = self.rows("SELECT size, signed_size, checkpoint FROM ledger_state")
        assert int(size) == int(signed)
        entries = self.rows("SELECT idx, ticket, text FROM ledger_entry ORDER BY idx")
        assert [int(e[0]) for e in entries] == list(range(int(size)))
        assert self.rows("SELECT ticket FROM ledger_pending") == []
        place = {ticket: int(i) for i, ticket, _ in entries}
        for ticket, index in self.acked.items():
            assert place.get(ticket) == index, f"acknowledged as {index}, and it is {place.get(ticket)}"
        lines = checkpoint.split("\n")
        self.seen[int(lines[1])] = self.seen.get(int(lines[1]), lines[2])
        true = roots([e[2].encode() for e in entries], set(self.seen))
        for n, root in self.seen.items():
            assert true[n] == root, f"a checkpoint of {n} entries does not agree with them"
        vkeys = open(self.path("keys/ledger.vkeys")).read()
        assert signature_is_good(checkpoint, re.search(r"^active (\S+)$", vkeys, re.M).group(1)), checkpoint
        self.check_tiles(entries)
        return len(self.acked)

    def check_tiles(self, entries):
        leaves = [sha(b"\0" + e[2].encode()) for e in entries]
        for n in range(len(leaves) // 256):
            name = "/".join(f"x{n // 1000 ** k % 1000:03d}" for k in range(2, 0, -1) if n >= 1000 ** k) + f"{n % 1000:03d}"
            tile = open(self.path(f"ledger/tile/0/{name}"), "rb").read()
            assert tile == b"".join(leaves[n * 256:n * 256 + 256]), f"tile 0/{name}"
            bundle = open(self.path(f"ledger/tile/entries/{name}"), "rb").read()
            texts = [e[2].encode() for e in entries[n * 256:n * 256 + 256]]
            assert bundle == b"".join(len(t).to_bytes(2, "big") + t for t in texts), f"tile entries/{name}"


# --- failing calls ---

def injected(office, call, error, number, path):
    """Acts while the number-th such call of each thread fails. Did one?"""
    log = os.path.join(office.site.folder, "strace")
    under = ["strace", "-f", "-qq", "-o", log, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}"]
    office.act(entries=256, under=under + (["-P", office.path(path)] if path else []))
    return "(INJECTED)" in open(log, errors="replace").read()


def numbers(few):
    """Which calls of a kind fail: the first ones and some later, or every one."""
    yield from range(1, few + 1)
    if ALL:
        yield from range(few + 1, 10000)
    else:
        at = few
        for _ in range(3):
            at += random.randrange(1, 2 * few)
            yield at


def can_trace():
    done = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True)
    if done.returncode:
        raise Skip("strace cannot trace here: " + done.stderr.decode().strip())


@test(engines=["sqlite"])
def whichever_write_sync_or_rename_fails_nothing_false_is_told(engine):
    can_trace()
    random.seed(SEED)
    print(f"# seed {SEED}", flush=True)
    sweeps = [("pwrite64", "EIO", "daylight.db-wal", 4), ("fdatasync", "EIO", "daylight.db-wal", 6),
              ("pwrite64", "ENOSPC", "daylight.db-wal", 4), ("pwrite64", "EIO", "daylight.db", 3),
              ("fdatasync", "EIO", "daylight.db", 2), ("pwrite64", "EIO", "keys/ledger.state", 3),
              ("fdatasync", "EIO", "keys/ledger.state", 3), ("fsync", "EIO", None, 4), ("rename", "EIO", None, 2),
              ("write", "ENOSPC", None, 3), ("ftruncate", "EIO", None, 1)]
    with Office(engine) as office:
        faults = 0
        for call, error, path, few in sweeps:
            hit = 0
            for number in numbers(few):
                if not injected(office, call, error, number, path):
                    break
                hit += 1
            assert hit or path == "daylight.db", f"{call} of {path} never failed: the test tests nothing"
            faults += hit
        told = office.check()
        print(f"# {faults} faults; {told} acts were acknowledged, {len(office.seen)} checkpoints seen", flush=True)
        for sentence in sorted({re.sub(r"/tmp/\S+/|\d+", "…", s) for s in office.sentences}):
            print("#   " + sentence, flush=True)


# --- kill -9 ---

@test
def killed_at_random_moments_it_goes_on_where_it_was(engine):
    kills = 20 if engine == "sqlite" else 5
    random.seed(SEED)
    print(f"# seed {SEED}, {kills} kills", flush=True)
    with Office(engine) as office:
        for _ in range(kills):
            p = office.start(threads=8, acts=1000, entries=random.choice([1, 300]))
            first = p.stdout.readline()  # it is under way
            time.sleep(random.random() * 0.15)
            p.send_signal(signal.SIGKILL)
            out, _ = p.communicate(timeout=60)
            office.take(first + out)
        told = office.check()
        print(f"# {told} acts were acknowledged, {len(office.seen)} checkpoints seen", flush=True)
        assert told > kills


@test(engines=["sqlite"])
def a_killed_signer_stops_acts_in_words(engine):
    with Office(engine) as office:
        p = office.start(threads=2, acts=100000)
        office.take(p.stdout.readline())
        children = subprocess.run(["pgrep", "-P", str(p.pid)], capture_output=True).stdout.split()
        assert len(children) == 1, children
        os.kill(int(children[0]), signal.SIGKILL)
        out, _ = p.communicate(timeout=60)
        office.take(out)
        assert p.returncode == 1 and any("signer" in s for s in office.sentences), office.sentences
        office.check()


@test(engines=["sqlite"])
def a_full_disk_refuses_acts_in_words_and_all_goes_on_when_there_is_room(engine):
    with SmallDisk() as disk, Office(engine) as office:
        for leave in (0, 20000, 60000, 150000, 300000):
            disk.fill(leave)
            assert office.act(threads=4, acts=1000, entries=256) == 1
            assert office.sentences and all("isk is full" in s or "No space left" in s for s in office.sentences), office.sentences
            disk.empty()
            assert office.act() == 0, office.sentences
        told = office.check()
        print(f"# {told} acts were acknowledged, {len(office.seen)} checkpoints seen", flush=True)


# --- what is not as it was ---

def flip(path, at):
    with open(path, "r+b") as f:
        f.seek(at)
        b = f.read(1)
        f.seek(at)
        f.write(bytes([b[0] ^ 4]))


def refused(office, word):
    told, office.sentences = len(office.acked), set()
    assert office.act(threads=1, acts=1) == 1
    assert len(office.acked) == told and any(word in s for s in office.sentences), office.sentences


@test(engines=["sqlite"])
def an_old_copy_of_the_store_is_refused_until_the_new_one_is_back(engine):
    with Office(engine) as office:
        assert office.act() == 0
        shutil.copy(office.path("daylight.db"), office.path("old"))
        assert office.act() == 0
        os.rename(office.path("daylight.db"), office.path("new"))
        os.rename(office.path("old"), office.path("daylight.db"))
        refused(office, "lies behind")
        os.rename(office.path("new"), office.path("daylight.db"))
        office.check()


@test(engines=["sqlite"])
def a_flipped_bit_in_an_entry_a_tile_or_the_signers_state_is_noticed(engine):
    with Office(engine) as office:
        assert office.act(entries=300) == 0
        store = office.path("daylight.db")
        # an entry of the edge
        (text,), = office.rows("SELECT text FROM ledger_entry WHERE idx = 302")
        at = open(store, "rb").read().find(text.encode()) + text.find("commit ") + 10
        flip(store, at)
        refused(office, "rebuild DIR ledger")
        flip(store, at)
        # a tile that the root is folded from
        flip(office.path("ledger/tile/0/000"), 1000)
        refused(office, "rebuild DIR ledger")
        assert "entry 31:" in office.site.daylight("rebuild", "ledger", check=0).out
        # one copy of the signer's record, then the other as well
        state = office.path("keys/ledger.state")
        flip(state, 40)
        assert office.act() == 0
        before = open(state, "rb").read()
        flip(state, 40)
        flip(state, 552)
        refused(office, "ledger.state")
        with open(state, "wb") as f:
            f.write(before)
        office.check()


# --- the order of things ---

TRACED = ["strace", "-f", "-qq", "-y", "-e", "trace=pwrite64,fdatasync,write"]


def traced_calls(log):
    """(call, file, rest of the line) in order; a call that another thread interrupted stands where it ended, if it did:
    a write where it began."""
    under_way = {}
    for line in open(log, errors="replace"):
        m = re.match(r"(\d+) +(?:(\w+)\(\d+<([^>]*)>(.*)|<\.\.\. \w+ resumed>(.*))", line)
        if not m:
            continue
        thread, call, path, rest, end = m.groups()
        if call and call != "fdatasync":
            yield call, path, rest
        elif call and "<unfinished" in rest:
            under_way[thread] = path
        elif (call or thread in under_way) and re.search(r"= 0$", rest if call else end):
            yield "fdatasync", path if call else under_way.pop(thread), ""


@test(engines=["sqlite"])
def everything_is_synced_before_an_act_is_acknowledged(engine):
    """Of one client: the commit of its entry, with its index or with that in a commit of its own, then the signer's
    state; each is written (w) and synced (s) before the next begins. Then the checkpoint is written, which the next
    test says more of, and then comes the answer."""
    can_trace()
    with Office(engine) as office:
        log = os.path.join(office.site.folder, "strace")
        assert office.act(threads=1, acts=20, under=[*TRACED, "-o", log]) == 0
        order = ""
        for call, path, rest in traced_calls(log):
            kind = "w" if call == "pwrite64" else "s"
            if call == "write":
                order += "A" if rest.startswith(', "ack ') else ""
            elif path.endswith("-wal"):
                order += kind
            elif path.endswith("ledger.state"):
                order += kind.upper()
        acts = order.split("A")
        assert len(acts) == 21, order
        for between in acts[1:20]:
            assert re.fullmatch(r"(w+s){1,2}WSw+", between), between
        assert any(re.fullmatch(r"w+sWSw+", between) for between in acts), acts


def cut_the_power(office, log):
    """Of what was written into the log and not synced nothing is left; how many writes that were. (Of other files the
    old bytes are not known; that the disk had taken the new ones is as possible.)"""
    lost = []
    for call, path, rest in traced_calls(log):
        name = os.path.basename(path)
        if call == "fdatasync":
            lost = [w for w in lost if w[0] != name]
        elif call == "pwrite64" and name.endswith("-wal"):
            n, at = re.search(r"\.*, (\d+), (\d+)(?:\) |  ?<unf)", rest).groups()
            lost.append((name, int(n), int(at)))
    for name, n, at in lost:
        with open(office.path(name), "r+b") as f:
            f.seek(at)
            f.write(bytes(n))
    os.unlink(office.path("daylight.db-shm"))  # it is in memory
    return len(lost)


@test(engines=["sqlite"])
def after_a_power_cut_an_acknowledged_acts_checkpoint_is_served_again(engine):
    """It was not synced itself: what the signer had on the disk gives the same bytes."""
    can_trace()
    cuts = 0
    with Office(engine) as office:
        log = os.path.join(office.site.folder, "strace")
        assert office.act(threads=1, acts=1) == 0
        for _ in range(40):
            p = office.start(threads=1, acts=100000, under=[*TRACED, "-o", log])
            told = p.stdout.readline()
            traced = subprocess.run(["pgrep", "-P", str(p.pid)], capture_output=True).stdout.split()
            os.kill(int(traced[0]), signal.SIGKILL)
            told += p.communicate(timeout=60)[0]
            shutil.copytree(office.folder, office.folder + "-then")
            office.take(told)
            lost = cut_the_power(office, log)
            get = "SELECT signed_size, checkpoint FROM ledger_state"
            with sqlite3.connect(office.folder + "-then/daylight.db") as then:
                (size, checkpoint), = then.execute(get).fetchall()
            shutil.rmtree(office.folder + "-then")
            (after, _), = office.rows(get)
            assert after <= size and (lost or after == size)
            assert office.act(threads=1, acts=0) == 0, office.sentences
            (again, same), = office.rows(get)
            assert again > size or same == checkpoint, (same, checkpoint)
            cuts += after < size and again == size
            if cuts == 3:
                break
        print(f"# {cuts} power cuts took a checkpoint away that had been told, and it came again", flush=True)
        assert cuts, "no cut took a checkpoint away: the test tests nothing"
        office.check()


run()
