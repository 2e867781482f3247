"""What the form offers: indicators by theme, trades by family, zonings, kinds of projects."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tileserver.store.labour import LabourStore
from tileserver.store.manifest import Inventory, Title
from tileserver.web.contracts import LayerLike
from tileserver.web.find.labour_columns import MEASURES
from tileserver.web.profile.funded import text_of
from tileserver.web.profile.places import level_plural
from tileserver.web.profile.words import THEMES
from tileserver.web.snapshot import Snapshot

MOST_VALUES: Final = 30
"""Values of a property that are offered, the most frequent first."""

_ZONINGS: Final = "zonings"

_EVERY: Final = {
    "projects": Title("Tous les projets financés", "All funded projects"),
    "land": Title("Tout le foncier", "All land"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: the value that is sent, and its words."""

    value: str
    title: Title


@dataclass(frozen=True, slots=True)
class Group:
    """Choices under one heading."""

    title: Title
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """All that the form offers for one level."""

    levels: tuple[Choice, ...]
    indicators: tuple[Group, ...]
    periods: tuple[str, ...]
    trades: tuple[Group, ...]
    measures: tuple[Choice, ...]
    years: tuple[str, ...]
    zonings: tuple[Choice, ...]
    kinds: tuple[Group, ...]


def list_choices(shot: Snapshot, level: str) -> Choices:
    """List what there is to choose at a level."""
    survey: LabourStore | None = shot.store.labour
    if survey is not None and level not in survey.entry.levels:
        survey = None
    there = shot.store.zonings
    zonings = () if there is None or level not in there.entry.levels else there.entry.zonings
    entries = [entry for entry in shot.manifest.indicators if level in entry.levels]
    layers = sorted(shot.levels.items(), key=lambda item: item[1].entry.order)
    return Choices(
        levels=tuple(Choice(name, level_plural(name, layer)) for name, layer in layers),
        indicators=_indicators(entries),
        periods=tuple(sorted({one for entry in entries if len(entry.periods) > 1 for one in entry.periods})),
        trades=() if survey is None else _trades(survey),
        measures=tuple(Choice(name, title) for name, title in MEASURES.items()),
        years=() if survey is None else survey.years,
        zonings=tuple(Choice(zoning.layer, shot.layer(zoning.layer).entry.title) for zoning in zonings),
        kinds=tuple(kinds_of(shot, "projects", "land")),
    )  # fmt: skip


def _indicators(entries: list[Any]) -> tuple[Group, ...]:
    """Group the indicators by theme; those of zonings have fields of their own."""
    by_theme: dict[str, list[Choice]] = {}
    for entry in sorted(entries, key=lambda entry: entry.order):
        if entry.theme == _ZONINGS or entry.categories or not entry.listed:
            continue
        unit = Title(*(f" ({each})" if each else "" for each in (entry.unit.fr, entry.unit.en)))
        title = Title(entry.title.fr + unit.fr, entry.title.en + unit.en)
        theme = entry.theme if entry.theme in THEMES else ""
        by_theme.setdefault(theme, []).append(Choice(entry.id, title))
    return tuple(Group(THEMES[theme], tuple(by_theme[theme])) for theme in THEMES if theme in by_theme)


def _trades(survey: LabourStore) -> tuple[Group, ...]:
    years = {
        key: ", ".join(year.year for year in survey.entry.years if year.nomenclature == key)
        for key in survey.entry.nomenclatures
    }
    groups = [Group(Title("Ensemble", "Together"), (Choice("all", Title("Tous métiers", "All trades")),))]
    families = {each.code: _plain(each.name) for each in survey.trades if each.kind == "family"}
    groups.append(
        Group(
            Title("Familles", "Families"),
            tuple(Choice(code, Title(name, name)) for code, name in families.items()),
        )
    )
    domains: dict[str, Title] = {}
    for named in survey.entry.domains.values():
        domains |= named
    if domains:
        told = tuple(Choice(f"{letter}*", name) for letter, name in sorted(domains.items()))
        groups.append(Group(Title("Domaines", "Domains"), told))
    for key, title in survey.entry.nomenclatures.items():
        listed = sorted(
            (_plain(each.name), each.code)
            for each in survey.trades
            if each.kind == "trade" and each.nomenclature == key
        )
        groups.append(
            Group(
                Title(f"{title.fr} : {years[key]}", f"{title.en}: {years[key]}"),
                tuple(Choice(code, Title(name, name)) for name, code in listed),
            )
        )
    return tuple(groups)


def _plain(text: str) -> str:
    return " ".join(text.split())


def kinds_of(shot: Snapshot, *subjects: str) -> list[Group]:
    """List projects and land: all, each layer, each value that an inventory counts by."""
    every = tuple(Choice(f"{subject}.all", _EVERY[subject]) for subject in subjects)
    groups = [Group(Title("Ensemble", "Together"), every)]
    for layer in sorted(shot.store.layers.values(), key=lambda layer: layer.entry.order):
        told = layer.entry.inventory
        if told is not None and told.subject in subjects:
            groups.append(Group(layer.entry.title, tuple(_kinds(layer, told))))
    return groups


def _kinds(layer: LayerLike, told: Inventory) -> Iterator[Choice]:
    head = f"{told.subject}.{layer.entry.id}"
    yield Choice(head, Title(f"{layer.entry.title.fr} : tous", f"{layer.entry.title.en}: all"))
    fields = {field.id: field for field in layer.entry.fields}
    for name in told.counts:
        if fields[name].type == "boolean":
            continue
        title = fields[name].title
        for value, _ in Counter(layer.attributes.column(name).to_pylist()).most_common(MOST_VALUES):
            if value is not None:
                text = text_of(value)
                yield Choice(f"{head}.{name}.{text}", Title(f"{title.fr} : {text}", f"{title.en}: {text}"))
