#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What more articles cost an office that has many: import.py OFFICE N PROGRAM [PROGRAM …]

Imports N generated articles (at least 5,000, so that they come in two passes) into a copy of OFFICE, beside it, with
each program in turn: once with publish times by chance, where each falls between two others, and once in order of time,
after all that is there, as an archive has them. A line of JSON each: articles stored a second, and with the search
index all in all; processor time of all threads an article; resident memory at most. The copy is removed at the end.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import articles
from servers import ended, must, start

FIRST = 50_000_000  # numbers that no other office has


def measure(program, office, files, count):
    load = os.getloadavg()[0]
    child = start([program, 'import', office, '--publish', files], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    told = child.stderr.read()
    code, used = ended(child)
    rates = re.search(r'files done in [\d.]+ s, (\d+) a second; with the search index [\d.]+ s, (\d+) a second', told)
    must(code == 0 and rates, f'the import ended with {code}: {told[-500:]}')
    return {'stored_per_second': int(rates[1]), 'per_second': int(rates[2]),
            'cpu_ms': round((used.ru_utime + used.ru_stime) / count * 1000, 3), 'rss_mb': round(used.ru_maxrss / 1024, 1),
            'load_before': round(load, 2)}


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    office, count, programs = os.path.abspath(sys.argv[1]), int(sys.argv[2]), [os.path.abspath(p) for p in sys.argv[3:]]
    folder = tempfile.mkdtemp(prefix='daylight-import-', dir=os.path.dirname(office))
    try:
        copy, first = os.path.join(folder, 'office'), FIRST
        subprocess.run(['cp', '-a', '--reflink=auto', office, copy], check=True)
        for program in programs:
            for in_order in (False, True):
                files = os.path.join(folder, str(first))
                articles.write(files, count, first, in_order)
                first += count
                print(json.dumps({'program': program, 'in_order': in_order, **measure(program, copy, files, count)}), flush=True)
    finally:
        shutil.rmtree(folder)


if __name__ == '__main__':
    main()
