# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments under a load of readings and imports: whatever was acknowledged is still there.

A reading is acknowledged when its answer arrived whole; an import when the command's answer named the article's number.
KILLS (default 100) sets how many times the server dies; a third of the times an import dies with it."""
import json, os, random, re, signal, subprocess, sys, threading, time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "web"))
from harness import PROGRAM, Site, daylight, die_with_us, run, test

KILLS = int(os.environ.get("KILLS", "100"))
PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
ROBOT = {"User-Agent": "examplebot/1.0 (+https://example.org/bot)"}


class Readers:
    """Threads that read some articles over and over, and count what they sent and what was answered whole."""

    def __init__(self, office, paths):
        self.office, self.paths = office, paths
        self.sent = dict.fromkeys(paths, 0)
        self.answered = dict.fromkeys(paths, 0)
        self.lock, self.ended = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.read) for _ in range(4)]
        for t in self.threads:
            t.start()

    def read(self):
        connection = None
        while not self.ended.is_set():
            path = random.choice(self.paths)
            try:
                connection = connection or self.office.connect(timeout=5)
                with self.lock:
                    self.sent[path] += 1
                answer = self.office.get(path, PERSON, connection=connection)
                if answer.status == 200:
                    with self.lock:
                        self.answered[path] += 1
            except Exception:  # the server just died: that is what is tested
                if connection:
                    connection.close()
                connection = None
                time.sleep(0.01)

    def stop(self):
        self.ended.set()
        for t in self.threads:
            t.join()


class Importer:
    """Imports one small page after another through the command, and keeps the numbers that it was told."""

    def __init__(self, office):
        self.office, self.number, self.told, self.command = office, 0, {}, None
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while not self.ended.is_set():
            self.number += 1
            title = f"Page number {self.number} of those that were imported"
            page = f"{title}\n\nPublished: 2026-10-05 09:{self.number % 60:02d} Source: Records\n\nThe words of page {self.number}.\n"
            self.command = subprocess.Popen([PROGRAM, "import", self.office.office, "--publish", "--json", "-"], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=die_with_us)
            try:
                out, _ = self.command.communicate(page.encode(), timeout=60)
                if self.command.returncode == 0:
                    self.told[json.loads(out)[0]["id"]] = title
            except (BrokenPipeError, ValueError):
                pass  # it was killed before it could say anything

    def kill(self):
        command = self.command
        if command and command.poll() is None:
            command.kill()

    def stop(self):
        self.ended.set()
        self.thread.join()


def count_on(office, path):
    page = office.get(path, ROBOT).text
    return int(re.sub(r"\D", "", re.search(r"data-count[^>]*>([^<]*)<", page).group(1)))


@test
def nothing_acknowledged_is_lost_when_the_server_is_killed_at_random_moments(engine):
    kills = KILLS if engine == "sqlite" else max(KILLS // 5, 3)
    seed = int(os.environ.get("SEED", "0")) or random.randrange(1 << 30)
    random.seed(seed)
    print(f"# seed {seed}, {kills} kills", flush=True)
    with Site(engine) as office:
        articles = json.loads(office.daylight("article list", "--most", "1000", "--json", check=0).out)
        paths = [f"/{a['column']}/{a['id']}" for a in articles if a.get("state") == "published"][:5]
        before = {p: count_on(office, p) for p in paths}
        readers, importer = Readers(office, paths), Importer(office)
        try:
            for i in range(kills):
                time.sleep(random.uniform(0.02, 0.4))
                office.stop(signal.SIGKILL, status=None)
                if i % 3 == 0:
                    importer.kill()
                office.start()
        finally:
            readers.stop()
            importer.stop()
        assert sum(readers.answered.values()) > kills, readers.answered
        assert len(importer.told) > kills // 10, importer.told
        print(f"# {sum(readers.answered.values())} readings and {len(importer.told)} imports were acknowledged", flush=True)
        for path in paths:
            seen = count_on(office, path) - before[path]
            assert readers.answered[path] <= seen <= readers.sent[path], \
                f"{path}: {readers.answered[path]} answered, {readers.sent[path]} sent, but {seen} counted"
        for number, title in importer.told.items():
            shown = json.loads(office.daylight("article show", number, "--json", check=0).out)
            assert title in json.dumps(shown), f"article {number} is not what was acknowledged"
        office.daylight("check", check=0)
        office.stop()


@test
def an_import_of_many_pages_that_is_killed_and_run_again_stores_each_page_once(engine):
    with Site(engine, start=False) as office:
        folder = os.path.join(office.folder, "pages")
        os.mkdir(folder)
        names = []
        for i in range(60):
            names.append(os.path.join(folder, f"{i}.txt"))
            with open(names[-1], "w", encoding="utf-8") as f:
                f.write(f"A notice with the number {i}\n\nPublished: 2026-09-01 10:{i:02d} Source: Records\n\nWords of notice {i}.\n")
        at_first = len(json.loads(office.daylight("article list", "--most", "1000", "--json", check=0).out))
        for _ in range(3):
            command = subprocess.Popen([PROGRAM, "import", office.office, "--publish", *names], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, preexec_fn=die_with_us)
            time.sleep(random.uniform(0.05, 0.5))
            command.kill()
            command.wait()
        office.daylight("import", "--publish", *names, check=0)
        titles = [a["title"] for a in json.loads(office.daylight("article list", "--most", "1000", "--json", check=0).out)]
        assert len(titles) == at_first + 60, f"{at_first} before, {len(titles)} now"
        for i in range(60):
            assert titles.count(f"A notice with the number {i}") == 1, f"notice {i}: {titles.count(f'A notice with the number {i}')} times"


if __name__ == "__main__":
    run()
