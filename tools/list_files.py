#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists the files under a folder, sorted, one a line: list_files.py FOLDER"""
import os, sys

for folder, folders, names in os.walk(sys.argv[1]):
    folders.sort()
    for name in sorted(names):
        print(os.path.join(folder, name))
