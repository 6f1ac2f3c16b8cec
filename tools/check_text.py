#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What every file that git knows must have. check_text.py [ROOT]

An SPDX line first (in files of code), UTF-8, no white space at a line's end, one line end at the file's, no tabs but in
Makefiles, and no TODO without an issue's number."""
import os, re, subprocess, sys

CODE = (".c", ".h", ".py", ".sh", ".js", ".mjs", ".css", ".go")
SKIPPED = ("tests/browser/package-lock.json", "tests/ledger/package-lock.json", "LICENSE")
# What tests and fuzzers read is what it is.
RAW = ("tests/data/", "tests/fuzz/corpus/", "tests/issue/")


def faults(root):
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=root, check=True, capture_output=True, text=True)
    for path in sorted(set(listed.stdout.split("\n"))):
        full = os.path.join(root, path)
        if not path or not os.path.isfile(full) or path in SKIPPED or path.startswith(RAW):
            continue
        data = open(full, "rb").read()
        if b"\0" in data:
            continue  # a picture
        yield from judged(path, data)


def judged(path, data):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        yield f"{path}: is not UTF-8 (byte {e.start})"
        return
    lines = text.split("\n")
    head = lines[1:2] if lines[0].startswith("#!") else lines[:1]
    if path.endswith(CODE) and not any("SPDX-License-Identifier: Apache-2.0" in l for l in head):
        yield f"{path}:1: has no SPDX line first"
    if text and (not text.endswith("\n") or text.endswith("\n\n")):
        yield f"{path}: does not end with exactly one line end"
    for number, line in enumerate(lines, 1):
        if line != line.rstrip() and not path.endswith(".md"):
            yield f"{path}:{number}: white space at the line's end"
        if "\t" in line and path.endswith((".c", ".h", ".py", ".sql", "meson.build")):
            yield f"{path}:{number}: a tab"
        if re.search(r"\b(TODO|FIXME|XXX)\b(?!.*#\d)", line) and path.endswith(CODE) and not path.endswith("check_text.py"):
            yield f"{path}:{number}: a TODO without an issue's number"


found = list(faults(sys.argv[1] if len(sys.argv) > 1 else "."))
print("\n".join(found) if found else "every file is as it should be")
sys.exit(1 if found else 0)
