# SPDX-License-Identifier: Apache-2.0
"""The life of `daylight serve`: start, signals, settings, end."""
import os, re, resource, signal, socket, subprocess, time

from harness import PERSON, PROGRAM, ROOT, Site, daylight, die_with_us, figure, run, site, test, until


def settings(s, change):
    path = os.path.join(s.office, "site.ini")
    text = open(path, encoding="utf-8").read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(change(text))


def status_line(s, name):
    for line in open(f"/proc/{s.server.pid}/status"):
        if line.startswith(name + ":"):
            return line.split(":")[1].strip()


@test(engines=["sqlite"])
def a_folder_is_served_once(engine):
    s = site(engine)
    done = daylight("serve", s.office, "--listen", "127.0.0.1:0", check=1)
    assert "already" in done.err and done.err.count("\n") == 1


@test(engines=["sqlite"])
def a_wrong_setting_says_file_line_and_reason_and_does_not_start(engine):
    with Site(engine, demo=False, start=False) as s:
        settings(s, lambda t: t.replace(";threads =", "threads = many\n;"))
        done = daylight("serve", s.office, check=1)
        assert re.search(r"site\.ini: line \d+: threads takes a whole number from 0 to 256, not \"many\"", done.err), done.err


@test(engines=["sqlite"])
def an_address_that_is_taken_is_said(engine):
    with Site(engine, demo=False, start=False) as s, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = daylight("serve", s.office, "--listen", f"127.0.0.1:{taken.getsockname()[1]}", check=1)
        assert str(taken.getsockname()[1]) in done.err and done.err.count("\n") == 1, done.err


@test(engines=["sqlite"])
def the_process_gives_up_what_it_does_not_need(engine):
    s = site(engine)
    assert status_line(s, "NoNewPrivs") == "1"
    limits = open(f"/proc/{s.server.pid}/limits").read()
    assert re.search(r"Max core file size\s+0\s+0", limits)
    assert status_line(s, "Umask") == "0077"


@test
def sighup_reads_the_settings_again_and_keeps_the_connections(engine):
    with Site(engine, demo=False, init=["--name", "First name"]) as s:
        connection = s.connect()
        assert "First name" in s.get("/", connection=connection).text
        settings(s, lambda t: t.replace("First name", "Second name"))
        s.server.send_signal(signal.SIGHUP)
        until(lambda: "event=reloaded" in s.said())
        assert "Second name" in s.get("/", connection=connection).text
        connection.close()


@test(engines=["sqlite"])
def a_wrong_site_ini_at_sighup_is_logged_and_the_old_one_stays(engine):
    with Site(engine, demo=False, init=["--name", "First name"]) as s:
        settings(s, lambda t: t.replace("First name", "Second name") + "\n[serve]\nnonsense = 1\n")
        s.server.send_signal(signal.SIGHUP)
        until(lambda: "event=reload_refused" in s.said())
        assert "nonsense" in s.said() and "line" in s.said()
        assert "First name" in s.get("/").text


@test(engines=["sqlite"])
def a_theme_replaces_words_at_sighup(engine):
    with Site(engine, demo=False) as s:
        folder = os.path.join(s.office, "theme", "templates")
        os.makedirs(folder)
        with open(os.path.join(folder, "error.mustache"), "w") as f:
            f.write("<!doctype html><title>ours</title><p>our own words {{error.status}}")
        s.server.send_signal(signal.SIGHUP)
        until(lambda: "event=reloaded" in s.said())
        assert s.get("/nothing-here/").text.endswith("our own words 404")


@test
def sigterm_finishes_and_ends_with_success(engine):
    with Site(engine, demo=False) as s:
        connection = s.connect()
        assert s.get("/", connection=connection).status == 200
        began = time.monotonic()
        s.stop(signal.SIGTERM)
        assert time.monotonic() - began < 15
        assert "signal=TERM" in open(s.log_path).read()
        connection.close()


@test
def views_outlive_the_server_and_kill_nine(engine):
    with Site(engine) as s:
        path = re.search(r'href="(/news/\d+)"', s.get("/news/").text).group(1)

        def count():
            return int(re.search(r"data-count[^>]*>([\d,]+)<", s.get(path, PERSON).text).group(1).replace(",", ""))
        for _ in range(20):
            assert s.get(path, PERSON).status == 200
        time.sleep(1.1)
        before = count()
        s.stop(signal.SIGKILL, status=-signal.SIGKILL)
        s.start()
        assert count() == before + 1


@test(engines=["sqlite"])
def it_listens_on_a_unix_socket_and_on_inherited_ones(engine):
    with Site(engine, demo=False, start=False) as s:
        path = os.path.join(s.folder, "web.sock")
        process = subprocess.Popen([PROGRAM, "serve", s.office, "--listen", f"unix:{path}"], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, preexec_fn=die_with_us)
        assert path in process.stdout.readline().decode()
        with socket.socket(socket.AF_UNIX) as c:
            c.connect(path)
            c.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert c.makefile("rb").readline().startswith(b"HTTP/1.1 200")
        process.terminate()
        assert process.wait(30) == 0
        process.stdout.close()
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            number = listening.fileno()
            process = subprocess.Popen([PROGRAM, "serve", s.office, "--listen", f"fd:{number}"], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, pass_fds=[number], preexec_fn=die_with_us)
            assert b"fd:" in process.stdout.readline()
            with socket.create_connection(listening.getsockname(), timeout=10) as c:
                c.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                assert c.makefile("rb").readline().startswith(b"HTTP/1.1 200")
            process.terminate()
            assert process.wait(30) == 0
            process.stdout.close()


@test(engines=["sqlite"])
def the_service_manager_is_told(engine):
    with Site(engine, demo=False, start=False) as s, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        path = os.path.join(s.folder, "notify")
        manager.bind(path)
        manager.settimeout(30)
        process = subprocess.Popen([PROGRAM, "serve", s.office, "--listen", "127.0.0.1:0"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env={**os.environ, "NOTIFY_SOCKET": path},
                                   preexec_fn=die_with_us)
        assert b"READY=1" in manager.recv(4096)
        process.send_signal(signal.SIGHUP)
        assert b"RELOADING=1" in manager.recv(4096)
        assert b"READY=1" in manager.recv(4096)
        process.terminate()
        assert b"STOPPING=1" in manager.recv(4096)
        assert process.wait(30) == 0


@test(engines=["sqlite"])
def more_values_than_an_address_may_hold_are_refused_at_once_however_many(engine):
    s = site(engine)
    for count, status in ((64, 200), (65, 400), (66, 400), (67, 400), (370, 400), (500, 400)):
        answer = s.get("/search?" + "&".join(f"a{i}=1" for i in range(count)))
        assert answer.status == status, (count, answer.status)
        assert status == 200 or "more than 64 values" in answer.text
    assert s.get("/search?" + "&" * 3000 + "q=harbour").status == 400  # nothing is left out unsaid
    assert s.form("/reader?" + "&" * 3000, {"colour": "blue"}).status == 400
    for count in (1000, 1500, 2600, 3000):  # 7 to 22 KB: too long as well, and that is told
        answer = s.get("/search?" + "&".join(f"a{i}=1" for i in range(count)))
        assert answer.status == 414 and "longer than 4 KB" in answer.text, (count, answer.status)


@test(engines=["sqlite"])
def what_was_wrong_with_a_request_is_told_in_the_language_of_its_page(engine):
    s = site(engine)
    for path, english, chinese in (("/search?from=yesterday", "“from” does not have a value", "参数“from”的值无法识别"),
                                   ("/search?q=a&q=b", "“q” is given twice", "参数“q”重复出现"),
                                   ("/search?" + "&" * 70, "more than 64 values", "参数超过 64 个")):
        for prefix, words in (("", english), ("/zh-CN", chinese)):
            answer = s.get(prefix + path)
            assert answer.status == 400 and words in answer.text, (prefix + path, answer.status)


@test
def a_page_that_is_not_there_shows_the_columns_too(engine):
    s = site(engine)
    for path, status, name in (("/nothing/here", 404, "Notices"), ("/zh-CN/nothing", 404, "新闻"), ("/%zz", 400, "Notices"),
                               ("/search?q=a&q=b", 400, "Notices")):
        answer = s.get(path)
        menu = re.search(r'<nav class="columns".*?</nav>', answer.text, re.S)
        assert answer.status == status and menu and name in menu.group(), (path, answer.status, menu)


@test(engines=["sqlite"])
def every_refusal_in_the_source_has_its_sentence_and_every_sentence_its_refusal(engine):
    used = set()
    for folder, _, names in os.walk(os.path.join(ROOT, "src")):
        for name in (n for n in names if n.endswith(".c")):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                used.update(re.findall(r"(?:err_refuse\(\w+|request_refused\(req), ERR_\w+,\s*\"(\w+)\"", f.read()))
    for language in ("en", "zh-CN"):
        with open(os.path.join(ROOT, "locale", language + ".ini"), encoding="utf-8") as f:
            section = f.read().split("\n[refused]\n")[1].split("\n[")[0]
        written = {line.split(" = ")[0] for line in section.splitlines() if " = " in line}
        assert len(used) > 15 and used == written, (language, used ^ written)


def all_of(port, request):
    """What comes back until the other side closes; None when it stays open."""
    with socket.create_connection(("127.0.0.1", port), timeout=3) as c:
        c.sendall(request)
        got = b""
        try:
            while piece := c.recv(65536):
                got += piece
        except socket.timeout:
            return None
        return got


SECOND = b"GET /robots.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@test(engines=["sqlite"])
def a_head_that_proxies_may_read_otherwise_is_refused_and_nothing_behind_it_is_a_request(engine):
    get, post = b"GET /healthz HTTP/1.1\r\nHost: a\r\n", b"POST /reader HTTP/1.1\r\nHost: a\r\n"
    assert all_of(site(engine).port, get + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200 ")
    assert all_of(site(engine).port, get + b"Empty:\r\nX: \ta \r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 200 ")
    assert all_of(site(engine).port, b"GET /healthz HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")
    for head in (
            get + b": x\r\n", get + b":\r\n", get + b"\0Content-Length: 5\r\n", post + b":\r\nContent-Length: %d\r\n\r\n" % len(SECOND),
            post + b"Content-Length:\r\n %d\r\n\r\n" % len(SECOND), post + b"Content-Length: 0\0%d\r\n\r\n" % len(SECOND),
            post + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", get + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            get + b"X: a\n\r\n", b"GET /healthz HTTP/1.1\nHost: a\n\n", b"GET /healthz HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n",
            get + b"X: a\r\n b\r\n\r\n"):
        answer = all_of(site(engine).port, head + SECOND)
        assert answer and answer.startswith(b"HTTP/1.1 400 ") and answer.count(b"HTTP/1.1 ") == 1, (head, answer)
        assert b"A line of the request" in answer and b"User-agent" not in answer, (head, answer)


@test(engines=["sqlite"])
def addresses_with_a_space_and_requests_without_a_host_are_refused_in_words(engine):
    for request, said in (
            (b"GET /hea lthz HTTP/1.1\r\nHost: a", b"not written as addresses are"),
            (b"GET /search?q=a b HTTP/1.1\r\nHost: a", b"not written as addresses are"),
            (b"GET  /healthz  HTTP/1.1\r\nHost: a", b"not written as addresses are"),
            (b"GET /he\0althz HTTP/1.1\r\nHost: a", b"not written as addresses are"),
            (b"GET /healthz HTTP/1.1", b"does not say which host")):
        answer = all_of(site(engine).port, request + b"\r\nConnection: close\r\n\r\n")
        assert answer and answer.startswith(b"HTTP/1.1 400 ") and said in answer, (request, answer)
        assert b"Content-Security-Policy" in answer, request


def over_unix(path):
    c = socket.socket(socket.AF_UNIX)
    c.settimeout(10)
    c.connect(path)
    return c


def healthy(c):
    """Asks, and whether it was answered; the connection stays open."""
    c.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    return c.recv(4096).startswith(b"HTTP/1.1 200")


@test(engines=["sqlite"])
def as_many_connections_as_are_set_are_open_over_all_listeners_and_the_oldest_silent_makes_room(engine):
    with Site(engine, start=False) as s:
        with open(os.path.join(s.office, "site.ini"), "a") as f:
            f.write("\n[serve]\nconnections = 6\nthreads = 2\n")
        path = os.path.join(s.folder, "socket")
        s.start("--listen", f"unix:{path}")
        held = []
        for i in range(10):
            c = over_unix(path) if i % 2 else socket.create_connection(("127.0.0.1", s.port), timeout=10)
            assert healthy(c), i
            held.append(c)
            time.sleep(0.02)
        for c in held[:4]:
            assert c.recv(1) == b"", "it was to make room"
        for c in held[4:]:
            assert healthy(c)
        assert figure(s, "daylight_connections_displaced_total") == 5  # the one that asks is a newcomer again
        until(lambda: "connections_crowded" in s.said())
        time.sleep(1.5)
        assert s.said().count("connections_crowded") == 1  # a line a minute
        for c in held:
            c.close()


@test(engines=["sqlite"])
def a_server_that_may_open_few_files_says_so_and_takes_fewer_connections(engine):
    with Site(engine, start=False) as s:
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        for soft, hard, fewer in ((300, limits[1], limits[1] < 16384 + 512), (300, 2000, True)):
            s.start(limit_files=(soft, hard))
            with open(f"/proc/{s.server.pid}/limits", encoding="ascii") as f:
                now = int(re.search(r"Max open files +(\d+)", f.read()).group(1))
            assert now == min(hard, 16384 + 512), now
            assert s.get("/").status == 200
            assert ("few_files" in s.said()) == fewer, s.said()
            s.stop()


@test(engines=["sqlite"])
def who_comes_while_no_descriptor_is_left_waits_and_is_served_then(engine):
    with Site(engine) as s:
        open_now = len(os.listdir(f"/proc/{s.server.pid}/fd"))
        resource.prlimit(s.server.pid, resource.RLIMIT_NOFILE, (open_now + 10, open_now + 10))
        held = [socket.create_connection(("127.0.0.1", s.port), timeout=20) for _ in range(30)]
        until(lambda: "connections_wait" in s.said())
        for c in held[:20]:
            c.close()
        for c in held[20:]:
            c.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert c.recv(4096).startswith(b"HTTP/1.1 200 "), "it waited, and is served"
            c.close()
        assert s.said().count("connections_wait") == 1  # a line a minute


run()
