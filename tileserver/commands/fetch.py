"""``tileserver fetch``: the declared official files, downloaded or found unchanged."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tileserver import __version__
from tileserver.commands.terminal import terminal

if TYPE_CHECKING:
    from rich.console import Console

FOLDER = click.Path(path_type=Path, file_okay=False)
Moved = Callable[[str, int, int | None], None]


@click.command()
@click.option("--sources", required=True, type=FOLDER, help="Folder of the open data; made when missing.")
@click.option("--catalog", type=FOLDER, help="Folder of declarations, in place of the built-in ones.")
@click.option("--only", multiple=True, metavar="SOURCE", help="Only this source; may be given several times.")
@click.option(
    "--attempts", default=5, show_default=True, type=click.IntRange(1, 100), help="Attempts in vain."
)
@click.option(
    "--timeout", default=30.0, show_default=True, type=click.FloatRange(0.1, 3600), help="Seconds of silence."
)
@click.pass_context
def fetch(
    ctx: click.Context,
    *,
    sources: Path,
    catalog: Path | None,
    only: tuple[str, ...],
    attempts: int,
    timeout: float,
) -> None:
    """Download the files whose sources declare `download`; a file is replaced whole, or not at all.

    What was cut is gone on with, what has not changed is not sent again. Exit code 1: some file failed.
    """
    import httpx

    from layers.catalog import load_catalog
    from preprocess.fetch.download import Download, Patience
    from preprocess.fetch.sources import fetch_sources, wanted_files

    console, errors = terminal(), terminal(stderr=True)
    wanted = wanted_files(sources, load_catalog(catalog).sources, only)
    failed = 0
    with (
        httpx.Client(
            follow_redirects=True,
            timeout=httpx.Timeout(timeout, connect=min(timeout, 15.0)),
            headers={"User-Agent": f"tileserver/{__version__}"},
        ) as client,
        _bars(errors) as moved,
    ):
        download = Download(client, Patience(attempts=attempts), moved)
        for outcome in fetch_sources(sources, wanted, download):
            if outcome.state == "failed":
                failed += 1
                errors.print(f"failed: {outcome.why}", soft_wrap=True, markup=False, highlight=False)
            else:
                told = f"{outcome.id}: {outcome.state}, {outcome.bytes:,} bytes"
                console.print(told, soft_wrap=True, markup=False, highlight=False)
    if failed:
        errors.print(f"{failed} of {len(wanted)} files failed; the ones in place were not touched")
    ctx.exit(1 if failed else 0)


@contextmanager
def _bars(console: "Console") -> Iterator[Moved]:
    """Draw a bar a file while the context lasts."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description:<36}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console) as progress:

        def moved(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=total)
            progress.update(tasks[name], completed=done, total=total)

        yield moved
