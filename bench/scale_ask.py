# SPDX-License-Identifier: Apache-2.0
"""What is asked of an office in bench/scale.py, and how long the answers take."""
import os, random, re, socket, time
from multiprocessing import get_context
from urllib.parse import quote

import articles

FIRST_US = int(articles.FIRST_DAY.timestamp()) * 1_000_000
SPAN_US = articles.MINUTES * 60_000_000
PREFIX = {"en": "", "zh": "/zh-CN"}


class Client:
    """One keep-alive connection that asks one thing after the other. RuntimeError: what was not answered as it should be
    (SystemExit would end a process of at_once() without a word, and it would wait for ever)."""

    def __init__(self, port):
        self.port, self.left = port, b""
        self.socket = socket.create_connection(("127.0.0.1", port), 120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def more(self):
        part = self.socket.recv(262144)
        if not part:
            raise RuntimeError("the server closed the connection")
        self.left += part

    def get(self, path):
        """Seconds until the last byte of a 200's body, and that body."""
        begin = time.perf_counter()
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
                            "User-Agent: bench-robot\r\n\r\n".encode())
        while b"\r\n\r\n" not in self.left:
            self.more()
        head, self.left = self.left.split(b"\r\n\r\n", 1)
        length = int(re.search(rb"(?i)\r\ncontent-length: (\d+)", head).group(1))
        while len(self.left) < length:
            self.more()
        seconds = time.perf_counter() - begin
        body, self.left = self.left[:length], self.left[length:]
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{path}: {head.splitlines()[0].decode()}")
        return seconds, body


def ask_all(port, paths):
    client = Client(port)
    return [(path, client.get(path)[0]) for path in paths]


def at_once(port, paths, clients=4):
    """(path, seconds) of each, asked by that many clients at once, each a process of its own."""
    shares = [paths[n::clients] for n in range(clients)]
    with get_context("fork").Pool(clients) as pool:
        return [pair for share in pool.starmap(ask_all, [(port, share) for share in shares], 1) for pair in share]


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


# --- pages ---

def moments(count, from_share=0.0, until_share=1.0, seed=5):
    """Keys of the keyset: "publish time in µs - id", spread over the years of the articles."""
    chance = random.Random(seed)
    return [f"{FIRST_US + int(SPAN_US * chance.uniform(from_share, until_share))}-1" for _ in range(count)]


def found_articles(port, column, count):
    """Addresses of articles of all years, from column pages."""
    client, out = Client(port), []
    for prefix in PREFIX.values():
        for key in moments(count // 2, 0.02):
            body = client.get(f"{prefix}{column}?before={key}")[1].decode()
            links = re.findall(rf'href="({re.escape(prefix + column)}\d+)"', body)
            out += links[:1]
    return out


def pages(port, count):
    """Addresses by kind: count different ones where there are so many, else the same again."""
    home = Client(port).get("/")[1].decode()
    column = re.search(r'href="(/[\w-]+/)\d+"', home).group(1)
    sites = list(PREFIX.values())
    last_part = max(int(n) for n in re.findall(rb"/sitemap/(\d+)<", Client(port).get("/sitemap.xml")[1]))
    return {
        "home": [f"{p}/" for p in sites] * (count // 2),
        "column": [f"{p}{column}" for p in sites] * (count // 2),
        "column, middle": [f"{p}{column}?before={key}" for p in sites for key in moments(count // 2, 0.4, 0.6)],
        "column, oldest": [f"{p}{column}?before={key}" for p in sites for key in moments(count // 2, 0.03, 0.06)],
        "article": found_articles(port, column, count),
        "feed": [f"{p}/feed.atom" for p in sites] * (count // 4) + [f"{p}{column}feed.atom" for p in sites] * (count // 4),
        "sitemap index": ["/sitemap.xml"] * (count // 4),
        "sitemap part": [f"/sitemap/{1 + n * last_part // 10 % last_part}" for n in range(count // 10)],
    }


# --- searches ---

def some(words, first, last):
    return list(dict.fromkeys(words[first:last]))


def sampled(chance, count, make):
    return [make(chance) for _ in range(count)]


def of_an_article(chance, vocabulary, size, language):
    """The title's words, or a run of its characters, of an article that is there."""
    number = chance.randrange(size)
    number -= number % 3
    number = min(number + (2 if language == "zh" else 0), max(0, size - 1))
    if language == "zh" and number % 3 != 2:
        number = 2
    return re.search(r"title: (.*) \(", articles.article(number, vocabulary)).group(1)


def searches(size, count):
    """Words by class, each (language, text)."""
    chance = random.Random(7)
    lists = dict(zip(("en", "zh"), articles.word_lists()))
    vocabulary = articles.vocabulary()
    out = {}
    for language, words in lists.items():
        frequent, middle, rare = some(words, 0, 60), some(words, 60, 2000), some(words, 5000, len(words))

        def title(c, language=language):
            return of_an_article(c, vocabulary, size, language)

        def pair(c, language=language):
            if language == "en":
                return " ".join(c.sample(title(c).lower().split(), 2))
            text = title(c)
            at = c.randrange(len(text) - 4)
            return f"{text[at:at + 2]} {text[at + 2:at + 4]}"

        def phrase(c, language=language):
            if language == "en":
                words = title(c).split()
                at = c.randrange(len(words) - 2)
                return '"%s"' % " ".join(words[at:at + c.choice([2, 3])])
            text = title(c)
            n = c.choice([3, 4, 5])
            at = c.randrange(max(1, len(text) - n))
            return text[at:at + n]

        classes = {
            "one frequent word": sampled(chance, count, lambda c: c.choice(frequent)),
            "one common word": sampled(chance, count, lambda c: c.choice(middle)),
            "one rare word": sampled(chance, count, lambda c: c.choice(rare)),
            "two frequent words": sampled(chance, count, lambda c: " ".join(c.sample(frequent, 2))),
            "frequent and rare": sampled(chance, count, lambda c: f"{c.choice(frequent)} {c.choice(rare)}"),
            "two of a title": sampled(chance, count, pair),
            "phrase of a title": sampled(chance, count, phrase),
            "phrase of frequent": sampled(chance, count, lambda c: '"%s"' % " ".join(c.sample(frequent, 2))),
        }
        if language == "en":
            classes["prefix of two"] = sampled(chance, count, lambda c: c.choice(middle)[:2] + "*")
            classes["prefix of four"] = sampled(chance, count, lambda c: c.choice(rare)[:4] + "*")
        else:
            classes["one character"] = sampled(chance, count, lambda c: c.choice(middle)[:1])
        for name, texts in classes.items():
            out[f"{language}: {name}"] = [f"{PREFIX[language]}/search?q={quote(text)}" for text in texts]
    return out


ONE_OR_TWO = ("one frequent word", "one common word", "one rare word", "two frequent words", "frequent and rare",
              "two of a title")


def one_or_two(name):
    return name.split(": ", 1)[1] in ONE_OR_TWO


def walk(port, size, count):
    """Everything that readers and robots ask for, in no order."""
    paths = [p for list in pages(port, count).values() for p in list]
    paths += [p for list in searches(size, count // 10).values() for p in list]
    random.Random(9).shuffle(paths)
    return paths
