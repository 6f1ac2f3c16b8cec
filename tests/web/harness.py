# SPDX-License-Identifier: Apache-2.0
"""What the web and fault tests stand on: a real office served by the real program, and TAP.

    from harness import test, site, run
    @test
    def an_unknown_address_is_not_found(engine):
        assert site(engine).get("/nothing").status == 404
    run()

Each test runs on every engine that is to be had (sqlite; postgres where DAYLIGHT_TEST_POSTGRES names a cluster), unless
@test(engines=["sqlite"]), or once without one: @test(engines=[None]). site() gives one demonstration office an engine,
shared by the tests that only read; whoever writes or stops it makes a Site of its own. DAYLIGHT names the program. A
server that a sanitizer complained of, or that did not end well, fails the test that ends it."""
import ctypes, http.client, os, re, resource, shutil, signal, subprocess, sys, tempfile, time, traceback

PROGRAM = os.path.abspath(os.environ.get("DAYLIGHT", "build/gcc/src/app/daylight"))
POSTGRES = os.environ.get("DAYLIGHT_TEST_POSTGRES")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(os.path.dirname(ROOT), "shared")
PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
COMPLAINT = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:|ThreadSanitizer")


class Skip(Exception):
    """raise Skip("why"): counted, loudly"""


# --- the program ---

def die_with_us(limit_files=None):
    """limit_files: how many it may open at first, and at most."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if limit_files:
        resource.setrlimit(resource.RLIMIT_NOFILE, limit_files)


def daylight(*words, stdin=b"", timeout=120, check=None):
    """Runs a command to its end; check=0 (or 1, 2) asserts the exit status."""
    done = subprocess.run([PROGRAM, *map(str, words)], input=stdin, capture_output=True, timeout=timeout,
                          preexec_fn=die_with_us)
    done.out, done.err = done.stdout.decode(), done.stderr.decode()
    assert not COMPLAINT.search(done.err), done.err
    if check is not None:
        assert done.returncode == check, f"daylight {words}: exit {done.returncode}\n{done.out}{done.err}"
    return done


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    @property
    def text(self):
        return self.body.decode("utf-8")

    def header(self, name):
        return self.headers.get(name)


class Site:
    """An office in a folder of its own. Use it as a context, or close() it."""
    number = 0

    def __init__(self, engine, demo=True, init=(), serve=(), start=True):
        self.folder = tempfile.mkdtemp(prefix="daylight-web-")
        self.office = os.path.join(self.folder, "office")
        self.engine, self.serve_words, self.server, self.database = engine, serve, None, None
        words = ["init", self.office, *init] + (["--demo"] if demo else [])
        if engine == "postgres":
            words += ["--store", self.make_database()]
        self.store = words[-1] if engine == "postgres" else f"sqlite:{self.office}/daylight.db"
        daylight(*words, check=0)
        if start:
            self.start()

    def make_database(self):
        Site.number += 1
        self.database = f"web_{os.getpid()}_{Site.number}"
        psql(f"CREATE DATABASE {self.database}")
        return POSTGRES.replace("postgresql:///postgres", f"postgresql:///{self.database}")

    def start(self, *more, limit_files=None):
        """Serves on a free port of 127.0.0.1; gives nothing back before it listens."""
        self.log_path = os.path.join(self.folder, "log")
        self.log = open(self.log_path, "ab")
        self.server = subprocess.Popen([PROGRAM, "serve", self.office, "--listen", "127.0.0.1:0", *self.serve_words, *more],
                                       stdout=subprocess.PIPE, stderr=self.log,
                                       preexec_fn=lambda: die_with_us(limit_files))
        line = self.server.stdout.readline().decode()
        found = re.search(r"https?://([^:]+):(\d+)", line)
        if not found:
            self.server.wait(30)
            raise AssertionError(f"the server did not start: {line}{self.said()}")
        self.port = int(found.group(2))

    def said(self):
        return open(self.log_path, encoding="utf-8", errors="replace").read()

    def stop(self, with_signal=signal.SIGTERM, status=0):
        """Ends the server; status None: however it ended."""
        if not self.server:
            return
        server, self.server = self.server, None
        server.send_signal(with_signal)
        ended = server.wait(60)
        server.stdout.close()
        self.log.close()
        assert not COMPLAINT.search(self.said()), self.said()
        assert status is None or ended == status, f"the server ended with {ended}: {self.said()}"

    def close(self):
        try:
            self.stop()
        finally:
            if self.server:
                self.server.kill()
            if self.database:
                psql(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def connect(self, timeout=20):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def ask(self, method, path, headers=None, body=None, connection=None):
        c = connection or self.connect()
        try:
            c.request(method, path, body=body, headers=headers or {})
            response = c.getresponse()
            return Answer(response, response.read())
        finally:
            if not connection:
                c.close()

    def get(self, path, headers=None, **more):
        return self.ask("GET", path, headers, **more)

    def form(self, path, fields, headers=None, **more):
        from urllib.parse import urlencode
        headers = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.ask("POST", path, headers, urlencode(fields), **more)

    def daylight(self, command, *words, **more):
        """A command about this office: command's own words ("article list"), then DIR, then the rest."""
        return daylight(*command.split(), self.office, *words, **more)


def psql(statement):
    program = shutil.which("psql") or "/usr/lib/postgresql/15/bin/psql"
    subprocess.run([program, "-q", "-X", "-v", "ON_ERROR_STOP=1", POSTGRES, "-c", statement], check=True,
                   capture_output=True)


class Memory:
    """A state folder of the test's own, for what `daylight verify` remembers; it can be gone back to."""

    def __enter__(self):
        self.folder = os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="daylight-state-")
        return self

    def keep(self, name):
        shutil.copytree(os.path.join(self.folder, "daylight"), os.path.join(self.folder, name))

    def go_back(self, name):
        shutil.rmtree(os.path.join(self.folder, "daylight"), ignore_errors=True)
        shutil.copytree(os.path.join(self.folder, name), os.path.join(self.folder, "daylight"))

    def __exit__(self, *_):
        del os.environ["XDG_STATE_HOME"]
        shutil.rmtree(self.folder)


def figure(s, name):
    """A number of /metrics."""
    return float(re.search(rf"(?m)^{name} (\S+)$", s.get("/metrics").text).group(1))


def says(done, *words):
    said = " ".join((done.out + done.err).split())  # lines are folded
    for word in words:
        assert word in said, f"{word!r} is not in: {said}"


class SmallDisk:
    """A tmpfs of a few megabytes, mounted where Python makes temporary folders meanwhile."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="daylight-disk-")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=24m", "none", self.folder], capture_output=True)
        if done.returncode:
            os.rmdir(self.folder)
            raise Skip("a tmpfs cannot be mounted here: " + done.stderr.decode().strip())
        self.before, tempfile.tempdir = tempfile.tempdir, self.folder
        return self

    def __exit__(self, *_):
        tempfile.tempdir = self.before
        subprocess.run(["umount", "-l", self.folder], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def fill(self, leave):
        """Takes all but `leave` bytes."""
        room = os.statvfs(self.folder)
        with open(os.path.join(self.folder, "filler"), "ab") as f:
            f.write(b"x" * max(0, room.f_bavail * room.f_frsize - leave))

    def empty(self):
        os.unlink(os.path.join(self.folder, "filler"))


shared_sites = {}


def site(engine):
    if engine not in shared_sites:
        shared_sites[engine] = Site(engine)
    return shared_sites[engine]


def until(true, seconds=20):
    """Waits for a condition; asserts that it came."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"it did not come true within {seconds} s")


# --- TAP ---

tests = []


def test(function=None, engines=("sqlite", "postgres")):
    if function:
        tests.append((function, engines))
        return function
    return lambda f: test(f, engines)


def point(number, function, engine):
    """Runs one test; gives its TAP lines."""
    name = f"{number} - {function.__name__.replace('_', ' ')}" + (f" ({engine})" if engine else "")
    try:
        if engine == "postgres" and not POSTGRES:
            raise Skip("DAYLIGHT_TEST_POSTGRES names no cluster")
        function(engine)
        return f"ok {name}"
    except Skip as why:
        return f"ok {name} # SKIP {why}"
    except Exception:
        return f"not ok {name}\n" + "".join(f"#   {l}\n" for l in traceback.format_exc()[-4000:].splitlines()).rstrip()


def run():
    asked = sys.argv[1:]
    number = bad = 0
    for function, engines in tests:
        if asked and not any(a in function.__name__ for a in asked):
            continue
        for engine in engines:
            number += 1
            line = point(number, function, engine)
            bad += line.startswith("not ok")
            print(line, flush=True)
    for engine, shared in list(shared_sites.items()):
        number += 1
        try:
            shared.close()
            print(f"ok {number} - the shared server ends well and no sanitizer complained ({engine})")
        except Exception as e:
            bad += 1
            print(f"not ok {number} - the shared server ends well and no sanitizer complained ({engine})")
            print("".join(f"#   {l}\n" for l in str(e)[-4000:].splitlines()), end="")
    print(f"1..{number}")
    sys.exit(1 if bad else 0)
