#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns meson's testlog.json of cmocka programs (run with CMOCKA_MESSAGE_OUTPUT=TAP) into one TAP stream.

A program that ended badly without saying which of its tests failed is one more failure, with the end of its output."""
import json, re, sys

# cmocka writes "not ok 2 # SKIP name" for what was skipped.
POINT = re.compile(r"^(not ok|ok) \d+ ?-? ?(.*?)(?: *# *(SKIP)\b ?(.*))?$")


def points(run):
    for line in run.get("stdout", "").split("\n"):
        found = POINT.match(line.strip())
        if found:
            sentence = found.group(2) or found.group(4) or ""
            yield found.group(1) == "ok", found.group(3) is not None, sentence.replace("_", " ").strip()


total = 0
for line in open(sys.argv[1], encoding="utf-8"):
    run = json.loads(line)
    name = run["name"].split(" / ")[-1]
    seen = list(points(run))
    bad = [p for p in seen if not p[0] and not p[1]]
    for passed, skipped, sentence in seen:
        total += 1
        print(f"{'ok' if passed or skipped else 'not ok'} {total} - {name}: {sentence}{' # SKIP' if skipped else ''}")
    ended_badly = run["result"] not in ("OK", "SKIP", "EXPECTEDFAIL")
    if ended_badly and not bad or not seen:
        total += 1
        print(f"not ok {total} - {name}: the program itself ({run['result']}, {len(seen)} tests told)")
    if ended_badly:
        tail = (run.get("stdout", "") + run.get("stderr", "")).split("\n")[-60:]
        print("\n".join("# " + l for l in tail))
print(f"1..{total}")
