#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the promise of assets/daylight.css: on every paper, ink, quiet text and links reach 7:1 (WCAG 2.2, 1.4.6), and
edges of controls 3:1 (1.4.11); of assets/ledger.css: what says "holds" and "does not" reaches 4.5:1 (1.4.3). Prints one line a colour; exit 1 when a promise is broken."""
import os, re, sys

HERE = os.path.dirname(os.path.abspath(__file__))
CSS = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "assets", "daylight.css")
GROUNDS = {"ink": ("paper", "shade", "glow"), "quiet": ("paper", "shade", "glow"), "link": ("paper", "shade", "glow"),
           "edge": ("paper",), "good": ("paper", "shade"), "bad": ("paper", "shade")}
LEAST = {"edge": 3.0, "good": 4.5, "bad": 4.5}

def luminance(colour):
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(d * 2 for d in digits)
    channels = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)

text = open(CSS, encoding="utf-8").read()
ledger = open(os.path.join(os.path.dirname(CSS), "ledger.css"), encoding="utf-8").read()
palettes = re.findall(r"\[data-colour=(\w+)\]\{([^}]*--paper[^}]*)\}", text)
marks = dict(re.findall(r"\[data-colour=(\w+)\]\{([^}]*--good[^}]*)\}", ledger))
bad = 0
seen = 0
for name, body in palettes:
    values = dict(re.findall(r"--(\w+):(#[0-9a-fA-F]+)", body + ";" + marks[name]))
    worst = []
    for ink, grounds in GROUNDS.items():
        for ground in grounds:
            ratio = contrast(values[ink], values[ground])
            seen += 1
            if ratio < LEAST.get(ink, 7.0):
                bad += 1
                print(f"{name}: {ink} {values[ink]} on {ground} {values[ground]} is only {ratio:.2f}:1")
        worst.append(f"{ink} {min(contrast(values[ink], values[g]) for g in grounds):.2f}")
    print(f"{name:6} least: " + ", ".join(worst))
if seen < 6 * 10:
    sys.exit(f"{CSS}: only {len(palettes)} colours found; the check has lost its subject")
sys.exit(1 if bad else 0)
