# SPDX-License-Identifier: Apache-2.0
"""Readers beside a crowd: connections.py DAYLIGHT [RESULTS]

10,000 connections that were answered once and hold still, and 2,000 that send a byte of a request's head every three
seconds and never end it (slow loris), while ordinary readers ask for an article: wrk with 64 keep-alive connections that
rest between two requests (some 2,500 a second), and newcomers, 50 a second, each with a connection of its own. In turn,
three rounds in the same run: without the crowd, with it; what counts is the median. Settings are as they come. The
crowd (crowd.py) has many addresses of 127.64.0.0/10, so that the limit on one address's connections stays on; all is
loopback. Then, each once:
    one address    400 connections of one address: how many are taken, how the rest is told
    slow alone     how long the slow ones last
    over limit     1,000 more idle ones than there may be connections: how many make room, and how newcomers fare then
Prints a table and writes RESULTS (bench/connections.json). Memory a connection is the server's own (resident memory
with the idle ones less that before them) and what the kernel holds for both ends (its slabs and socket buffers)."""
import http.client, json, os, re, resource, shutil, socket, statistics, subprocess, sys, tempfile, threading, time

from servers import PERSON, Daylight, cpu_us, must, resident_kb, start, wrk

IDLE, SLOW, ROUNDS, SECONDS = 10000, 2000, 3, 4
LIMIT, OVER = 16384, 1000  # [serve] connections, as it comes
HERE = os.path.dirname(os.path.abspath(__file__))
ARTICLE = "/news/10"


class Crowd:
    def __init__(self, port):
        self.process = start([sys.executable, os.path.join(HERE, "crowd.py"), port, ARTICLE], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)

    def say(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def gauge(server, name):
    return int(re.search(rf"(?m)^{name} (\d+)$", server.get("/metrics")[1].decode()).group(1))


def kernel_kb():
    """What the kernel holds in slabs, and in socket buffers (in pages)."""
    with open("/proc/meminfo") as f:
        slab = int(re.search(r"Slab:\s+(\d+)", f.read()).group(1))
    with open("/proc/net/sockstat") as f:
        pages = int(re.search(r"TCP:.* mem (\d+)", f.read()).group(1))
    return slab, pages * os.sysconf("SC_PAGE_SIZE") // 1024


def newcomer(port):
    """The milliseconds from nothing to the whole answer; None without one."""
    begun = time.monotonic()
    try:
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        c.request("GET", ARTICLE, headers={**PERSON, "Accept-Encoding": "gzip", "Connection": "close"})
        r = c.getresponse()
        r.read()
        c.close()
        return (time.monotonic() - begun) * 1000 if r.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None


def newcomers(port, seconds, ret):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ret.append(newcomer(port))
        time.sleep(0.02)


def percentile(values, p):
    values = sorted(v if v is not None else 5000.0 for v in values)
    return values[min(len(values) - 1, int(len(values) * p / 100))]


def readers(server):
    """One turn of ordinary readers: wrk's and the newcomers' figures."""
    came, before = [], cpu_us(server.pid)
    thread = threading.Thread(target=newcomers, args=(server.port, SECONDS, came))
    thread.start()
    said = wrk(server.port, ARTICLE, SECONDS, rest_ms=25)
    thread.join()
    must(said["errors"] == 0 and said["bad"] == 0, f"wrk met errors: {said}")
    return {"p50_ms": said["p50_us"] / 1000, "p99_ms": said["p99_us"] / 1000, "new_p50_ms": percentile(came, 50),
            "new_p99_ms": percentile(came, 99), "new_refused": sum(c is None for c in came),
            "requests_per_second": said["requests"] / said["us"] * 1e6,
            "cpu_us_per_request": (cpu_us(server.pid) - before) / said["requests"]}


def alone(server):
    """Waits until what was left by the turn before is gone."""
    until = time.monotonic() + 10
    while gauge(server, "daylight_connections") > 2 and time.monotonic() < until:
        time.sleep(0.1)


def memory_of(server, crowd):
    """Bytes a connection, with the crowd that is being made: idle ones first."""
    rss, kernel = resident_kb(server.pid), kernel_kb()
    said = crowd.say("idle", IDLE)
    must(said["idle"] == IDLE, f"of {IDLE} idle connections {said['idle']} are open: {said['ended']}")
    rss_idle, kernel_idle = resident_kb(server.pid), kernel_kb()
    said = crowd.say("slow", SLOW)
    must(said["slow"] == SLOW, f"of {SLOW} slow connections {said['slow']} are open: {said['ended']}")
    return {"resident_kb_before": rss, "resident_kb_with_idle": rss_idle,
            "resident_kb_with_crowd": resident_kb(server.pid),
            "bytes_an_idle_connection": round((rss_idle - rss) * 1024 / IDLE),
            "kernel_slab_bytes_an_idle_connection": round((kernel_idle[0] - kernel[0]) * 1024 / IDLE),
            "kernel_buffer_bytes_an_idle_connection": round((kernel_idle[1] - kernel[1]) * 1024 / IDLE)}


def rounds(server, crowd):
    quiet, crowded, memory = [], [], None
    for number in range(ROUNDS):
        print(f"round {number + 1} of {ROUNDS}", flush=True)
        alone(server)
        quiet.append(readers(server))
        memory = memory or memory_of(server, crowd)
        said = crowd.say("alive")
        if not said["idle"]:
            crowd.say("idle", IDLE)
            crowd.say("slow", SLOW)
        crowded.append(readers(server))
        said = crowd.say("alive")
        must(said["idle"] == IDLE and said["slow"] == SLOW, f"the crowd did not last: {said}")
        crowd.say("leave")
    return quiet, crowded, memory


def one_address(server):
    """Connections of one address, each with a request, all kept open."""
    held, answers = [], {}
    for _ in range(400):
        s = socket.socket()
        s.settimeout(5)
        s.bind(("127.100.0.1", 0))
        try:
            s.connect(("127.0.0.1", server.port))
            s.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            data = s.recv(4096)
        except OSError:
            data = b""
        how = data[9:12].decode() if data else "closed without a word"
        answers[how] = answers.get(how, 0) + 1
        held.append(s)
    still = 0
    for s in held:
        s.setblocking(False)
        try:
            still += s.recv(1) != b""
        except BlockingIOError:
            still += 1
        except OSError:
            pass
        s.close()
    return {"asked": len(held), "answers": answers, "open_at_the_end": still}


def slow_alone(server, crowd):
    crowd.say("leave")
    alone(server)
    crowd.say("slow", SLOW)
    return crowd.say("ends")


def over_limit(server, crowd):
    crowd.say("leave")
    alone(server)
    before, asked = gauge(server, "daylight_connections_displaced_total"), time.monotonic()
    crowd.say("idle", LIMIT + OVER)
    took = time.monotonic() - asked
    said, came = crowd.say("alive"), []
    newcomers(server.port, SECONDS, came)
    return {"asked": LIMIT + OVER, "open": said["idle"], "ended": said["ended"]["idle"], "seconds": round(took, 1),
            "made_room": gauge(server, "daylight_connections_displaced_total") - before,
            "refused": gauge(server, "daylight_connections_full_total"), "new": len(came),
            "new_refused": sum(c is None for c in came), "new_p50_ms": round(percentile(came, 50), 2),
            "new_p99_ms": round(percentile(came, 99), 2)}


def medians(runs):
    return {k: round(statistics.median(r[k] for r in runs), 3) for k in runs[0]}


def print_results(r):
    print(f"\n{'':<22} {'p50 ms':>8} {'p99 ms':>8} {'new p50':>8} {'new p99':>8} {'refused':>8} {'per s':>8} {'CPU µs':>8}")
    for name in ("without", "with"):
        f = r[name]
        print(f"{name + ' the crowd':<22} {f['p50_ms']:>8.2f} {f['p99_ms']:>8.2f} {f['new_p50_ms']:>8.2f} "
              f"{f['new_p99_ms']:>8.2f} {f['new_refused']:>8.0f} {f['requests_per_second']:>8.0f} "
              f"{f['cpu_us_per_request']:>8.1f}")
    print(f"\np99 beside {IDLE} idle and {SLOW} slow connections: {r['with']['p99_ms']:.2f} ms (to be under 20)")
    for name in ("memory", "one_address", "slow_alone", "over_limit"):
        print(f"{name.replace('_', ' ')}: {json.dumps(r[name])}")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    where = sys.argv[2] if len(sys.argv) > 2 else os.path.join(HERE, "connections.json")
    must(shutil.which("wrk"), "wrk is not installed")
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    must(most >= IDLE + SLOW + 2000, f"this user may open {most} files; the bench needs {IDLE + SLOW + 2000}")
    folder = tempfile.mkdtemp(prefix="daylight-bench-")
    try:
        server = Daylight(os.path.abspath(sys.argv[1]), os.path.join(folder, "one"))
        crowd = Crowd(server.port)
        quiet, crowded, memory = rounds(server, crowd)
        results = {"without": medians(quiet), "with": medians(crowded), "memory": memory,
                   "one_address": one_address(server), "slow_alone": slow_alone(server, crowd),
                   "over_limit": over_limit(server, crowd) if most >= LIMIT + 3 * OVER else "this user may open too few files"}
        crowd.stop()
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print_results(results)
    with open(where, "w") as f:
        json.dump(results, f, indent=2)
        f.write("\n")


if __name__ == "__main__":
    main()
