"""The command line: make a demo, build a store, serve it, look into it."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tileserver import __version__
from tileserver.commands.check import check
from tileserver.commands.fetch import fetch
from tileserver.commands.key import key
from tileserver.commands.terminal import terminal
from tileserver.errors import TileserverError

if TYPE_CHECKING:  # loaded where it is used: a server that starts builds nothing and draws no bars
    from rich.progress import Progress

    from preprocess.cache.kept import Outcome

FOLDER = click.Path(path_type=Path, file_okay=False)


class Bars:
    """A progress listener that draws a bar a step, on standard error."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress

    @contextmanager
    def step(self, title: str, total: int | None = None) -> Iterator["Bar"]:
        """Draw a bar of `total` units while the step runs."""
        task = self._progress.add_task(title, total=total)
        yield Bar(self._progress, task, total)
        done = total or 1
        self._progress.update(task, total=done, completed=done)


class Bar:
    """The bar of one running step."""

    def __init__(self, progress: "Progress", task: object, total: int | None) -> None:
        self._progress, self._task, self._total = progress, task, total

    def advance(self, amount: int = 1) -> None:
        """Move the bar by `amount` units."""
        if self._total is not None:
            self._progress.advance(self._task, amount)  # type: ignore[arg-type]  # rich's TaskID


@contextmanager
def bars() -> Iterator[Bars]:
    """Show progress bars while the context lasts."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<36}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=terminal(stderr=True)) as progress:
        yield Bars(progress)


class Group(click.Group):
    """Commands whose expected failures are one sentence on standard error and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; tell a `TileserverError` as a sentence, not as a traceback."""
        try:
            return super().invoke(ctx)
        except TileserverError as error:
            terminal(stderr=True).print(f"[red]{error.title}:[/red] ", end="")
            terminal(stderr=True).print(str(error), markup=False, highlight=False, soft_wrap=True)
            ctx.exit(1)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="tileserver")
def main() -> None:
    """Vector tiles of French territories, with indicator attributes, on demand."""


@main.command()
@click.argument("directory", type=FOLDER)
@click.option("--seed", default=7, show_default=True, help="Another seed draws another country.")
@click.option(
    "--communes", default=3000, show_default=True, type=click.IntRange(300, 20000), help="How many communes."
)
def demo(directory: Path, seed: int, communes: int) -> None:
    """Write the files of a synthetic country into DIRECTORY, named and laid out as the real ones."""
    from preprocess.demo import write_demo

    with bars() as progress:
        write_demo(directory, seed=seed, communes=communes, progress=progress)
    terminal().print(f"{directory}: an invented country of {communes} communes")


main.add_command(check)
main.add_command(fetch)
main.add_command(key)


@main.command()
@click.option("--sources", required=True, type=FOLDER, help="Folder of the open-data files.")
@click.option("--store", required=True, type=FOLDER, help="Folder of the store; made when missing.")
@click.option("--catalog", type=FOLDER, help="Folder of declarations, in place of the built-in ones.")
@click.option("--workers", type=click.IntRange(1), help="Threads for the levels of detail [default: cores].")
@click.option("--partners", type=FOLDER, help="Folder of partners' tables, each with its TOML.")
@click.option("--cache/--no-cache", default=True, help="Take from earlier builds what has not changed.")
def build(*, sources: Path, store: Path, catalog: Path | None, **options: Any) -> None:
    """Build a store from open-data files and publish it; the version before stays until then."""
    from layers.catalog import load_catalog
    from preprocess import build as pipeline
    from preprocess.changes import sentences

    with bars() as progress:
        result = pipeline.build(sources, store, catalog=load_catalog(catalog), progress=progress, **options)
    _summary(result.report.manifest.layers, result.report.manifest.findings)
    _reuse(result.report.outcomes)
    for line in sentences(result.report.changes):
        terminal().print(line, soft_wrap=True, markup=False, highlight=False)
    for finding in result.report.findings:
        if finding.rule == "partner-unusable":
            terminal(stderr=True).print(f"left out: {finding.message}", soft_wrap=True, markup=False)
    terminal().print(f"store   {store / result.digest}", soft_wrap=True)
    terminal().print(f"report  {result.directory / 'report.html'}", soft_wrap=True)


def _reuse(outcomes: tuple["Outcome", ...]) -> None:
    """Tell which steps were taken from an earlier build, which were run, and what of it was damaged."""
    for state, title in (("kept", "unchanged"), ("made", "computed")):
        steps = Counter(outcome.step.replace("_", " ") for outcome in outcomes if outcome.state == state)
        told = ", ".join(step if count == 1 else f"{step} ({count})" for step, count in steps.items())
        if told:
            terminal().print(f"{title}: {told}", soft_wrap=True, highlight=False)
    for outcome in outcomes:
        if outcome.why:
            terminal(stderr=True).print(
                f"{outcome.step.replace('_', ' ')} was run again: {outcome.why}", soft_wrap=True
            )


def _summary(layers: tuple, findings: dict[str, int]) -> None:  # type: ignore[type-arg]
    from rich.table import Table

    table = Table("layer", "rows", "zooms", "vertices, all zooms", box=None)
    for entry in layers:
        vertices = sum(geometry.vertices for geometry in entry.geometries.values())
        table.add_row(entry.id, f"{entry.count:,}", f"{entry.min_zoom}–{entry.max_zoom}", f"{vertices:,}")
    terminal().print(table)
    if findings:
        told = ", ".join(f"{rule} {count:,}" for rule, count in findings.items())
        terminal().print(f"findings: {told}", soft_wrap=True, highlight=False)


@main.command()
@click.option("--store", type=FOLDER, help="Folder of the store [default: $TILESERVER_STORE].")
@click.option("--host", help="Address to listen on [default: 127.0.0.1].")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on [default: 8080].")
@click.option("--workers", type=click.IntRange(1, 1000), help="Processes that serve [default: 1].")
def serve(store: Path | None, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the map, tiles and catalogue of a store over HTTP."""
    import msgspec

    from tileserver.config import Settings
    from tileserver.store.integrity import current_digest
    from tileserver.web.server import address, run

    given = {"store": store, "host": host, "port": port, "workers": workers}
    settings = msgspec.structs.replace(
        Settings.from_env(os.environ), **{key: value for key, value in given.items() if value is not None}
    )
    current_digest(settings.store)  # a missing store is told before the server starts
    click.echo(f"{address(settings.host, settings.port)}  (Ctrl+C ends)")
    run(settings)


@main.command()
@click.argument("address", metavar="LAYER/Z/X/Y")
@click.option("--store", required=True, type=FOLDER, help="Folder of the store.")
@click.option("--properties", help="Properties, comma-separated [default: the layer's].")
@click.option("--indicators", help="Indicators, comma-separated [default: the layer's].")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File for the tile's bytes.")
def tile(
    address: str, store: Path, properties: str | None, indicators: str | None, output: Path | None
) -> None:
    """Render one tile; write its bytes to a file, or its content as JSON to standard output."""
    import json

    import mapbox_vector_tile

    from tileserver.errors import RequestError
    from tileserver.store.reader import open_store
    from tileserver.tiles import address as addresses
    from tileserver.tiles.render import render
    from tileserver.tiles.selection import select

    parts = address.split("/")
    if len(parts) != 4:
        raise RequestError(f"{address!r} is no tile address; it is LAYER/Z/X/Y, as in communes/8/128/90")
    name, *numbers = parts
    place = addresses.parse(*numbers)
    layer = open_store(store, verify=False).layer(name)
    chosen = select(layer.entry, properties, indicators)
    data = render(layer, place.z, place.x, place.y, chosen.columns)
    if output is None:
        decoded = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
        json.dump(decoded, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        output.write_bytes(data)
        terminal().print(f"{output}: {len(data):,} bytes")


@main.command()
@click.option("--store", required=True, type=FOLDER, help="Folder of the store.")
@click.option("--quality", is_flag=True, help="Show the proof of each zoom of each territory layer.")
def inspect(store: Path, *, quality: bool) -> None:
    """Check every file of a store and tell what is in it."""
    from rich.table import Table

    from tileserver.store.reader import open_store

    opened = open_store(store)
    size = sum(file.bytes for file in opened.manifest.files.values())
    terminal().print(f"store {opened.digest}: {len(opened.manifest.files)} files, {size:,} bytes, all intact")
    _summary(opened.manifest.layers, opened.manifest.findings)
    if quality:
        names = ("vertices", "ids", "expected", "invalid_edges", "gaps", "gap_km2", "overlap_km2", "lost_km2")
        table = Table("layer", "zoom", *names, "restored", box=None)
        for entry in opened.manifest.layers:
            for zoom, proof in sorted(entry.quality.items(), key=lambda item: int(item[0])):
                cells = [f"{getattr(proof, name):,}" for name in (*names, "restored")]
                table.add_row(entry.id, zoom, *cells)
        terminal().print(table)


if __name__ == "__main__":
    main()
