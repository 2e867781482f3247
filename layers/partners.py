"""Tables of partners: a TOML of an indicator, with a small header for the file that lies beside it.

``DIR/jobs.toml`` is an indicator (`layers.indicator_spec`) without ``parts``, and a table ``[file]`` that
tells where its figures are: in ``DIR/jobs.csv`` or ``DIR/jobs.xlsx`` unless it names another file of the
folder. The name of the TOML is the id of the indicator.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from msgspec import field

from layers.catalog import SLUG, Catalog, read_declaration
from layers.indicator_checks import check_indicators
from layers.indicator_spec import Indicator, Part
from layers.levels import finest_layer
from layers.refusals import refuse
from layers.spec import Declaration, Slug, Source
from tileserver.errors import DeclarationError

SUFFIXES = (".csv", ".xlsx", ".tsv", ".txt")
PREFIX = "partner_"
"""Begins the id of the source that a partner's file becomes."""


class PartnerFile(Declaration, frozen=True):
    """The file of a partner's table: where its codes and its figures are, and who answers for them.

    ``value`` is the column of the figures, or ``values`` gives one a period. ``level`` is that of the codes,
    ``edition`` the year of the commune list on which codes of communes stand. ``min`` and ``max`` bound what
    a figure can be. ``null`` and ``secret`` list cells that mean *none* and *withheld*. What the file says by
    itself (encoding, separator, row of the header) is found where it is not declared.
    """

    value: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    path: str | None = None
    key: str | None = None
    level: Slug = "commune"
    edition: int | None = None
    producer: str = ""
    licence: str = ""
    url: str = ""
    sheet: str | None = None
    header_row: int | None = None
    separator: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    min: float | None = None
    max: float | None = None
    null: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()

    def columns(self) -> Sequence[tuple[str | None, str]]:
        """Return each period and its column; None where there is one figure only."""
        return ((None, self.value),) if self.value is not None else tuple(self.values.items())

    def names(self) -> list[str]:
        """Return the columns of figures."""
        return [name for _, name in self.columns()]


class PartnerIndicator(Indicator, frozen=True, kw_only=True):
    """An indicator whose figures are in the file of a partner."""

    file: PartnerFile


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner's table as declared: the id of its indicator, its TOML, and its file, which may be absent."""

    id: str
    declared: PartnerIndicator
    path: Path

    @property
    def source_id(self) -> str:
        """The id of the source that the file becomes."""
        return PREFIX + self.id

    def source(self) -> Source:
        """Return the file as a source; its text is read and mended before it counts as one."""
        file = self.declared.file
        return Source(
            path=f"partners/{self.path.name}",
            title=self.declared.title,
            producer=file.producer,
            licence=file.licence,
            url=file.url,
            date=self.declared.date,
            edition=file.edition,
        )

    def indicator(self, key: str, finest: str) -> Indicator:
        """Return the indicator, its figures in the columns of the source; `key` is that of the codes."""
        file = self.declared.file
        parts = tuple(
            Part(
                source=self.source_id,
                key=key,
                value=column,
                period=period,
                level=None if file.level == finest else file.level,
                secret=file.secret,
            )
            for period, column in file.columns()
        )
        known: dict[str, Any] = {
            name: getattr(self.declared, name) for name in Indicator.__struct_fields__ if name != "parts"
        }
        return Indicator(**known, parts=parts)


def load_partners(directory: Path, catalog: Catalog) -> dict[str, Partner]:
    """Read every TOML of `directory`; raise `DeclarationError` for one that says something impossible."""
    if not directory.is_dir():
        raise DeclarationError(f"{directory}: no such folder; it should hold a TOML beside each table")
    partners = {}
    for path in sorted(directory.glob("*.toml")):
        partner = read_partner(path)
        check_partner(partner, catalog)
        partners[partner.id] = partner
    if not partners:
        raise DeclarationError(f"{directory}: no TOML in it; each partner's table needs one beside it")
    return partners


def read_partner(path: Path) -> Partner:
    """Read one TOML, and find the file beside it."""
    if not SLUG.match(path.stem):
        raise DeclarationError(
            f"{path}: its name is the id of the indicator; use small letters, figures and _, a letter first"
        )
    declared = read_declaration(path, path.name, PartnerIndicator)
    named = declared.file.path
    beside = [path.with_suffix(suffix) for suffix in SUFFIXES]
    found = next((each for each in beside if each.is_file()), beside[0])
    return Partner(path.stem, declared, found if named is None else path.parent / named)


def check_partner(partner: Partner, catalog: Catalog) -> None:
    """Check what a TOML promises by itself and against the catalogue."""
    name, declared = f"{partner.id}.toml", partner.declared
    file = declared.file
    if partner.id in catalog.indicators:
        raise refuse(name, "id", f"{partner.id!r} is already an indicator; give the file another name")
    if declared.parts or declared.computed or declared.overlay or declared.raster or declared.points:
        raise refuse(name, "parts", "the figures are in the file: leave out any other origin")
    if declared.rule in ("ratio", "expression"):
        raise refuse(name, "rule", f"{declared.rule!r} computes with other indicators; a table has figures")
    if (file.value is None) == (not file.values):
        raise refuse(name, "file.value", "give the column of the figures, or `values`, one a period")
    if file.path is not None and Path(file.path).name != file.path:
        raise refuse(name, "file.path", f"{file.path!r} should be a file of the same folder")
    levels = {str(layer.level): layer for layer in catalog.layers.values() if layer.kind == "territory"}
    if file.level not in levels:
        raise refuse(name, "file.level", f"{file.level!r} is none of: {', '.join(levels)}")
    finest = levels[file.level].source is not None
    if not finest and declared.rule != "none":
        raise refuse(
            name, "rule", f'"none" for a table of level {file.level}: only figures of communes go up'
        )
    if not finest and file.edition is not None:
        raise refuse(name, "file.edition", "only codes of communes stand on an edition of their list")
    _check_form(name, file)


def _check_form(name: str, file: PartnerFile) -> None:
    if file.separator is not None and len(file.separator) != 1:
        raise refuse(name, "file.separator", f"{file.separator!r} should be a single character")
    if file.header_row is not None and file.header_row < 1:
        raise refuse(name, "file.header_row", f"{file.header_row}; rows count from 1")
    if file.decimal not in (None, ",", "."):
        raise refuse(name, "file.decimal", f"{file.decimal!r} should be a comma or a point")
    if file.min is not None and file.max is not None and file.min > file.max:
        raise refuse(name, "file.min", f"{file.min} is above `max`, {file.max}")


def with_partners(catalog: Catalog, partners: Iterable[Partner], key: str) -> Catalog:
    """Return `catalog` with the source and the indicator of each partner; `key`: the column of codes."""
    level = str(finest_layer(catalog.layers)[1].level)
    found = list(partners)
    extended = replace(
        catalog,
        sources={**catalog.sources, **{partner.source_id: partner.source() for partner in found}},
        indicators={**catalog.indicators, **{partner.id: partner.indicator(key, level) for partner in found}},
    )
    check_indicators(extended.indicators, extended.sources, extended.layers)
    return extended
