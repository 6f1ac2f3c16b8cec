# SPDX-License-Identifier: Apache-2.0
"""The public ledger over the wire: what log clients get, how long they may keep it, and what can be proven with it. The
tree's arithmetic is written here once more, from RFC 6962 and C2SP tlog-tiles."""
import base64, hashlib, hmac, json, os, re, shutil, socket, subprocess, tempfile, threading

from harness import Site, Skip, daylight, run, site, test, until

FOREVER = "public, max-age=31536000, immutable"


# --- a reader of the formats ---

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(entry):
    return sha256(b"\0", entry)


def node_hash(left, right):
    return sha256(b"\1", left, right)


def root_of(leaves):
    """MTH of RFC 6962 2.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(root_of(leaves[:k]), root_of(leaves[k:]))


class Checkpoint:
    def __init__(self, note):
        self.text, _, self.signatures = note.rpartition("\n\n")
        self.text += "\n"
        self.origin, size, root = self.text.split("\n")[:3]
        self.size, self.root = int(size), base64.b64decode(root)


def checkpoint(s, connection=None):
    return Checkpoint(s.get("/ledger/checkpoint", connection=connection).text)


def tile_path(level, n, width=256):
    groups = re.findall("...", f"{n:0{-(-len(str(n)) // 3) * 3}d}")
    return f"/ledger/tile/{level}/" + "/".join([f"x{g}" for g in groups[:-1]] + groups[-1:]) + (f".p/{width}" if width < 256 else "")


def bundle(bytes_):
    entries = []
    while bytes_:
        n = int.from_bytes(bytes_[:2], "big")
        entries.append(bytes_[2:2 + n])
        bytes_ = bytes_[2 + n:]
    return entries


def all_entries(s, size, connection=None):
    entries = []
    for n in range(-(-size // 256)):
        answer = s.get(tile_path("entries", n, min(256, size - n * 256)), connection=connection)
        assert answer.status == 200, answer.text
        entries += bundle(answer.body)
    assert len(entries) == size
    return entries


def fields(entry):
    lines = entry.decode().split("\n")
    assert lines[0] == "daylight/v1" and lines[-1] == "" and len(lines) == 8, entry
    return {"type": lines[1], "day": lines[2], **dict(line.split(" ", 1) for line in lines[3:7])}


def commitment(opening):
    """C of an opening, each part's hash recomputed where its value is there."""
    key, hashes = base64.b64decode(opening["key"]), []
    for i, part in enumerate(opening["parts"]):
        value = part["value"].encode()
        salt = hmac.new(key, b"salt" + i.to_bytes(4, "big"), "sha256").digest()
        hashes.append(sha256(b"daylight/part/v1\0", salt, i.to_bytes(4, "big"), len(value).to_bytes(8, "big"), value))
        assert base64.b64encode(hashes[-1]).decode() == part["hash"], part["name"]
    return sha256(b"daylight/document/v1\0", len(hashes).to_bytes(4, "big"), *hashes)


# --- offices ---

big = {}


def many(engine, n=300):
    """An office whose tree has a full tile: shared by those who only read."""
    if engine not in big:
        s = Site(engine, start=False)
        page = os.path.join(s.folder, "pages")
        os.mkdir(page)
        for i in range(n):
            with open(os.path.join(page, f"{i:03}.md"), "w") as f:
                f.write(f"---\ntitle: Notice number {i}\nlanguage: en\n---\n\nThe text of notice number {i} is this and nothing else.\n")
        s.daylight("import", "--publish", "--column", "notices", *sorted(os.path.join(page, p) for p in os.listdir(page)), check=0)
        s.start()
        big[engine] = s
    return big[engine]


def article(s, column="news"):
    return re.search(rf'href="(/{column}/\d+)"', s.get(f"/{column}/").text).group(1)


def office(engine):
    """The shared one, as soon as its first checkpoint is signed."""
    s = site(engine)
    until(lambda: s.get("/ledger/checkpoint").status == 200)
    return s


# --- for programs ---

@test
def a_checkpoint_is_fresh_each_time_and_asked_for_with_its_tag(engine):
    s = office(engine)
    answer = s.get("/ledger/checkpoint")
    assert answer.status == 200 and answer.header("Content-Type") == "text/plain; charset=utf-8"
    assert answer.header("Cache-Control") == "no-cache" and answer.header("Access-Control-Allow-Origin") == "*"
    again = s.get("/ledger/checkpoint", {"If-None-Match": answer.header("ETag")})
    assert again.status == 304 and again.header("Access-Control-Allow-Origin") == "*"
    assert s.ask("HEAD", "/ledger/checkpoint").header("Content-Length") == str(len(answer.body))


@test
def the_root_is_what_the_entries_give(engine):
    s = many(engine)
    connection = s.connect()
    c = checkpoint(s, connection)
    entries = all_entries(s, c.size, connection)
    assert root_of([leaf_hash(e) for e in entries]) == c.root
    assert c.size > 256 and fields(entries[0])["type"] == "key"
    level0 = s.get(tile_path(0, 0), connection=connection).body
    assert level0 == b"".join(leaf_hash(e) for e in entries[:256])
    level1 = s.get(tile_path(1, 0, 1), connection=connection).body
    assert level1 == root_of([leaf_hash(e) for e in entries[:256]])
    connection.close()


@test
def tiles_are_kept_for_ever_and_read_by_everybody(engine):
    s = many(engine)
    c = checkpoint(s)
    for path in (tile_path(0, 0), tile_path("entries", 0), tile_path(0, 1, c.size - 256), tile_path("entries", 1, 1), tile_path(1, 0, 1)):
        answer = s.get(path)
        assert answer.status == 200, path
        assert answer.header("Content-Type") == "application/octet-stream", path
        assert answer.header("Cache-Control") == FOREVER and answer.header("Access-Control-Allow-Origin") == "*", path
        assert s.get(path, {"If-None-Match": answer.header("ETag")}).status == 304, path
        assert s.get(path).body == answer.body, path


@test
def partial_tiles_are_prefixes_of_every_width_so_far(engine):
    s = many(engine)
    for level, n, step in ((0, 0, 32), (0, 1, 32)):
        full = min(256, checkpoint(s).size - n * 256)
        whole = s.get(tile_path(level, n, full)).body
        for width in (1, 2, full // 2, full - 1):
            assert s.get(tile_path(level, n, width)).body == whole[:width * step], (n, width)
    entries = bundle(s.get(tile_path("entries", 0)).body)
    assert bundle(s.get(tile_path("entries", 0, 77)).body) == entries[:77]


@test
def what_is_not_there_is_not_found_and_nobody_keeps_that(engine):
    s = many(engine)
    c = checkpoint(s)
    wrong = ["0/0", "0/00", "0/0000", "00/000", "0/000.p/0", "0/000.p/256", "0/000.p/01", "0/000/", "0/x000/000", "0/-01", "64/000", "0/001", "2/000.p/1",
             "entries/001", "entries/x001/000", "data/000", "0/000.p", "0/000.p/", "0/000.p/1/2", "e/000", "0/%30%30%30x", "entries/000.p/999",
             f"0/001.p/{c.size - 256 + 1}", f"entries/001.p/{c.size - 256 + 1}", "0/999", "x/y/z"]
    for path in [f"/ledger/tile/{w}" for w in wrong] + [f"/ledger/proof/{c.size}", "/ledger/proof/99999999999999999", "/ledger/tile/" + "0" * 600]:
        answer = s.get(path)
        assert answer.status == 404, (path, answer.status)
        assert "ETag" not in answer.headers, path
        if "0" * 600 not in path:
            assert "Cache-Control" not in answer.headers and answer.header("Access-Control-Allow-Origin") == "*", (path, str(answer.headers))
            assert answer.header("Content-Type") == "text/plain; charset=utf-8" and answer.text.count("\n") == 1, path
    assert s.ask("POST", "/ledger/checkpoint").status == 405


@test
def a_path_in_another_spelling_is_decoded_once_and_is_the_same_tile(engine):
    s = office(engine)
    size = checkpoint(s).size
    assert s.get(tile_path(0, 0, size).replace("tile", "t%69le")).body == s.get(tile_path(0, 0, size)).body
    assert s.get("/ledger/tile/0/../../../site.ini").status in (400, 404)
    assert s.get("/ledger/tile/0/%2e%2e/site.ini").status in (400, 404)


@test
def a_proof_file_proves_its_entry(engine):
    s = many(engine)
    c = checkpoint(s)
    entries = all_entries(s, c.size)
    for index in (0, 1, 255, 256, c.size - 1):
        answer = s.get(f"/ledger/proof/{index}")
        assert answer.status == 200 and answer.header("Access-Control-Allow-Origin") == "*"
        assert re.fullmatch(rf'attachment; filename="[a-z0-9.-]+-{index}\.tlog-proof"', answer.header("Content-Disposition"))
        head, _, note = answer.text.partition("\n\n")
        lines = head.split("\n")
        assert lines[0] == "c2sp.org/tlog-proof@v1" and lines[1] == f"index {index}", lines[:2]
        covered = Checkpoint(note)
        fn, sn, r = index, covered.size - 1, leaf_hash(entries[index])
        for p in [base64.b64decode(line) for line in lines[2:]]:  # RFC 9162 2.1.3.2
            assert sn != 0
            if fn & 1 or fn == sn:
                r = node_hash(p, r)
                while not fn & 1 and fn:
                    fn, sn = fn >> 1, sn >> 1
            else:
                r = node_hash(r, p)
            fn, sn = fn >> 1, sn >> 1
        assert sn == 0 and r == covered.root


@test
def two_hundred_clients_at_once_get_all_of_it(engine):
    s = many(engine)
    c = checkpoint(s)
    wanted = {tile_path("entries", 0): None, tile_path(0, 0): None, tile_path("entries", 1, c.size - 256): None, "/ledger/checkpoint": None}
    for path in wanted:
        wanted[path] = s.get(path).body
    problems, gate = [], threading.Barrier(200)

    def client():
        try:
            gate.wait(30)
            connection = s.connect(60)
            for _ in range(3):
                for path, body in wanted.items():
                    answer = s.get(path, connection=connection)
                    if answer.status != 200 or answer.body != body:
                        problems.append((path, answer.status))
            connection.close()
        except Exception as e:
            problems.append(repr(e))
    clients = [threading.Thread(target=client) for _ in range(200)]
    for t in clients:
        t.start()
    for t in clients:
        t.join(120)
    assert not problems, problems[:5]


@test(engines=["sqlite"])
def the_recipe_on_the_auditors_page_verifies_the_signature(engine):
    if not shutil.which("openssl") or not shutil.which("curl"):
        raise Skip("openssl or curl is missing")
    s = office(engine)
    page = s.get("/ledger/about").text
    recipe = re.search(r'<code id="recipe">(.*?)</code>', page, re.S).group(1).replace("&gt;", ">").replace("&#39;", "'").replace("&quot;", '"').replace("&amp;", "&")
    recipe = re.sub(r"https?://[^/ ]+/ledger", f"http://127.0.0.1:{s.port}/ledger", recipe)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["sh", "-ec", recipe], cwd=folder, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and "Signature Verified Successfully" in done.stdout, done.stdout + done.stderr
        bent = recipe.replace("openssl", "sed -i s/ledger/ledgen/ signed\nopenssl")
        assert subprocess.run(["sh", "-ec", bent], cwd=folder, capture_output=True, timeout=60).returncode != 0


# --- for people ---

@test
def the_ledgers_pages_come_out_in_both_languages(engine):
    s = office(engine)
    for prefix in ("", "/zh-CN"):
        for path in ("/ledger/", "/ledger/entry/0", "/ledger/incidents", "/ledger/about"):
            answer = s.get(prefix + path)
            assert answer.status == 200 and answer.header("Cache-Control") == "no-cache", (path, answer.status)
            assert "Access-Control-Allow-Origin" not in answer.headers
    assert s.get("/ledger").status == 301 and s.get("/ledger").header("Location") == "/ledger/"
    assert s.get("/ledger/entry/99999").status == 404


@test
def entries_are_walked_to_the_first_without_a_gap(engine):
    s = many(engine)
    size, path, seen = checkpoint(s).size, "/ledger/", []
    while path:
        page = s.get(path).text
        seen += [int(n.replace(",", "")) for n in re.findall(r'<li><a href="/ledger/entry/\d+">([\d,]+)</a>', page)]
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older.group(1).replace("&amp;", "&") if older else None
    assert seen == list(range(size - 1, -1, -1))


@test
def the_opening_of_an_article_gives_what_its_entry_holds(engine):
    s = office(engine)
    path = article(s)
    answer = s.get(path + "/proof.json")
    assert answer.status == 200 and answer.header("Access-Control-Allow-Origin") == "*"
    opening = json.loads(answer.text)
    assert opening["format"] == "daylight/opening/v1"
    entries = all_entries(s, checkpoint(s).size)
    entry = fields(entries[opening["index"]])
    assert entry["type"] == opening["type"] == "publish"
    assert base64.b64decode(entry["commit"]) == commitment(opening)
    title = next(p["value"] for p in opening["parts"] if p["name"] == "title")
    assert title in s.get(path).text.replace("&#39;", "'").replace("&amp;", "&")


def import_text(s, title, text, *words):
    page = f"---\nkey: a-text-of-the-test\ntitle: {title}\nlanguage: en\ncolumn: news\n---\n\n{text}\n"
    said = s.daylight("import", "--publish", *words, "-", stdin=page.encode(), check=0).out
    return re.search(r"/news/\d+", said).group(0)


@test
def each_act_has_its_proof_and_an_earlier_text_is_shown_with_it(engine):
    with Site(engine, demo=False) as s:
        path = import_text(s, "Gates close", "The gates close at half past six in the evening, and open at five.")
        import_text(s, "Gates close", "The gates close at seven in the evening, and open at five.")
        until(lambda: s.get("/ledger/checkpoint").status == 200)
        page = s.get(path + "/proof")
        assert page.status == 200 and "Corrected" in page.text and f'href="{path}/proof/1"' in page.text
        assert "half past six" not in page.text
        first = s.get(path + "/proof/1").text
        assert "half past six" in first and 'data-part="body"' in first and f'data-shown="{path}/proof/1"' in first
        openings = [json.loads(s.get(f"{path}/proof/{n}.json").text) for n in (1, 2)]
        assert [o["type"] for o in openings] == ["publish", "correct"]
        entries = all_entries(s, checkpoint(s).size)
        for o in openings:
            assert base64.b64decode(fields(entries[o["index"]])["commit"]) == commitment(o)
        assert fields(entries[openings[1]["index"]])["ref"] == str(openings[0]["index"])
        assert f'href="{path}/proof/1"' in s.get(path + "/changes").text
        assert f'href="{path}/proof/2"' in s.get(path + "/changes/2").text
        assert f'href="{path}/proof/1"' in s.get(f"/ledger/entry/{openings[0]['index']}").text
        number = path.rsplit("/", 1)[1]
        for wrong in ("/proof/0", "/proof/3", "/proof/3.json", "/proof/01.json", "/proof/1.jso", "/proof/x"):
            assert s.get(path + wrong).status == 404, wrong
        assert s.get(f"/notices/{number}/proof/1").header("Location") == f"{path}/proof/1"
        assert s.get(f"/notices/{number}/proof.json").header("Location") == f"{path}/proof.json"


@test
def a_withdrawn_page_proves_its_withdrawal_and_keeps_its_text_to_itself(engine):
    with Site(engine, demo=False) as s:
        path = import_text(s, "Gates close", "The gates close at half past six in the evening, and open at five.")
        s.daylight("article withdraw", path.rsplit("/", 1)[1], "--reason", "It named the wrong gate.", check=0)
        assert s.get(path).status == 410 and f'href="{path}/proof"' in s.get(path).text
        page = s.get(path + "/proof")
        assert page.status == 200 and "Withdrawn" in page.text
        opening = json.loads(s.get(path + "/proof.json").text)
        assert opening["type"] == "withdraw" and opening["parts"][-1]["value"] == "It named the wrong gate."
        entry = fields(all_entries(s, checkpoint(s).size)[opening["index"]])
        assert base64.b64decode(entry["commit"]) == commitment(opening)
        first = s.get(path + "/proof/1.json")
        assert json.loads(first.text)["key"] is None and "half past six" not in first.text
        assert "half past six" not in s.get(path + "/proof/1").text


run()
