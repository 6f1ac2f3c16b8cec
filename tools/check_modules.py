#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One module = one .c, one .h, one unit test, of the same name. check_modules.py [ROOT]

A part of a module is a file in a folder of the module's name (press/import/when.c is a part of press/import; parts may
share headers) or one whose name begins with the module's (template_parse.c is a part of template.c). Their tests may be
the module's.
The exceptions below are all there are."""
import os, re, sys

# path → why it stands alone
NO_HEADER = {
    "src/app/main.c": "the entry",
    "src/app/settings.c": "a table, declared in config.h",
    "src/web/routes.c": "a table, declared in route.h",
}
NO_SOURCE = {
    "src/base/banned.h": "what does not compile",
    "src/base/embedded.h": "a shape",
    "src/web/compiled.h": "the tables that tools/embed.py makes",
    "src/web/route.h": "a shape",
    "src/store/engine.h": "a shape: what an engine is",
}
NO_TEST = {
    "src/app/main.c": "the entry: every web test runs it",
    "src/app/output": "a thin layer on Jansson: the tests of every --json hold it",
    "src/app/demo": "tests/web/commands.py loads it",
    "src/app/settings": "tests/unit/app/config.c",
    "src/web/page": "tests/unit/web/pages.c",
    "src/web/routes": "tests/unit/web/pages.c",
    "src/app/commands": "tests/web/commands.py",
}
# folders whose files are tested together from outside, through their one door
TOGETHER = {
    "src/app/commands": "tests/web runs the real binary",
    "src/web/pages": "tests/unit/web/pages.c and tests/web ask for every page",
    "src/store/sqlite": "tests/unit/store/store.c runs each case on both engines",
    "src/store/postgres": "tests/unit/store/store.c runs each case on both engines",
}


def beneath(path, folders):
    return any(path.startswith(f + "/") for f in folders)


def tests_of(root, stem):
    """Names of unit tests that would cover src/LAYER/…/NAME: its own, or that of the module it is a part of."""
    parts = stem.split("/")[1:]
    layer, rest = parts[0], parts[1:]
    names = [rest[-1], "_".join(rest), rest[0]]
    words = rest[-1].split("_")
    names += ["_".join(words[:n]) for n in range(1, len(words))]
    return [os.path.join("tests/unit", layer, *p, n + ".c") for n in names for p in ([], rest[:-1])]


def faults(root):
    files = set()
    for folder, _, names in os.walk(os.path.join(root, "src")):
        files |= {os.path.relpath(os.path.join(folder, n), root) for n in names if n.endswith((".c", ".h"))}
    for path in sorted(files):
        stem, ending = path[:-2], path[-2:]
        if beneath(path, TOGETHER):
            continue
        in_module = os.path.dirname(path) + ".h" in files
        if ending == ".c" and not in_module and stem + ".h" not in files and path not in NO_HEADER and not part_of(stem, files):
            yield f"{path}: has no header of its name"
        if ending == ".h" and not in_module and stem + ".c" not in files and path not in NO_SOURCE:
            yield f"{path}: has no source of its name"
        if ending == ".c" and path not in NO_TEST and stem not in NO_TEST:
            if not any(os.path.exists(os.path.join(root, t)) for t in tests_of(root, stem)):
                yield f"{path}: has no unit test ({os.path.join('tests/unit', stem[4:] + '.c')})"
    for path in list(NO_HEADER) + list(NO_SOURCE):
        if path not in files:
            yield f"tools/check_modules.py: the exception {path} is no longer there"
    for test in unit_tests(root):
        if not built(root, test):
            yield f"{test}: is in no meson.build, so nobody runs it"


def part_of(stem, files):
    """template_parse belongs to template, whose header may declare it."""
    folder, name = os.path.split(stem)
    words = name.split("_")
    return any(os.path.join(folder, "_".join(words[:n])) + ".h" in files for n in range(1, len(words)))


def unit_tests(root):
    for folder, _, names in os.walk(os.path.join(root, "tests/unit")):
        yield from sorted(os.path.relpath(os.path.join(folder, n), root) for n in names if n.endswith(".c"))


def built(root, test):
    folder, name = os.path.split(test)
    while folder and folder != "tests":
        listing = os.path.join(root, folder, "meson.build")
        if os.path.exists(listing):
            text = open(listing, encoding="utf-8").read()
            relative = os.path.relpath(os.path.join(root, test), os.path.join(root, folder))
            return bool(re.search(r"'(?:%s|%s)'" % (re.escape(relative), re.escape(relative[:-2])), text))
        folder = os.path.dirname(folder)
    return False


found = list(faults(sys.argv[1] if len(sys.argv) > 1 else "."))
print("\n".join(found) if found else "every module has its header and its test")
sys.exit(1 if found else 0)
