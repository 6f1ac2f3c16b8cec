#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a right-to-left pseudo language from locale/en.ini: pseudo_locale.py OUT.ini [EN.ini]

Every literal run of words is put between U+202E and U+202C, so that it reads from right to left; arguments, plural
choices and '#' stay as they are. Served as "ar-XB", whatever on a page is not between these marks was either written
by the office, or is a string that somebody hard-wired. With --check PAGE.html… it prints such strings instead of writing
a language; words inside elements marked lang=… of another language, numbers and punctuation are the office's own."""
import html.parser, os, re, sys

OPEN, SHUT = "\u202e", "\u202c"
HERE = os.path.dirname(os.path.abspath(__file__))

def literal(text):
    """Marks a run of text, leaving the white space around it."""
    core = text.strip()
    if not re.search(r"\w", core):
        return text
    start = text.index(core)
    return text[:start] + OPEN + core + SHUT + text[start + len(core):]

def message(text, at=0, plural=False, nested=False):
    """The message from `at` to its end, or to the brace that closes it; gives (marked, where it ended)."""
    out, run = [], ""
    while at < len(text):
        c = text[at]
        if c == "{":
            out.append(literal(run))
            run = ""
            marked, at = argument(text, at)
            out.append(marked)
            continue
        if c == "}" and nested:
            break
        if c == "#" and plural:
            out.append(literal(run) + "#")
            run = ""
        else:
            run += c
        at += 1
    out.append(literal(run))
    return "".join(out), at

def argument(text, at):
    """{name}, {name, number}, {name, plural, one {…} other {…}}; `at` is on the brace."""
    head = re.compile(r"\{\s*\w+\s*(,\s*(\w+)\s*)?").match(text, at)
    kind, at, out = head.group(2), head.end(), head.group(0)
    while text[at] != "}":
        if text[at] == "{":
            marked, at = message(text, at + 1, plural=kind in ("plural", "selectordinal"), nested=True)
            out += "{" + marked + "}"
            at += 1
        else:
            out += text[at]
            at += 1
    return out + "}", at + 1

def translate(source):
    for line in source.splitlines():
        if "=" in line and not line.lstrip().startswith((";", "[")):
            key, _, value = line.partition("=")
            line = key + "= " + message(value.strip())[0]
        yield line

class Unmarked(html.parser.HTMLParser):
    """Collects text and spoken attributes of the page's language that stand outside the marks."""
    VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
    SPOKEN = {"alt", "aria-label", "title", "placeholder", "data-done", "data-stop"}

    def __init__(self):
        super().__init__()
        self.stack, self.found, self.language = [], [], None

    def note(self, text, where):
        rest = re.sub(OPEN + "[^" + SHUT + "]*" + SHUT, "", text)
        if re.search(r"[^\W\d_]", rest):
            self.found.append((self.getpos()[0], where, " ".join(text.split())))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "html":
            self.language = attributes.get("lang")
        own = attributes.get("lang", self.stack[-1][1] if self.stack else self.language)
        if tag not in self.VOID:
            self.stack.append((tag, own))
        if own == self.language and tag not in ("link", "meta"):
            for name in self.SPOKEN & set(attributes):
                self.note(attributes[name] or "", f"{tag} {name}")

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        inside = [tag for tag, _ in self.stack]
        if self.stack and self.stack[-1][1] == self.language and not {"script", "style"} & set(inside):
            self.note(data, inside[-1])

def main(arguments):
    if arguments[:1] == ["--check"]:
        bad = 0
        for path in arguments[1:]:
            page = Unmarked()
            page.feed(open(path, encoding="utf-8").read())
            for line, where, text in page.found:
                print(f"{path}:{line}: {where}: {text}")
                bad += 1
        return 1 if bad else 0
    source = arguments[1] if len(arguments) > 1 else os.path.join(HERE, "..", "locale", "en.ini")
    text = "\n".join(translate(open(source, encoding="utf-8").read())) + "\n"
    with open(arguments[0], "w", encoding="utf-8") as out:
        out.write(text)
    return 0

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
