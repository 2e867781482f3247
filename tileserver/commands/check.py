"""``tileserver check``: a partner's file held against the lists of codes, without building anything."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tileserver.commands.terminal import terminal
from tileserver.errors import SourceError

if TYPE_CHECKING:  # loaded where it is used, as all that a command needs
    from rich.console import Console

    from layers.catalog import Catalog
    from layers.partners import Partner
    from preprocess.findings import Finding
    from preprocess.partners.lists import Lists

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)
SHOWN = 8
"""Findings of one rule that are shown, without ``--all``."""

MARKS = {"warning": "[yellow]à vérifier[/yellow]", "repair": "[cyan]réparé[/cyan]", "info": "à savoir"}


@click.command()
@click.argument("file", type=FILE)
@click.option("--sources", type=FOLDER, help="Folder of the open data, for the lists of codes.")
@click.option("--store", type=FOLDER, help="Folder of a store, for the lists of codes instead.")
@click.option("--declared", type=FILE, help="TOML of the table [default: the one beside FILE, if any].")
@click.option("--catalog", type=FOLDER, help="Folder of declarations, in place of the built-in ones.")
@click.option("--all", "whole", is_flag=True, help="Show every finding, not the first of each rule.")
@click.pass_context
def check(  # noqa: PLR0913 - one for each option
    ctx: click.Context,
    *,
    file: Path,
    sources: Path | None,
    store: Path | None,
    declared: Path | None,
    catalog: Path | None,
    whole: bool,
) -> None:
    """Tell what a build would keep of a partner's table FILE (CSV or XLSX), and what is wrong with it.

    With a TOML beside FILE the table is checked as it declares it; without one, the columns of codes and of
    figures are guessed, and a TOML to begin with is written to the terminal. Exit code 1: nothing of the
    file can be used.
    """
    from layers.catalog import load_catalog
    from layers.partners import check_partner, read_partner
    from preprocess.partners.check import check as checked_file
    from preprocess.partners.propose import proposed

    console = terminal()
    known = load_catalog(catalog)
    if file.suffix == ".toml":
        declared, file = file, read_partner(file).path
    lists = _lists(known, sources, store, console)
    beside = declared or file.with_suffix(".toml")
    if declared is not None or beside.is_file():
        partner = read_partner(beside)
        check_partner(partner, known)
        result = checked_file(partner if declared is None else _of(partner, file), lists)
    else:
        guessed, draft, notes = proposed(file, lists)
        console.print(f"{file} has no TOML beside it; guessed:", soft_wrap=True)
        _tell(notes, console, whole=True)
        if guessed is None:
            ctx.exit(1)
        console.print(draft, markup=False, highlight=False, soft_wrap=True)
        result = checked_file(guessed, lists)
    _tell(result.findings, console, whole=whole)
    ctx.exit(1 if result.table is None else 0)


def _of(partner: "Partner", file: Path) -> "Partner":
    from dataclasses import replace

    return replace(partner, path=file)


def _lists(catalog: "Catalog", sources: Path | None, store: Path | None, console: "Console") -> "Lists":
    from preprocess.partners.lists import lists_of_sources, lists_of_store
    from preprocess.sources import Sources

    if sources is not None:
        return lists_of_sources(catalog, Sources(sources, catalog.sources))
    if store is not None:
        console.print("Editions of the list of communes are not judged: that takes --sources.")
        return lists_of_store(store, catalog)
    raise SourceError("no lists of codes: give --sources, the folder of the open data, or --store, a store")


def _tell(findings: Iterable["Finding"], console: "Console", *, whole: bool) -> None:
    """Print findings rule by rule, each under its title."""
    from preprocess.rules import explain

    rules: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        rules[finding.rule, finding.severity].append(finding)
    for (slug, severity), found in rules.items():
        rule = explain(slug)
        console.print(f"{MARKS[severity]} · {rule.fr} · {rule.en} ({len(found)})", highlight=False)
        for finding in found if whole else found[:SHOWN]:
            key = f"{finding.key}: " if finding.key and finding.key not in finding.message else ""
            console.print(f"  {key}{finding.message}", markup=False, highlight=False, soft_wrap=True)
        if not whole and len(found) > SHOWN:
            console.print(f"  … and {len(found) - SHOWN} more: --all shows them", highlight=False)
