"""The tables of partners taken into a build: declared as sources and indicators, their good rows given."""

from dataclasses import dataclass, field
from pathlib import Path

from layers.catalog import Catalog
from layers.partners import load_partners, with_partners
from preprocess.cache.kept import Kept
from preprocess.findings import Finding
from preprocess.partners.check import KEY, check
from preprocess.partners.lists import lists_of_sources
from preprocess.sources import Given, Sources


@dataclass(frozen=True, slots=True)
class Taken:
    """The catalogue with the partners' indicators, their tables by source, and all that was noticed."""

    catalog: Catalog
    given: dict[str, Given] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def take_partners(catalog: Catalog, directory: Path | None, sources: Path, kept: Kept) -> Taken:
    """Read and check the tables of `directory`; one of which nothing can be used is left out, and said.

    Raises `DeclarationError` for a TOML that says something impossible.
    """
    if directory is None:
        return Taken(catalog)
    partners = load_partners(directory, catalog)
    lists = lists_of_sources(catalog, Sources(sources, catalog.sources, kept))
    given: dict[str, Given] = {}
    usable = []
    findings: list[Finding] = []
    for partner in partners.values():
        checked = check(partner, lists)
        findings += checked.findings
        if checked.table is not None:
            given[partner.source_id] = Given(partner.path, checked.table)
            usable.append(partner)
    return Taken(with_partners(catalog, usable, KEY), given, tuple(findings))
