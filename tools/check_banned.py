#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Calls that src/ may not make. check_banned.py [ROOT]

src/base/banned.h keeps the dangerous ones from compiling; this finds them in files that no target compiled, and those
that have one door: the clock, randomness, the log."""
import os, re, sys

# Deadlines of conditions, which POSIX wants as a struct timespec.
DEADLINES = ("src/store/pool.c", "src/web/watch.c")
# call → where it may stand (None: nowhere), and what to use
BANNED = {
    r"strcpy|stpcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|strtok|strtok_r": (None, "struct buf"),
    r"scanf|sscanf|fscanf|vsscanf|atoi|atol|atoll|atof": (None, "str_to_int()"),
    r"gmtime|localtime|ctime|asctime|ctime_r|asctime_r|mktime": (None, "text/datetime.h"),
    r"tmpnam|tempnam|mktemp": (None, "mkstemp(3) or file_write()"),
    r"system|popen|wordexp": (None, "nothing: no shell"),
    r"alloca": (None, "struct arena"),
    r"setlocale": (None, "ICU"),
    r"time|gettimeofday|ftime": ((), "clock_now_us()"),
    r"clock_gettime": (("src/base/clock.c", *DEADLINES), "clock_now_us(), clock_ticks_us()"),
    r"getrandom|getentropy|rand|rand_r|random|srand|drand48|arc4random|randombytes_buf": (("src/base/random.c",),
                                                                                          "base/random.h"),
    r"perror|syslog": (None, "base/log.h, or reterr"),
    r"abort": (("src/base/err.c",), "BUG()"),
}
COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_of(text):
    """The text without comments and strings; line numbers stay."""
    return COMMENT_OR_STRING.sub(lambda m: '""' + "\n" * m.group(0).count("\n"), text)


def faults(root):
    for folder, _, names in os.walk(os.path.join(root, "src")):
        for name in sorted(n for n in names if n.endswith((".c", ".h"))):
            path = os.path.relpath(os.path.join(folder, name), root)
            if path == "src/base/banned.h":
                continue
            for number, line in enumerate(code_of(open(os.path.join(folder, name), encoding="utf-8").read()).split("\n"), 1):
                for calls, (where, instead) in BANNED.items():
                    found = re.search(r"(?<![\w.>])(%s)\s*\(" % calls, line)
                    if found and path not in (where or ()):
                        yield f"{path}:{number}: {found.group(1)}() is banned; use {instead}"


found = list(faults(sys.argv[1] if len(sys.argv) > 1 else "."))
print("\n".join(found) if found else "no banned call")
sys.exit(1 if found else 0)
