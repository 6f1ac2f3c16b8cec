# SPDX-License-Identifier: Apache-2.0
"""The tools of these tests: ours (ledger-tool), and those that others wrote, fetched and built where that has not been
done yet. What is missing on this machine is a Skip. Everything that is built stands in the build folder."""
import fcntl, filecmp, os, shutil, subprocess, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "web"))
from harness import COMPLAINT, PROGRAM, Skip

HERE = os.path.dirname(os.path.abspath(__file__))
BUILT = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(PROGRAM))), "tests", "ledger")
GOCODE = "/usr/share/gocode"  # where Debian has the sources of Go's packages


def run_tool(words, stdin=None, stdout=subprocess.PIPE, timeout=300, **more):
    """Runs a tool to its end, which must be a good one; what it said."""
    done = subprocess.run([str(w) for w in words], stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, timeout=timeout,
                          **more)
    said = done.stderr.decode(errors="replace")
    assert done.returncode == 0 and not COMPLAINT.search(said), f"{words}: exit {done.returncode}\n{said[-3000:]}"
    return done.stdout.decode() if done.stdout else ""


def ours(*words, **more):
    return run_tool([os.path.join(BUILT, "ledger-tool"), *words], **more)


class Alone:
    """Two programs of tests may build the same tool."""

    def __enter__(self):
        self.file = open(os.path.join(BUILT, "lock"), "w")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_):
        self.file.close()


def xmod(*words, **more):
    """golang.org/x/mod: sumdb/tlog, sumdb/note."""
    program = os.path.join(BUILT, "strangers")
    if not shutil.which("go") or not os.path.isdir(f"{GOCODE}/src/golang.org/x/mod/sumdb/tlog"):
        raise Skip("Go or its golang.org/x/mod is not on this machine (golang-go, golang-golang-x-mod-dev)")
    with Alone():
        run_tool(["go", "build", "-o", program, "."], cwd=os.path.join(HERE, "strangers"),
                 env={**os.environ, "GO111MODULE": "off", "GOFLAGS": "", "GOPATH": f"{BUILT}/go:{GOCODE}",
                      "GOCACHE": f"{BUILT}/go-cache"})
    return run_tool([program, *words], **more)


def sigstore(*words, **more):
    """@sigstore/verify: tlog/merkle.js, tlog/checkpoint.js."""
    lock, installed = os.path.join(HERE, "package-lock.json"), os.path.join(HERE, "node_modules", ".installed")
    if not shutil.which("node") or not shutil.which("npm"):
        raise Skip("node or npm is not on this machine")
    with Alone():
        if not os.path.exists(installed) or not filecmp.cmp(lock, installed, shallow=False):
            if subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=HERE).returncode:
                raise Skip("npm could not fetch @sigstore/verify")
            shutil.copyfile(lock, installed)
    return run_tool(["node", os.path.join(HERE, "sigstore.mjs"), *words], **more)
