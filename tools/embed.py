#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a C file with the bytes of files: embed.py --symbol S [--strip DIR] OUT FILE..."""
import argparse, os

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--symbol", required=True)
parser.add_argument("--header", default="base/embedded.h")
parser.add_argument("--strip", default=None, help="names are relative to this folder; else the file's own name")
parser.add_argument("out")
parser.add_argument("files", nargs="+")
args = parser.parse_args()

def name_of(path):
    return os.path.relpath(path, args.strip).replace(os.sep, "/") if args.strip else os.path.basename(path)

entries = sorted((name_of(f), f) for f in args.files)
with open(args.out, "w", encoding="ascii") as out:
    out.write(f'/* Made by tools/embed.py; not to be edited. */\n#include "{args.header}"\n\n')
    out.write(f"extern const struct embedded_file {args.symbol}[];\n")
    for number, (_, path) in enumerate(entries):
        data = open(path, "rb").read()
        out.write(f"static const unsigned char file_{number}[] = {{\n")
        for at in range(0, len(data), 24):
            out.write(",".join(str(b) for b in data[at:at + 24]) + ",\n")
        out.write("0};\n")
    out.write(f"const struct embedded_file {args.symbol}[] = {{\n")
    for number, (name, _) in enumerate(entries):
        out.write(f'    {{"{name}", {{(const char *)file_{number}, sizeof file_{number} - 1}}}},\n')
    out.write("    {0, {0, 0}}};\n")
