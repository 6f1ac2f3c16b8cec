# SPDX-License-Identifier: Apache-2.0
"""The ledger's keys are changed while the disk fails or the process is killed: whatever happens, the office signs on, every
list of keys gets its entry, and whoever knows the first key is led to those that sign. SEED repeats a run."""
import hashlib, os, random, shutil, signal, subprocess, sys, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "web"))
from harness import PROGRAM, Site, Skip, daylight, run, test, until

SEED = int(os.environ.get("SEED", "0")) or random.randrange(1 << 30)
QUIET = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}  # LeakSanitizer does not work under strace
CALLS = (("fsync", "EIO"), ("fdatasync", "EIO"), ("rename,renameat,renameat2", "EIO"), ("unlink,unlinkat", "EIO"),
         ("pwrite64", "ENOSPC"))


def can_trace():
    done = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True)
    if done.returncode:
        raise Skip("strace cannot trace here: " + done.stderr.decode().strip())


def words(step, office):
    return ["ledger", step, office] + ([os.path.join(office, "keys", "ledger-spare.key")] if step == "use-spare" else [])


@test(engines=["sqlite"])
def whichever_sync_rename_or_write_of_a_key_change_fails_the_office_signs_on(engine):
    can_trace()
    injected = 0
    with Site(engine, demo=False, start=False) as s:
        s.daylight("ledger rotate", check=0)  # so that there is one to retire
        for step in ("retire", "use-spare"):
            for call, error in CALLS:
                for number in (1, 2, 3, 5, 8):
                    copy, log = os.path.join(s.folder, "copy"), os.path.join(s.folder, "strace")
                    shutil.copytree(s.office, copy)
                    done = subprocess.run(["strace", "-f", "-qq", "-o", log, "-e", f"trace={call}", "-e",
                                           f"inject={call}:error={error}:when={number}", PROGRAM, *words(step, copy)],
                                          env=QUIET, capture_output=True, text=True, timeout=120)
                    hit = "(INJECTED)" in open(log, errors="replace").read()
                    injected += hit
                    what = f"{step}, {call} {number}: exit {done.returncode} {done.stderr}"
                    assert done.returncode in (0, 1) and (done.returncode == 0 or done.stderr.rstrip().endswith(".")), what
                    # what it left behind is good enough to act upon
                    after = daylight("ledger", "incident", copy, "--code", "outage", "--text", what.replace("\n", " "))
                    assert after.returncode == 0, what + after.err
                    daylight("check", copy, check=0)
                    shutil.rmtree(copy)
    print(f"# {injected} faults")
    assert injected > 10


@test(engines=["sqlite"])
def key_changes_that_are_killed_leave_every_list_its_entry(engine):
    print(f"# seed {SEED}")
    chance, killed = random.Random(SEED), 0
    with Site(engine, demo=False) as s:
        first = s.get("/ledger/vkey").text.strip()
        s.stop()
        for _ in range(12):
            step = chance.choice(["rotate", "retire", "rotate", "retire", "use-spare"])
            p = subprocess.Popen([PROGRAM, *words(step, s.office)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 start_new_session=True)
            time.sleep(chance.random() * 0.15)
            try:
                os.killpg(p.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it was quicker
            p.communicate()
            killed += p.returncode < 0
            if chance.random() < 0.5:
                continue
            s.start()
            until(lambda: s.get("/readyz").text == "ok\n")
            with open(os.path.join(s.office, "keys", "ledger.vkeys"), "rb") as f:
                newest = hashlib.sha256(b"daylight/public/v1\0" + f.read()).hexdigest()
            until(lambda: s.get("/ledger/keys").text.rstrip().endswith(newest))
            daylight("verify", f"http://127.0.0.1:{s.port}/", "--forget", "--vkey", first, check=0)
            s.stop()
        s.daylight("check", check=0)
    print(f"# {killed} kills")


run()
