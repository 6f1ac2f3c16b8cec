#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The layer law: a folder of src/ includes only folders to its left (docs/architecture.md). check_layers.py [ROOT]

Prints every include that breaks it, and exits 1. Headers that the build makes (queries.h) belong to sql/ and are for
store and those to its right."""
import os, re, sys

MAY = {
    "base": [],
    "text": ["base"],
    "store": ["base"],
    "ledger": ["base", "store"],
    "people": ["base", "store"],
    "press": ["base", "text", "store", "ledger", "people"],
    "desk": ["base", "text", "store", "ledger", "people"],
    "channel": ["base", "text", "store", "ledger", "people"],
    "web": ["base", "text", "store", "ledger", "people", "press", "desk", "channel"],
    "app": ["base", "text", "store", "ledger", "people", "press", "desk", "channel", "web"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def broken(root):
    for layer in sorted(os.listdir(os.path.join(root, "src"))):
        if layer not in MAY:
            yield f"src/{layer}: no such layer in the design; tools/check_layers.py has to know it"
            continue
        for folder, _, names in os.walk(os.path.join(root, "src", layer)):
            for name in sorted(n for n in names if n.endswith((".c", ".h"))):
                path = os.path.join(folder, name)
                for number, line in enumerate(open(path, encoding="utf-8"), 1):
                    found = INCLUDE.match(line)
                    if found:
                        yield from judged(os.path.relpath(path, root), number, layer, found.group(1))


def judged(path, number, layer, include):
    if include == "queries.h":
        if layer in ("base", "text"):
            yield f"{path}:{number}: {layer} may not know the queries"
        return
    target = include.split("/")[0]
    if "/" not in include or target not in MAY:
        yield f'{path}:{number}: "{include}" does not say its layer (write "layer/name.h")'
    elif target != layer and target not in MAY[layer]:
        yield f"{path}:{number}: {layer} may not include {include}"


faults = list(broken(sys.argv[1] if len(sys.argv) > 1 else "."))
print("\n".join(faults) if faults else "every include keeps the law")
sys.exit(1 if faults else 0)
