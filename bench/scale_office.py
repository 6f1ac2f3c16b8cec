# SPDX-License-Identifier: Apache-2.0
"""Offices of a given size, made by the ordinary import and kept: a second run finds them, and each grows out of the next
smaller one. And their servers."""
import json, os, re, shutil, socket, subprocess, time

import articles
from servers import children, cpu_us, ended, free_port, start

LANGUAGES = ("en", "zh-CN")
FILES_A_FOLDER = 1000


def files(folder, count):
    """The folders that hold articles 0 to count - 1, written where missing."""
    ready = os.path.join(folder, "ready")
    have = int(open(ready).read()) if os.path.exists(ready) else 0
    if have < count:
        articles.write(folder, count - have, have)
        with open(ready, "w") as f:
            f.write(str(count))
    return [os.path.join(folder, f"{n:04d}") for n in range(-(-count // FILES_A_FOLDER))]


def run_measured(words, errors):
    """Seconds and the largest resident memory (MB) of a command; it has to succeed."""
    begin = time.monotonic()
    with open(errors, "w") as err, open(os.devnull, "w") as null:
        code, used = ended(start(words, stdout=null, stderr=err))
    if code:
        raise SystemExit(f"{' '.join(words[:3])} …: {open(errors).read()[-500:]}")
    return time.monotonic() - begin, used.ru_maxrss / 1024


def folder_mb(folder):
    return sum(os.stat(os.path.join(at, name)).st_blocks * 512 for at, _, names in os.walk(folder) for name in names) / 1e6


class Maker:
    """program, and where the offices are kept. postgres: a Postgres, or None for SQLite."""

    def __init__(self, program, cache, postgres=None):
        self.program, self.cache, self.postgres = program, cache, postgres
        self.engine = "postgres" if postgres else "sqlite"

    def path(self, size):
        return os.path.join(self.cache, f"{self.engine}-{size}")

    def notes(self, size):
        return self.path(size) + ".json"

    def made(self):
        """Sizes that are there whole."""
        names = (re.fullmatch(rf"{self.engine}-(\d+)\.json", n) for n in os.listdir(self.cache))
        return sorted(int(m.group(1)) for m in names if m)

    def begin(self, size):
        """A folder of this size's own: a copy of the largest smaller office, or a new one. What is in it already."""
        path = self.path(size)
        shutil.rmtree(path, ignore_errors=True)
        smaller = [n for n in self.made() if n < size]
        store = self.postgres.database(size, smaller[-1] if smaller else None) if self.postgres else None
        if smaller:
            subprocess.run(["cp", "-a", "--reflink=auto", self.path(smaller[-1]), path], check=True)
            if store:
                set_setting(path, "store", store)
            return smaller[-1]
        subprocess.run([self.program, "init", path, "--languages", ",".join(LANGUAGES), "--timezone", "Asia/Shanghai",
                        "--name", "Growth"] + (["--store", store] if store else []),
                       check=True, stdout=subprocess.DEVNULL)
        return 0

    def make(self, size):
        """The office's folder, and how its last import went."""
        if size in self.made():
            with open(self.notes(size)) as f:
                return self.path(size), json.load(f)
        print(f"making an office of {size:,} articles ({self.engine})", flush=True)
        folders = files(os.path.join(self.cache, "files"), size)
        have = self.begin(size)
        new = folders[have // FILES_A_FOLDER:]
        seconds, mb = run_measured([self.program, "import", self.path(size), "--publish", *new],
                                   self.path(size) + ".err")
        notes = {"imported": size - have, "seconds": round(seconds, 1), "per_second": round((size - have) / seconds),
                 "stored_per_second": stored_per_second(self.path(size) + ".err"),
                 "peak_mb": round(mb, 1), "folder_mb": round(folder_mb(self.path(size)), 1),
                 "load": os.getloadavg()[0]}
        if self.postgres:
            notes["database_mb"] = self.postgres.database_mb(size)
        with open(self.notes(size), "w") as f:
            json.dump(notes, f)
        return self.path(size), notes


def stored_per_second(errors):
    """An import of many says how fast it stored, before the search index; None: it did both at once."""
    with open(errors) as f:
        found = re.search(r"files done in [\d.]+ s, (\d+) a second", f.read())
    return int(found[1]) if found else None


def set_setting(office, key, value):
    path = os.path.join(office, "site.ini")
    with open(path) as f:
        text = f.read()
    text, n = re.subn(rf"(?m)^;?{key} =.*$", lambda _: f"{key} = {value}", text)
    assert n == 1, key
    with open(path, "w") as f:
        f.write(text)


def memory_kb(pid, key="VmRSS"):
    """Resident memory of a process and of its children."""
    with open(f"/proc/{pid}/status") as f:
        own = int(re.search(rf"{key}:\s+(\d+)", f.read()).group(1))
    return own + sum(memory_kb(child, key) for child in children(pid))


class Serving:
    """`daylight serve` of an office; first_answer: seconds from exec to the first byte of the home page."""

    def __init__(self, program, office, **settings):
        for key, value in settings.items():
            set_setting(office, key, value)
        self.port = free_port()
        begin = time.monotonic()
        self.process = start([program, "serve", office, "--listen", f"127.0.0.1:{self.port}"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait()
        self.first_answer = time.monotonic() - begin
        self.pid = self.process.pid

    def wait(self):
        until = time.monotonic() + 120
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 120) as s:
                    s.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                    answer = s.recv(4096)
                break
            except ConnectionRefusedError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise SystemExit("daylight serve did not start")
                time.sleep(0.0005)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the home page was not answered: {answer[:80]}")

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Postgres:
    """A cluster of its own, kept with the offices; listens on a socket in its folder, and ends with the bench. What it
    stores is not synced: it can be made anew."""

    def __init__(self, folder):
        self.folder = folder
        self.bin = max((os.path.join("/usr/lib/postgresql", v, "bin") for v in os.listdir("/usr/lib/postgresql")
                        if os.path.exists(f"/usr/lib/postgresql/{v}/bin/initdb")), default=None)
        if not self.bin:
            raise SystemExit("PostgreSQL's initdb is not on this machine (Debian: postgresql-15)")
        data = os.path.join(folder, "data")
        if not os.path.exists(os.path.join(data, "PG_VERSION")):
            os.makedirs(folder, exist_ok=True)
            if os.getuid() == 0:
                shutil.chown(folder, "postgres", "postgres")
            self.call("initdb", "--pgdata", data, "--username", "daylight", "--auth", "trust", "--encoding", "UTF8",
                      "--no-locale", "--no-sync")
        self.process = start([*self.user(), os.path.join(self.bin, "postgres"), "-D", data, "-k", folder, "-c",
                              "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c",
                              "shared_buffers=1GB", "-c", "max_wal_size=4GB", "-c", "log_min_messages=fatal"],
                             cwd=folder, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while subprocess.run([os.path.join(self.bin, "pg_isready"), "-q", "-h", folder]).returncode:
            if time.monotonic() > until or self.process.poll() is not None:
                raise SystemExit("the private PostgreSQL cluster did not start")
            time.sleep(0.1)

    @staticmethod
    def user():
        """PostgreSQL refuses to run as root."""
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []

    def call(self, program, *words):
        subprocess.run([*self.user(), os.path.join(self.bin, program), *words], check=True, cwd=self.folder,
                       stdout=subprocess.DEVNULL)

    def sql(self, text, database="postgres"):
        """What it answers, as text."""
        words = [*self.user(), os.path.join(self.bin, "psql"), "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", self.folder,
                 "-U", "daylight", "-d", database, "-c", "SET client_min_messages = warning", "-c", text]
        return subprocess.run(words, check=True, cwd=self.folder, stdout=subprocess.PIPE, text=True).stdout.strip()

    def cpu_us(self):
        """Of all its processes that live; those that begin and end by themselves (autovacuum) may do so meanwhile."""
        while True:
            try:
                return cpu_us(self.process.pid)
            except (FileNotFoundError, ProcessLookupError):
                pass

    def database_mb(self, size):
        return round(int(self.sql(f"SELECT pg_database_size('office_{size}')")) / 1e6, 1)

    def database(self, size, like):
        """The address of a new database, empty or a copy."""
        self.sql(f"DROP DATABASE IF EXISTS office_{size} WITH (FORCE)")
        self.sql(f"CREATE DATABASE office_{size}" + (f" TEMPLATE office_{like}" if like else ""))
        return f"postgresql:///office_{size}?host={self.folder}&user=daylight"

    def settle(self, size):
        """What the server does by itself in the hours after an import."""
        self.sql("VACUUM ANALYZE", f"office_{size}")

    def stop(self):
        self.process.send_signal(2)  # SIGINT: a fast shutdown
        self.process.wait()
