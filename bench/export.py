#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a copy of the site in files costs: export.py PROGRAM OFFICE [FOLDER]

Exports OFFICE into a new folder (beside it, or in FOLDER), then once more, when nothing has changed; prints one line of JSON:
seconds, processor time of all threads, resident memory at most; `again`: of the second run. OFFICE is only read, but for its ledger, which is opened. The copy is
removed at the end. A file system that has just lost many files is slow in making new ones: the first run's system time tells.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from servers import ended, must, start


def measure(program, office, out):
    began = time.monotonic()
    child = start([program, 'export', office, '--to', out, '--json'], stdout=subprocess.PIPE, text=True)
    told = child.stdout.read()
    code, used = ended(child)
    seconds = time.monotonic() - began
    must(code == 0, f'the export ended with {code}')
    told = json.loads(told)
    return {'seconds': round(seconds, 2), 'user_seconds': round(used.ru_utime, 2), 'system_seconds': round(used.ru_stime, 2),
            'rss_mb': round(used.ru_maxrss / 1024, 1), 'files': told['files'], 'new': told['new'], 'changed': told['changed'],
            'bytes': told['bytes'], 'files_per_second': round(told['files'] / seconds)}


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    program, office = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    folder = tempfile.mkdtemp(prefix='daylight-export-', dir=sys.argv[3] if len(sys.argv) == 4 else os.path.dirname(office))
    try:
        load = os.getloadavg()[0]
        first = measure(program, office, os.path.join(folder, 'copy'))
        again = measure(program, office, os.path.join(folder, 'copy'))
        must(not again['new'] and not again['changed'], f'the second export changed something: {again}')
        print(json.dumps({**first, 'processors': os.cpu_count(), 'load_before': round(load, 2), 'again': again}))
    finally:
        shutil.rmtree(folder)


if __name__ == '__main__':
    main()
