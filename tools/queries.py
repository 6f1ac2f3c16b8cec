#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns sql/queries/*.sql into C: queries.py --header|--source OUT FILE...

A query begins with "-- name: NAME" (optionally "-- name: NAME only: sqlite|postgres") and ends at the next one.
A NAME that is only for one engine becomes Q_NAME_sqlite / Q_NAME_postgres."""
import re, sys

kind, out_path, files = sys.argv[1], sys.argv[2], sys.argv[3:]
HEAD = re.compile(r"^-- name: ([a-z0-9_]+)(?: only: (sqlite|postgres))?$")

found = []
for path in files:
    current = None
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.rstrip()
        head = HEAD.match(line)
        if head:
            current = [head.group(1), head.group(2), []]
            found.append(current)
        elif line.startswith("-- name"):
            sys.exit(f"{path}:{number}: not understood: {line}")
        elif line and not line.startswith("--"):
            if current is None:
                sys.exit(f"{path}:{number}: SQL before the first '-- name:'")
            current[2].append(line)
names = [(n, o) for n, o, _ in found]
for pair in names:
    if names.count(pair) > 1:
        sys.exit(f"the query {pair[0]} is there twice")

def symbol(name, only):
    return f"Q_{name}_{only}" if only else f"Q_{name}"

with open(out_path, "w", encoding="utf-8") as out:
    out.write("/* Made by tools/queries.py from sql/queries; not to be edited. */\n")
    if kind == "--header":
        out.write('#pragma once\n#include "store/store.h"\n\n')
        for name, only, _ in found:
            out.write(f"extern const struct query {symbol(name, only)};\n")
        out.write("/* Every one of them, ended by NULL. */\nextern const struct query *const queries_all[];\n")
    else:
        out.write('#include "queries.h"\n\n')
        for name, only, lines in found:
            text = "\\n".join(l.replace("\\", "\\\\").replace('"', '\\"') for l in lines).rstrip(";")
            engine = f'"{only}"' if only else "0"
            out.write(f'const struct query {symbol(name, only)} = {{"{name}", "{text}", {engine}}};\n')
        out.write("\nconst struct query *const queries_all[] = {\n")
        for name, only, _ in found:
            out.write(f"    &{symbol(name, only)},\n")
        out.write("    0};\n")
