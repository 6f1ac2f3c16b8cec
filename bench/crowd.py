# SPDX-License-Identifier: Apache-2.0
"""The crowd that bench/connections.py makes, a process of its own: connections that hold still and connections that drip.

Loopback only: each comes from an address of 127.64.0.0/10 of its own group, so that the server's limit on the
connections of one address stays on and nothing leaves this machine. It reads commands from standard input and answers
each with a line of JSON; it ends with its standard input.
    idle N     N connections that ask for the page once, are answered, and fall silent
    slow N     N connections that send a byte of a request's head every DRIP seconds and never end it
    alive      how many of each are still open, and how those that are not ended: by an answer's status, or without one
    ends       waits until every slow one is closed by the server (at most SECONDS), and says when the first and last were
    leave      closes all"""
import json, resource, selectors, socket, sys, time

EACH, DRIP, SECONDS = 100, 3.0, 120  # connections of one address; seconds
HEAD = b"GET / HTTP/1.1\r\nHost: a\r\nX-Slowly: "


class Crowd:
    def __init__(self, port, path):
        self.port, self.made = port, 0
        self.request = (f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n"
                        "User-Agent: bench-robot\r\n\r\n").encode()
        self.idle, self.slow, self.ended = set(), [], {"idle": {}, "slow": {}}
        self.watch = selectors.EpollSelector()
        self.next_drip = 0  # whose turn it is

    def connect(self):
        group = self.made // EACH
        self.made += 1
        s = socket.socket()
        s.settimeout(20)
        s.bind((f"127.64.{group // 250}.{group % 250 + 1}", 0))
        s.connect(("127.0.0.1", self.port))
        return s

    def note_end(self, kind, s, data):
        """data: what came before the end."""
        how = data[9:12].decode() if data.startswith(b"HTTP/1.1 ") else "silent"
        self.ended[kind][how] = self.ended[kind].get(how, 0) + 1
        s.close()

    def add_idle(self, n):
        for _ in range(n):
            try:
                s = self.connect()
            except OSError:
                self.ended["idle"]["no connection"] = self.ended["idle"].get("no connection", 0) + 1
                continue
            data = b""
            try:
                s.sendall(self.request)
                data = self.answer(s)
            except OSError:
                pass
            if not data.startswith(b"HTTP/1.1 200"):
                self.note_end("idle", s, data)
                continue
            s.setblocking(False)
            self.idle.add(s)
            self.watch.register(s, selectors.EVENT_READ, "idle")
            self.drip()

    @staticmethod
    def answer(s):
        """One answer with a Content-Length."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = s.recv(65536)
            if not more:
                return data
            data += more
        head, body = data.split(b"\r\n\r\n", 1)
        length = next(int(l.split(b":")[1]) for l in head.lower().split(b"\r\n") if l.startswith(b"content-length:"))
        while len(body) < length:
            more = s.recv(65536)
            if not more:
                return b""
            body += more
        return data

    def add_slow(self, n):
        for _ in range(n):
            try:
                s = self.connect()
                s.sendall(HEAD)
            except OSError:
                self.ended["slow"]["no connection"] = self.ended["slow"].get("no connection", 0) + 1
                continue
            s.setblocking(False)
            now = time.monotonic()
            self.slow.append([s, now, now])
            self.watch.register(s, selectors.EVENT_READ, "slow")
            self.drip()

    def drip(self):
        """Whose turn has come gets its byte; they were made one after the other, and so their turns come."""
        now = time.monotonic()
        for _ in range(len(self.slow)):
            one = self.slow[self.next_drip % len(self.slow)]
            if one[2] + DRIP > now:
                return
            one[2] = now
            self.next_drip += 1
            try:
                one[0].send(b"x")
            except OSError:
                pass  # note_ends() sees it

    def note_ends(self, seconds):
        """Which were closed, when."""
        times = {}
        for key, _ in self.watch.select(seconds):
            s, kind = key.fileobj, key.data
            try:
                data = s.recv(65536)
            except OSError:
                data = b""
            self.watch.unregister(s)
            if kind == "idle":
                self.idle.discard(s)
            else:
                one = next(o for o in self.slow if o[0] is s)
                times[s] = time.monotonic() - one[1]
                self.slow.remove(one)
            self.note_end(kind, s, data)
        return times.values()

    def alive(self):
        self.note_ends(0)
        return {"idle": len(self.idle), "slow": len(self.slow), "ended": self.ended}

    def ends(self):
        until, all_times = time.monotonic() + SECONDS, []
        while self.slow and time.monotonic() < until:
            all_times += self.note_ends(0.05)
            self.drip()
        return {"closed": len(all_times), "open": len(self.slow), "ended": self.ended["slow"],
                "first_s": round(min(all_times, default=0), 1), "last_s": round(max(all_times, default=0), 1)}

    def leave(self):
        for s in self.idle | {one[0] for one in self.slow}:
            self.watch.unregister(s)
            s.close()
        self.idle, self.slow, self.ended, self.made, self.next_drip = set(), [], {"idle": {}, "slow": {}}, 0, 0
        return {}


def main():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    crowd = Crowd(int(sys.argv[1]), sys.argv[2])
    words = selectors.DefaultSelector()
    words.register(sys.stdin, selectors.EVENT_READ)
    while True:
        while not words.select(0.02):
            crowd.drip()
        line = sys.stdin.readline().split()
        if not line:
            return
        what = {"idle": crowd.add_idle, "slow": crowd.add_slow, "alive": crowd.alive, "ends": crowd.ends,
                "leave": crowd.leave}[line[0]]
        print(json.dumps(what(*map(int, line[1:])) or crowd.alive()), flush=True)


if __name__ == "__main__":
    main()
