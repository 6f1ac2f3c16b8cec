# SPDX-License-Identifier: Apache-2.0
"""The growth curve of bench/scale.py as SVG: both axes logarithmic, each line labelled where it ends. It brings its own
background, light or dark as the reader's system is, so that it can be read on any page."""
import math
from html import escape

WIDTH, PANEL, LEFT, RIGHT, TOP, GAP = 860, 300, 64, 262, 84, 76
LABEL_STEP = 16
STYLE = """
svg { font: 13px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif }
.paper { fill: #fffdf8 } text { fill: #22262b } .soft { fill: #59616b } .grid { stroke: #e2ded4 } .limit { stroke: #59616b }
.title { font-size: 18px; font-weight: 600 } .panel { font-size: 14px; font-weight: 600 }
.halo { stroke: #fffdf8; stroke-width: 4px; paint-order: stroke }
.l0 { --c: #1f5fbf } .l1 { --c: #b3470f } .l2 { --c: #1d7a46 } .l3 { --c: #8a3fa8 } .l4 { --c: #a8770a } .l5 { --c: #b5245c } .l6 { --c: #4d5a66 }
path { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round } circle { fill: var(--c) } text.end { fill: var(--c) }
@media (prefers-color-scheme: dark) {
  .paper { fill: #15181c } text { fill: #e8e6e0 } .soft { fill: #a3abb5 } .grid { stroke: #2d3238 } .limit { stroke: #a3abb5 } .halo { stroke: #15181c }
  .l0 { --c: #7fb0ff } .l1 { --c: #ff9d66 } .l2 { --c: #6fd39b } .l3 { --c: #d39bf0 } .l4 { --c: #e6c15a } .l5 { --c: #ff86b0 } .l6 { --c: #b3bfca }
}"""


def short(value):
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


class Axis:
    """From a value to a place: logarithmic, over whole decades or, where that is tighter, 1-2-5 steps."""

    def __init__(self, low, high, begin, end):
        self.low, self.high = math.log10(low), math.log10(high)
        self.begin, self.end = begin, end

    def at(self, value):
        return self.begin + (math.log10(value) - self.low) / (self.high - self.low or 1) * (self.end - self.begin)


def step_below(value):
    decade = 10 ** math.floor(math.log10(value))
    return max(s * decade for s in (1, 2, 5) if s * decade <= value * 1.0001)


def step_above(value):
    decade = 10 ** math.floor(math.log10(value))
    return min(s * decade for s in (1, 2, 5, 10) if s * decade >= value * 0.9999)


def steps(low, high):
    """1, 10, 100 …, and 2 and 5 between them where the span is short."""
    out, decade = [], 10 ** math.floor(math.log10(low))
    parts = (1, 2, 5) if high / low <= 1000 else (1,)
    while decade <= high:
        out += [s * decade for s in parts if low * 0.999 <= s * decade <= high * 1.001]
        decade *= 10
    return out


def spread(places, least, most):
    """Labels' heights, in order, moved apart as little as need be."""
    out = []
    for y in places:
        out.append(max(y, out[-1] + LABEL_STEP) if out else max(y, least))
    for n in range(len(out) - 1, -1, -1):
        ceiling = out[n + 1] - LABEL_STEP if n + 1 < len(out) else most
        out[n] = min(out[n], ceiling)
    return out


def panel(title, unit, lines, limits, sizes, top):
    """lines: [(name, {size: value})]. limits: [(name, value)], dashed."""
    lines = [(name, {s: v for s, v in points.items() if v}) for name, points in lines]
    lines = [(name, points) for name, points in lines if points]
    values = [v for _, points in lines for v in points.values()] + [v for _, v in limits]
    low, high = step_below(min(values)), step_above(max(values))
    x = Axis(sizes[0], sizes[-1], LEFT, WIDTH - RIGHT)
    y = Axis(low, high if high > low else low * 10, top + PANEL, top + 26)
    out = [f'<text class="panel" x="{LEFT}" y="{top + 8}">{escape(title)}</text>']
    for step in steps(low, high):
        at = y.at(step)
        out.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" style="stroke-width:1"/>'
                   f'<text class="soft" x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{short(step)}</text>')
    out.append(f'<text class="soft" x="{LEFT - 8}" y="{top + 8}" text-anchor="end">{unit}</text>')
    for size in sizes:
        out.append(f'<text class="soft" x="{x.at(size):.1f}" y="{top + PANEL + 20}" text-anchor="middle">{size:,}</text>')
    for name, value in limits:
        at = y.at(value)
        out.append(f'<path class="limit" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" style="stroke-width:1;stroke-dasharray:5 4"/>'
                   f'<text class="soft halo" x="{LEFT + 60}" y="{at - 5:.1f}">{escape(name)}</text>')
    ends = sorted(range(len(lines)), key=lambda n: y.at(lines[n][1][max(lines[n][1])]))
    heights = spread([y.at(lines[n][1][max(lines[n][1])]) for n in ends], top + 26, top + PANEL)
    for n, height in zip(ends, heights):
        name, points = lines[n]
        last = max(points)
        path = "L".join(f"{x.at(s):.1f} {y.at(v):.1f}" for s, v in sorted(points.items()))
        dots = "".join(f'<circle cx="{x.at(s):.1f}" cy="{y.at(v):.1f}" r="3"/>' for s, v in points.items())
        out.append(f'<g class="l{n % 7}"><path d="M{path}"/>{dots}<path d="M{x.at(last) + 5:.1f} {y.at(points[last]):.1f}'
                   f'L{WIDTH - RIGHT + 18} {height:.1f}" style="stroke-width:1;opacity:.6"/>'
                   f'<text class="end" x="{WIDTH - RIGHT + 22}" y="{height + 4:.1f}">{escape(name)} '
                   f'{short(points[last])}</text></g>')
    return "".join(out)


def points(by_size, find):
    out = {}
    for size, figures in by_size.items():
        try:
            out[size] = find(figures)
        except (KeyError, TypeError):
            pass
    return out


def page_panel(by_size):
    kinds = ["home", "column", "column, middle", "article", "feed", "sitemap part"]
    lines = [(kind, points(by_size, lambda f, k=kind: f["pages"][k]["p50_ms"])) for kind in kinds]
    lines.append(("from exec to first answer", points(by_size, lambda f: f["first_answer_ms"])))
    return "Pages made anew, and the first answer after a start", "ms", lines, [("first answer: 300 ms", 300)]


def search_panel(engine, by_size):
    classes = ["en: one frequent word", "zh: one frequent word", "en: two frequent words", "zh: two frequent words",
               "zh: phrase of a title", "en: prefix of two", "all one- and two-word searches"]
    lines = [(c.replace("all one- and two-word searches", "all of one or two words"),
              points(by_size, lambda f, c=c: f["search"][c]["p99_ms"])) for c in classes]
    return f"Searches on {engine}, four at once: p99", "ms", lines, [("20 ms", 20)]


def memory_panel(by_size):
    lines = [("after a walk of pages", points(by_size, lambda f: f["resident_walked_mb"])),
             ("… without the page cache", points(by_size, lambda f: f["resident_walked_mb"] - f["page_cache_mb"])),
             ("after the start", points(by_size, lambda f: f["resident_start_mb"]))]
    return "Resident memory", "MB", lines, [("120 MB without the page cache", 120)]


def draw(results):
    """results: {engine: {size: figures}}, as bench/scale.py has them."""
    panels = []
    for engine, by_size in results.items():
        own = engine == "SQLite"  # PostgreSQL's pages and memory are in the table
        if own and any("first_answer_ms" in f for f in by_size.values()):
            panels.append((page_panel(by_size), by_size))
        panels.append((search_panel(engine, by_size), by_size))
        if own and any("resident_walked_mb" in f for f in by_size.values()):
            panels.append((memory_panel(by_size), by_size))
    height = TOP + len(panels) * (PANEL + GAP)
    body = "".join(panel(*p, sorted(by_size), TOP + n * (PANEL + GAP)) for n, (p, by_size) in enumerate(panels))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t d">'
            f'<title id="t">Growth</title><desc id="d">What pages, searches and memory cost as the number of articles '
            f'grows a thousandfold; the figures are in the table of performance.md.</desc><style>{STYLE}</style>'
            f'<rect class="paper" width="{WIDTH}" height="{height}" rx="8"/>'
            f'<text class="title" x="24" y="34">A thousand times more articles</text>'
            f'<text class="soft" x="24" y="55">Articles along the bottom; both axes logarithmic. Flat is good.</text>'
            f'{body}</svg>\n')
