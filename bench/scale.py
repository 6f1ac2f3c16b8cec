# SPDX-License-Identifier: Apache-2.0
"""What a thousand times more articles cost: scale.py PROGRAM [options]

    --sizes "1000 10000"   numbers of articles (1000 10000 100000 1000000)
    --cache FOLDER         where the offices are kept between runs (build/scale; some 8 GB for a million)
    --postgres             measures PostgreSQL as well, with a private cluster in the same folder
    --only-postgres        … and SQLite not
    --results FILE         what was measured, as JSON (bench/scale.json)
    --docs FOLDER          writes the chart scale.svg there, and the table into its performance.md

For each size an office is made by the ordinary import. Measured are
    the import itself (of the articles by which this office is larger than the one before)
    from exec to the first byte of the home page, median of five; once more with the store out of the kernel's cache
    resident memory after the start and after a walk of pages by four clients, with the standard page cache
    pages made anew for each request (cache_mb = 0): one client, milliseconds until the last byte
    searches made anew, four at once
    the static export, up to 100,000 articles
Processor time is the server's, with that of PostgreSQL's processes where it keeps the store. Prints tables."""
import argparse, json, os, re, statistics, subprocess, sys, time

import scale_ask as ask
import scale_chart
from scale_office import FILES_A_FOLDER, Maker, Postgres, Serving, memory_kb
from servers import cpu_us

HERE = os.path.dirname(os.path.abspath(__file__))
STARTS, PAGES, SEARCHES = 5, 60, 120
WARM = 20  # pages asked for before each kind is measured: on PostgreSQL the first ones make plans
EXPORT_MOST = 100_000  # articles: what the static export is asked for
CACHE_MB = 64  # the standard (daylight --help)


def forget(folder):
    """Takes an office's files out of the kernel's cache."""
    for at, _, names in os.walk(folder):
        for name in names:
            fd = os.open(os.path.join(at, name), os.O_RDONLY)
            os.fsync(fd)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(fd)


def remember(folder):
    """Undoes forget(): what an office's files hold is in the kernel's cache, as it is where the office has been read."""
    for at, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(at, name), "rb", buffering=0) as f:
                while f.read(1 << 20):
                    pass


def start_once(program, office):
    server = Serving(program, office, cache_mb=CACHE_MB)
    server.stop()
    return server.first_answer * 1000


def measure_start(program, office, with_store):
    """with_store: the store is in the office's folder."""
    start_once(program, office)
    warm = [start_once(program, office) for _ in range(STARTS)]
    out = {"first_answer_ms": round(statistics.median(warm), 1), "first_answer_worst_ms": round(max(warm), 1)}
    if with_store:
        forget(office)
        out["first_answer_cold_disk_ms"] = round(start_once(program, office), 1)
        remember(office)
    return out


def measure_memory(program, office, size):
    server = Serving(program, office, cache_mb=CACHE_MB)
    time.sleep(1)
    after_start = memory_kb(server.pid)
    ask.at_once(server.port, ask.walk(server.port, size, PAGES * 10))
    metrics = ask.Client(server.port).get("/metrics")[1].decode()
    out = {"resident_start_mb": round(after_start / 1024, 1),
           "resident_walked_mb": round(memory_kb(server.pid) / 1024, 1),
           "resident_peak_mb": round(memory_kb(server.pid, "VmHWM") / 1024, 1),
           "private_walked_mb": round(memory_kb(server.pid, "RssAnon") / 1024, 1),
           "page_cache_mb": round(int(re.search(r"(?m)^daylight_cache_bytes (\d+)", metrics).group(1)) / 1048576, 1)}
    server.stop()
    return out


def figures(pairs, cpu):
    ms = [seconds * 1000 for _, seconds in pairs]
    worst = max(pairs, key=lambda p: p[1])
    return {"p50_ms": round(ask.percentile(ms, 0.5), 2), "p99_ms": round(ask.percentile(ms, 0.99), 2),
            "cpu_ms": round(cpu / 1000 / len(pairs), 2), "worst": worst[0], "worst_ms": round(worst[1] * 1000, 2)}


def measure_pages(server, cpu):
    out = {}
    for kind, paths in ask.pages(server.port, PAGES).items():
        ask.ask_all(server.port, paths[:WARM])
        before = cpu()
        pairs = ask.ask_all(server.port, paths)
        out[kind] = figures(pairs, cpu() - before)
    return out


def measure_searches(server, cpu, size):
    """By class; and what is asked for most, words one or two at a time, together."""
    out, words = {}, []
    for name, paths in ask.searches(size, SEARCHES).items():
        ask.at_once(server.port, paths[:8])
        before = cpu()
        pairs = ask.at_once(server.port, paths)
        out[name] = figures(pairs, cpu() - before)
        if ask.one_or_two(name):
            words += pairs
    mean = statistics.mean(f["cpu_ms"] for name, f in out.items() if ask.one_or_two(name))
    out["all one- and two-word searches"] = figures(words, mean * 1000 * len(words))
    return out


def measure_export(program, office):
    """bench/export.py PROGRAM OFFICE prints its figures as one line of JSON, the last."""
    script = os.path.join(HERE, "export.py")
    if not os.path.exists(script):
        return None
    done = subprocess.run([sys.executable, script, program, office], capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return json.loads(lines[-1]) if lines and done.returncode == 0 else None


def measure(maker, size):
    office, made = maker.make(size)
    if maker.postgres:
        maker.postgres.settle(size)
    print(f"measuring {size:,} articles ({maker.engine})", flush=True)
    out = {"import": made, "load": round(os.getloadavg()[0], 1)}
    out |= measure_start(maker.program, office, not maker.postgres)
    out |= measure_memory(maker.program, office, size)
    server = Serving(maker.program, office, cache_mb=0)

    def cpu():
        return cpu_us(server.pid) + (maker.postgres.cpu_us() if maker.postgres else 0)

    out["pages"] = measure_pages(server, cpu)
    out["search"] = measure_searches(server, cpu, size)
    server.stop()
    if not maker.postgres and size <= EXPORT_MOST:
        out["export"] = measure_export(maker.program, office)
    return out


# --- tables ---

def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def cell(figures, finds):
    try:
        return " / ".join(number(find(figures)) for find in finds)
    except (KeyError, TypeError):  # not measured
        return ""


def table(engine, by_size):
    """Markdown."""
    sizes = list(by_size)
    some = by_size[sizes[0]]
    lines = [f"| {engine} | " + " | ".join(f"{s:,}" for s in sizes) + " |", "|---|" + "---:|" * len(sizes)]

    def add(name, *finds):
        cells = [cell(by_size[size], finds) for size in sizes]
        if any(cells):
            lines.append(f"| {name} | {' | '.join(cells)} |")

    add("import: articles stored a second", lambda f: f["import"].get("stored_per_second") or f["import"]["per_second"])
    add("… and put into the search index, all in all", lambda f: f["import"]["per_second"])
    add("import: largest memory, MB", lambda f: f["import"]["peak_mb"])
    add("data folder, MB", lambda f: f["import"]["folder_mb"])
    add("database, MB", lambda f: f["import"]["database_mb"])
    add("from exec to the first answer, ms", lambda f: f["first_answer_ms"])
    add("… with nothing of the store in the kernel's cache", lambda f: f["first_answer_cold_disk_ms"])
    add("resident after the start, MB", lambda f: f["resident_start_mb"])
    add("resident after a walk, MB / of which the page cache", lambda f: f["resident_walked_mb"],
        lambda f: f["page_cache_mb"])
    for kind in some["pages"]:
        add(f"{kind}: ms / processor ms", lambda f, kind=kind: f["pages"][kind]["p50_ms"],
            lambda f, kind=kind: f["pages"][kind]["cpu_ms"])
    for name in some["search"]:
        add(f"search, {name}: p50 / p99 / processor ms", lambda f, name=name: f["search"][name]["p50_ms"],
            lambda f, name=name: f["search"][name]["p99_ms"], lambda f, name=name: f["search"][name]["cpu_ms"])
    add("export, s", lambda f: f["export"]["seconds"])
    return "\n".join(lines)


def write_docs(folder, results, tables):
    """tables: by engine. The chart is SQLite's, and is left as it is where that was not measured."""
    if "SQLite" in results:
        with open(os.path.join(folder, "scale.svg"), "w", encoding="utf-8") as f:
            f.write(scale_chart.draw(results))
    path = os.path.join(folder, "performance.md")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for engine, lines in tables.items():
        text, n = re.subn(rf"(<!-- bench/scale.py {engine} -->\n).*?(<!-- end -->)",
                          lambda m, lines=lines: m[1] + lines + "\n" + m[2], text, flags=re.S)
        assert n == 1, path
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("--sizes", default="1000 10000 100000 1000000")
    parser.add_argument("--cache", default=os.path.join(HERE, "..", "build", "scale"), type=os.path.abspath)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--only-postgres", action="store_true")
    parser.add_argument("--results", default=os.path.join(HERE, "scale.json"))
    parser.add_argument("--docs")
    return parser.parse_args()


def main():
    asked = arguments()
    sizes = sorted(int(word) for word in asked.sizes.split())
    if any(size < 1 or size % FILES_A_FOLDER for size in sizes):
        sys.exit("scale.py: sizes are whole thousands")
    os.makedirs(asked.cache, exist_ok=True)
    results = {}
    if not asked.only_postgres:
        maker = Maker(asked.program, asked.cache)
        results["SQLite"] = {size: measure(maker, size) for size in sizes}
    if asked.postgres or asked.only_postgres:
        cluster = Postgres(os.path.join(asked.cache, "cluster"))
        try:
            maker = Maker(asked.program, asked.cache, cluster)
            results["PostgreSQL"] = {size: measure(maker, size) for size in sizes}
        finally:
            cluster.stop()
    tables = {engine: table(engine, by_size) for engine, by_size in results.items()}
    print("\n" + "\n\n".join(tables.values()))
    with open(asked.results, "w", encoding="utf-8") as f:
        json.dump(results, f, indent=2, ensure_ascii=False)
        f.write("\n")
    if asked.docs:
        write_docs(asked.docs, results, tables)


if __name__ == "__main__":
    main()
