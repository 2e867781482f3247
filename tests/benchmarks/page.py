"""The figures over HTTP as Markdown: what stands between the markers of docs/benchmarks.md."""

from collections.abc import Iterator, Sequence

from tests.benchmarks import content
from tests.benchmarks.own import OwnResult
from tests.benchmarks.report import milliseconds, times
from tests.benchmarks.serving import CODINGS, ServingResult, differs_in_attributes
from tests.benchmarks.throughput import ROUNDS, Loaded, ThroughputResult
from tests.benchmarks.wire import BROWSER

OURS = "tileserver"
MARTIN_POSTGIS = ("Martin, tables", "Martin, function")

ONE_CLIENT = f"""\
Times in milliseconds, cold: no server keeps finished tiles. One client on one keep-alive connection that
sends `Accept-Encoding: {BROWSER}`. Percentiles are over places;
the ratio is of the medians, the sum ratio of all distinct tiles' times together, the first ratio of the
medians of the first request for each tile alone."""

BY_CODING = """\
Medians by what the client says it takes: as above, then the same tiles again for one that takes nothing but
gzip, br or zstd. Compressing is a part of all these times but those of the archive, which holds gzip."""

ON_THE_WIRE = f"""\
Bytes on the wire, a thousand to the KB, summed over the distinct tiles of a zoom: bodies for a client that
sends `{BROWSER}`, and for one that takes nothing but gzip, br or zstd. Received is with heads
and framing, for the browser; to ours is the browser's bodies divided by ours."""

UNDER_LOAD = """\
Times in milliseconds. No: no server keeps finished tiles. Yes: its cache is on, with its default size, and
was filled before (a contender without such a row keeps none). Ours to it divides our answers
a second, in the plain `tileserver` row like it or its only one, by its own. CPU and memory are of all its
processes, with PostgreSQL's where it has one (proportional set size, after the load)."""


def _table(head: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> list[str]:
    lines = [
        f"| {' | '.join(head)} |",
        f"|{'|'.join('---' if name == 'contender' else '--:' for name in head)}|",
    ]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def who(versions: dict[str, str], absent: dict[str, str]) -> list[str]:
    """Say who was measured, and who could not be and why."""
    lines = ["Measured: " + "; ".join(f"{name} ({version})" for name, version in versions.items()) + "."]
    return lines + [f"**{name}** {reason}" for name, reason in absent.items()]


def serving(result: ServingResult, measured_on: str) -> str:
    """Write the times of one client, the bytes on the wire and the agreement."""
    head = ("zoom", "tiles", "contender", "median", "p95", "p99", "ratio", "sum ratio", "first ratio")
    bodies = (f"{name} KB" for name in CODINGS)
    wire = ("zoom", "contender", *bodies, "received KB", "to ours", "browser coding")
    coded = ("zoom", "contender", *(f"{name} ms" for name in CODINGS), "browser coding")
    blocks = (
        [measured_on],
        who(result.versions, result.absent),
        _table(head, _times(result)),
        [ONE_CLIENT, *faster_martin(result)],
        _table(coded, _by_coding(result)),
        [BY_CODING],
        _table(wire, _wire(result)),
        [ON_THE_WIRE],
        agreement(result),
    )
    return "\n\n".join("\n".join(lines) for lines in blocks)


def _times(result: ServingResult) -> Iterator[Sequence[str]]:
    for zoom, served in result.zooms.items():
        ratios = result.ratios(zoom, OURS)
        for name, entry in served.items():
            ratio = ratios.get(name)
            yield (
                str(zoom),
                str(entry.tiles),
                name,
                *map(milliseconds, (entry.median_ms, entry.p95_ms, entry.p99_ms)),
                *map(times, ratio or (1.0, 1.0, 1.0)),
            )


def _by_coding(result: ServingResult) -> Iterator[Sequence[str]]:
    for zoom, served in result.zooms.items():
        for name, entry in served.items():
            medians = (milliseconds(entry.wire[coding].median_ms) for coding in CODINGS)
            yield (str(zoom), name, *medians, entry.wire["browser"].encodings)


def faster_martin(result: ServingResult) -> list[str]:
    """Say how Martin over PostGIS compares, at each zoom by the faster of its two ways."""
    ways = [name for name in MARTIN_POSTGIS if name in result.versions]
    if not ways:
        return []
    told, first = [], []
    for zoom in result.zooms:
        ratios = result.ratios(zoom, OURS)
        told.append(f"z{zoom} {times(min(ratios[way].median for way in ways))}")
        first.append(f"z{zoom} {times(min(ratios[way].first for way in ways))}")
    return [
        f"The faster of Martin's ways over PostGIS takes as many times as long as ours: {', '.join(told)}.",
        f"By the first request for each tile alone: {', '.join(first)}.",
    ]


def _wire(result: ServingResult) -> Iterator[Sequence[str]]:
    for zoom, served in result.zooms.items():
        base = served[OURS].wire["browser"].body
        for name, entry in served.items():
            bodies = (f"{entry.wire[coding].body / 1000:,.1f}" for coding in CODINGS)
            browser = entry.wire["browser"]
            share = f"{browser.body / base:.2f}" if base else "–"
            yield (str(zoom), name, *bodies, f"{browser.received / 1000:,.1f}", share, browser.encodings)


def agreement(result: ServingResult) -> list[str]:
    """Say how far the contenders sent the same: features, ids, attributes, failures."""
    lines = ["Agreement over all these tiles, by official code:"]
    for name in result.versions:
        entries = [served[name] for served in result.zooms.values()]
        missing, extra, other, values = (
            sum(getattr(entry.difference, column) for entry in entries)
            for column in content.Difference._fields
        )
        keys = sorted({key for entry in entries for key in entry.keys})
        with_id = sum(entry.with_id for entry in entries)
        lines.append(
            f"* {name}: {sum(entry.features for entry in entries):,} features; {missing} that ours lacks,"
            f" {extra} that only ours has; {with_id:,} with an id, {other} of them another than ours;"
            f" attributes {', '.join(keys)}, {values} with other values"
            f"{' — **not the same four**' if any(map(differs_in_attributes, entries)) else ''};"
            f" {sum(entry.failed for entry in entries)} failed answers."
        )
    return lines


def throughput(result: ThroughputResult, measured_on: str) -> str:
    """Write the figures under load."""
    head = (
        *("contender", "tiles kept", "answers/s", "ours to it", "p50", "p99"),
        *("CPU ms a tile", "MB", "passes", "failed"),
    )
    zooms = ", ".join(f"z{zoom}: {count}" for zoom, count in result.tiles_by_zoom.items())
    asked = (
        f"{result.clients} clients (`wrk`, on the same machine) for {result.seconds} s each over"
        f" {result.tiles:,} distinct tiles in a fixed random order ({zooms}). All had {ROUNDS} turns;"
        " of each the median turn is given."
    )
    blocks = (
        [measured_on],
        who(result.versions, result.absent),
        [asked],
        _table(head, [_loaded(result.rows, row) for row in result.rows]),
        [UNDER_LOAD],
    )
    return "\n\n".join("\n".join(lines) for lines in blocks)


def _loaded(rows: Sequence[Loaded], row: Loaded) -> Sequence[str]:
    ours = next((other for other in rows if other.name == OURS and other.warm == row.warm), rows[0])
    return (
        row.name,
        "yes" if row.warm else "no",
        f"{row.load.per_second:,.0f}",
        times(ours.load.per_second / row.load.per_second) if row.load.per_second else "–",
        milliseconds(row.load.p50_ms),
        milliseconds(row.load.p99_ms),
        milliseconds(row.cpu_ms_per_tile),
        f"{row.memory_mb:.0f}",
        times(row.passes),
        str(row.load.failed),
    )


def own(result: OwnResult) -> str:
    """Write the figures of this server alone."""
    first, last = result.indicators[0], result.indicators[-1]
    slowest = (
        f"* z{result.zoom} with all default attributes: median {milliseconds(result.median_ms)} ms,"
        f" p99 {milliseconds(result.p99_ms)} ms, slowest {milliseconds(result.worst_ms)} ms"
        f" ({result.requests:,} requests for {result.tiles} tiles)."
    )
    indicators = (
        f"* One more indicator: {1000 * result.one_more_ms:.0f} µs a tile (the median step). From"
        f" {first.count} to {last.count} of them the median goes from {milliseconds(first.median_ms)} to"
        f" {milliseconds(last.median_ms)} ms, the bytes of all tiles from {first.body / 1000:,.0f}"
        f" to {last.body / 1000:,.0f} KB."
    )
    start = f"* From the start of the process to its first tile, kernels compiled: {result.start_s:.2f} s."
    memory = (
        f"* Resident after that: {result.resident_mb:.0f} MB, {result.beyond_mapped_mb:.0f} MB of it"
        " beyond the mapped files of the store."
    )
    lines = ("This server alone, one client, its cache off:", "", slowest, indicators, start, memory)
    return "\n".join(lines)
