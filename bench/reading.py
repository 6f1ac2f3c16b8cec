# SPDX-License-Identifier: Apache-2.0
"""What one reading costs: reading.py DAYLIGHT FLOOR [RESULTS]

Servers and pages in turn, five rounds in the same run on the same machine, one wrk thread with 64 keep-alive
connections against one serving thread; what counts is the median.
    floor       a bare epoll loop that sends the very bytes of daylight's article page (bench/floor.c)
    daylight    the article page, gzip negotiated, its count live, every reading counted: checked against wrk's number
    nginx       the same bytes: gzip_static, the same headers, access log off, open_file_cache on,
                sendfile off (with it nginx needs a third more for a page of this size)
    nginx_plain the same body without those headers
    two_threads daylight's article page with two serving threads
    home        daylight's home page                        304        … which the client has already
    uncached    the article page, made anew for each request (cache_mb = 0)
    search      a search, made anew for each request
Processor time is the kernel's own count of the server's threads (schedstat), so that a busy machine spoils the rates but
hardly the time a request. Prints a table and writes its rows to RESULTS (bench/results.json), an object by name.
DAYLIGHT_BENCH_SECONDS: how long each turn is (2)."""
import os, shutil, statistics, subprocess, sys, tempfile, time

from servers import Daylight, Floor, Nginx, cpu_us, keep_results, must, resident_kb, wrk

SECONDS = float(os.environ.get("DAYLIGHT_BENCH_SECONDS", "2"))
ROUNDS = 5
HERE = os.path.dirname(os.path.abspath(__file__))
ARTICLE = "/news/10"


class Turn:
    """One row of the table: a server, an address, what the client says."""

    def __init__(self, name, server, path, headers=()):
        self.name, self.server, self.path, self.headers, self.runs = name, server, path, headers, []

    def run(self, seconds=SECONDS):
        before = cpu_us(self.server.pid)
        said = wrk(self.server.port, self.path, seconds, self.headers)
        us = cpu_us(self.server.pid) - before
        must(said["requests"] and said["errors"] == 0 and said["bad"] == 0, f"{self.name}: wrk met errors: {said}")
        said["cpu_us"] = us
        return said

    def measure(self):
        self.runs.append(self.run())

    def median(self, figure):
        return statistics.median(figure(r) for r in self.runs)

    def rates(self):
        return {"requests_per_second": round(self.median(lambda r: r["requests"] / r["us"] * 1e6), 1),
                "p50_ms": round(self.median(lambda r: r["p50_us"] / 1000), 3),
                "p99_ms": round(self.median(lambda r: r["p99_us"] / 1000), 3),
                "bytes": round(self.median(lambda r: r["bytes"] / r["requests"]))}

    def figures(self):
        return {"cpu_us_per_request": round(self.median(lambda r: r["cpu_us"] / r["requests"]), 2), **self.rates(),
                "resident_kb": resident_kb(self.server.pid)}


def check_views(daylight, turns):
    """Every reading that wrk sent was counted, and nothing else. wrk ends with one request under way on each connection,
    which it sent and does not count; where it stops of itself (delay), its number is the number."""
    sent = sum(r["sent"] for t in turns for r in t.runs)
    asked = sum(r["requests"] for t in turns for r in t.runs)
    rounds = sum(len(t.runs) for t in turns)
    must(asked <= sent <= asked + 64 * rounds, f"wrk sent {sent} requests and counts {asked}")
    daylight.wait_for_views(sent)
    must(daylight.views() == sent, f"wrk sent {sent} requests, daylight counted {daylight.views()}")
    said = wrk(daylight.port, ARTICLE, SECONDS, (), stop=True)
    daylight.wait_for_views(sent + said["requests"])
    counted = daylight.views() - sent
    must(counted == said["requests"], f"wrk counts {said['requests']} requests, daylight counted {counted}")
    shown = daylight.shown_count(ARTICLE)
    must(shown == sent + counted + 1, f"the page shows {shown} and not {sent + counted + 1}")
    return sent + counted


def print_table(results):
    print(f"\n{'':<12} {'CPU µs':>8} {'floor ×':>8} {'per s':>8} {'p50 ms':>8} {'p99 ms':>8} {'bytes':>7} {'RSS MB':>7}")
    for name, f in results.items():
        ratio = f["cpu_us_per_request"] / results["floor"]["cpu_us_per_request"]
        print(f"{name:<12} {f['cpu_us_per_request']:>8.2f} {ratio:>8.2f} {f['requests_per_second']:>8.0f} {f['p50_ms']:>8.3f} "
              f"{f['p99_ms']:>8.3f} {f['bytes']:>7} {f['resident_kb'] / 1024:>7.1f}")


def print_ratios(results, views):
    cost = {name: f["cpu_us_per_request"] for name, f in results.items()}
    print(f"\ndaylight / floor  {cost['daylight'] / cost['floor']:.2f}   (to be at most 1.25)")
    print(f"daylight / nginx  {cost['daylight'] / cost['nginx']:.2f}   (to be at most 0.90; without the headers "
          f"{cost['daylight'] / cost['nginx_plain']:.2f})")
    print(f"two threads       {2 * cost['daylight'] / cost['two_threads']:.2f} × one by processor time "
          f"(to be at least 1.80; this machine has {os.cpu_count()} cores)")
    print(f"views             {views} requests by wrk, as many counted")


def measure(daylight_program, floor_program, folder):
    one = Daylight(daylight_program, os.path.join(folder, "one"), threads=1)
    two = Daylight(daylight_program, os.path.join(folder, "two"), threads=2)
    bare = Daylight(daylight_program, os.path.join(folder, "bare"), threads=1, cache_mb=0)
    whole = one.raw_answer(ARTICLE)
    floor = Floor(floor_program, folder, whole)
    nginx = Nginx(os.path.join(folder, "nginx"), whole, ARTICLE)
    plain = Nginx(os.path.join(folder, "nginx_plain"), whole, ARTICLE, headers=False)
    must(nginx.body(ARTICLE) == whole.split(b"\r\n\r\n", 1)[1], "nginx does not send the same bytes")
    tag = one.header("/", "ETag")
    counted = Turn("daylight", one, ARTICLE)
    turns = [Turn("floor", floor, ARTICLE), counted, Turn("nginx", nginx, ARTICLE),
             Turn("nginx_plain", plain, ARTICLE), Turn("two_threads", two, ARTICLE),
             Turn("home", one, "/"), Turn("304", one, "/", (f"If-None-Match: {tag}",)),
             Turn("uncached", bare, ARTICLE), Turn("search", bare, "/search?q=harbour")]
    for t in turns:
        if t is not counted:
            t.run(0.5)
    one.views_before = one.views()
    for number in range(ROUNDS):
        print(f"round {number + 1} of {ROUNDS}", flush=True)
        for t in turns:
            t.measure()
    views = check_views(one, [counted])
    results = {t.name: t.figures() for t in turns}
    for server in (one, two, bare, floor, nginx, plain):
        server.stop()
    return results, views


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    where = sys.argv[3] if len(sys.argv) > 3 else os.path.join(HERE, "results.json")
    for program in ("wrk", "nginx"):
        must(shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin"), f"{program} is not installed")
    folder = tempfile.mkdtemp(prefix="daylight-bench-")
    try:
        results, views = measure(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print_table(results)
    print_ratios(results, views)
    keep_results(where, results)


if __name__ == "__main__":
    main()
