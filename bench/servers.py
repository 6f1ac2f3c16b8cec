# SPDX-License-Identifier: Apache-2.0
"""The servers that are measured, each with its own folder and port, ended with the bench; and wrk."""
import ctypes, http.client, json, os, re, signal, socket, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def keep_results(where, rows):
    """Adds the rows, by name, to those that other programs left in the file."""
    kept = {}
    if os.path.exists(where):
        with open(where, encoding="utf-8") as f:
            kept = json.load(f)
    with open(where, "w", encoding="utf-8") as f:
        json.dump({**kept, **rows}, f, indent=2)
        f.write("\n")


def must(true, what):
    if not true:
        sys.exit(f"{os.path.basename(sys.argv[0])}: {what}")


def die_with_us(death=signal.SIGKILL):
    ctypes.CDLL(None).prctl(1, death)  # PR_SET_PDEATHSIG


def start(words, death=signal.SIGKILL, **more):
    return subprocess.Popen([str(w) for w in words], preexec_fn=lambda: die_with_us(death), **more)


def ended(process):
    """Waits for a process: its exit code, and what it used (resource.getrusage())."""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, seconds=20):
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def children(pid):
    out = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as f:
            out += [int(p) for p in f.read().split()]
    return out


def cpu_us(pid):
    """Of all threads of a process and of its children that live, user and system."""
    us = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat") as f:
            us += int(f.read().split()[0]) / 1000
    return us + sum(cpu_us(child) for child in children(pid))


def resident_kb(pid):
    with open(f"/proc/{pid}/status") as f:
        own = int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))
    return own + sum(resident_kb(child) for child in children(pid))


def wrk(port, path, seconds, headers=(), stop=False, threads=1, connections=64, rest_ms=0, patience=2):
    """Figures of one run. stop: ends each connection with an answered request, so that wrk's number is exact; slower.
    rest_ms: how long each connection rests between two requests, on average.
    patience: seconds until an answer that did not come is an error."""
    script = "reading_stop.lua" if stop else "reading_rest.lua" if rest_ms else "reading.lua"
    time_over = ["-s", os.path.join(HERE, script)]
    # wrk takes whole seconds only; a stopping run needs one more in which nothing is asked
    words = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{max(1, round(seconds)) + (2 if stop else 0)}",
             f"--timeout={patience}s", *time_over, f"http://127.0.0.1:{port}{path}", "--", *headers]
    done = subprocess.run(words, capture_output=True, text=True, preexec_fn=die_with_us,
                          env={**os.environ, "DAYLIGHT_REST_MS": str(rest_ms)})
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise SystemExit(f"wrk failed: {done.stdout}{done.stderr}")
    return json.loads(lines[-1])


class Server:
    process, port = None, 0

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def get(self, path, headers=()):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        c.request("GET", path, headers=dict(headers))
        r = c.getresponse()
        body = r.read()
        c.close()
        return r, body

    def header(self, path, name):
        return self.get(path, {"Accept-Encoding": "gzip"})[0].getheader(name)

    def body(self, path):
        return self.get(path, {"Accept-Encoding": "gzip"})[1]

    def raw_answer(self, path):
        """The bytes on the wire, as a robot is answered: it counts no view."""
        with socket.create_connection(("127.0.0.1", self.port)) as s:
            s.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept-Encoding: gzip\r\n"
                      "User-Agent: bench-robot\r\nConnection: close\r\n\r\n".encode())
            data = b""
            while more := s.recv(65536):
                data += more
        head, body = data.split(b"\r\n\r\n", 1)
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        return b"\r\n".join(lines) + b"\r\n\r\n" + body


class Daylight(Server):
    def __init__(self, program, folder, demo=True, **settings):
        self.port, self.views_before = free_port(), 0
        subprocess.run([program, "init", folder, "--host", f"127.0.0.1:{self.port}"] + (["--demo"] if demo else []),
                       check=True, stdout=subprocess.DEVNULL)
        path = os.path.join(folder, "site.ini")
        with open(path) as f:
            text = f.read()
        for key, value in settings.items():
            text, n = re.subn(rf"(?m)^;{key} =.*$", f"{key} = {value}", text)
            assert n == 1, key
        with open(path, "w") as f:
            f.write(text)
        self.process = start([program, "serve", folder, "--listen", f"127.0.0.1:{self.port}"], stdout=subprocess.DEVNULL)
        wait_for(self.port)

    def views(self):
        """People's views since views_before, by the server's own count."""
        _, body = self.get("/metrics")
        return int(re.search(rb'daylight_views_total\{kind="person"\} (\d+)', body).group(1)) - self.views_before

    def wait_for_views(self, n):
        """What is still on its way when wrk is gone is answered within moments."""
        until = time.monotonic() + 5
        while self.views() < n and time.monotonic() < until:
            time.sleep(0.05)

    def shown_count(self, path):
        """The number in the page, asked for by one more person, more than a second after the last."""
        time.sleep(1.2)
        text = self.get(path, PERSON)[1].decode()
        return int(re.sub(r"\D", "", re.search(r"<b data-count[^>]*>([^<]*)</b>", text).group(1)))


class Floor(Server):
    def __init__(self, program, folder, answer):
        path = os.path.join(folder, "answer")
        with open(path, "wb") as f:
            f.write(answer)
        self.process = start([program, path], stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())


NGINX = """daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log error;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    access_log off; sendfile off; keepalive_requests 1000000000;
    open_file_cache max=1000 inactive=3600s; open_file_cache_valid 3600s; server_tokens off;
    gzip_static on; default_type "text/html; charset=utf-8";
    server {{ listen 127.0.0.1:{port} backlog=1024; root {folder}/root; {headers} }}
}}
"""


class Nginx(Server):
    OWN = ("date", "server", "content-type", "content-length", "content-encoding", "etag", "connection", "last-modified")

    def __init__(self, folder, answer, path, headers=True):
        target = os.path.join(folder, "root" + path)
        os.makedirs(os.path.dirname(target))
        head, body = answer.split(b"\r\n\r\n", 1)
        for name, data in ((target, b"only gzip is asked for here"), (target + ".gz", body)):
            with open(name, "wb") as f:
                f.write(data)
        pairs = [line.decode().split(": ", 1) for line in head.split(b"\r\n")[1:]]
        lines = [f"add_header {k} \"{v}\";" for k, v in pairs if headers and k.lower() not in self.OWN]
        os.chmod(os.path.dirname(folder), 0o755)
        self.port = free_port()
        conf = os.path.join(folder, "nginx.conf")
        with open(conf, "w") as f:
            f.write(NGINX.format(folder=folder, port=self.port, headers=" ".join(lines)))
        program = next(p for p in ("/usr/sbin/nginx", "/usr/bin/nginx", "nginx") if p == "nginx" or os.path.exists(p))
        self.process = start([program, "-p", folder, "-c", conf, "-e", os.path.join(folder, "error.log")])
        wait_for(self.port)
