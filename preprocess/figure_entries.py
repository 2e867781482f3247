"""Manifest entries of indicators: their fields in the tiles, and all that a figure needs beside it."""

from collections.abc import Sequence

import pandas as pd
from msgspec.structs import replace

from layers.catalog import Catalog
from layers.indicator_spec import Indicator
from layers.indicators import indicator_sources
from layers.levels import outline_sources, territory_layers
from layers.spec import Layer
from preprocess.field_entries import field, title
from preprocess.figures.publish import KNOWN_DECIMALS, FigureColumn
from preprocess.prepared import Prepared
from tileserver.store.manifest import Category, Field, IndicatorEntry, ShareOut, Title

STATUS = Title("statut", "status")
KNOWN = Title("part connue", "share known")


def figure_fields(
    catalog: Catalog, layer: Layer, table: pd.DataFrame, figures: Sequence[FigureColumn], first: int
) -> list[Field]:
    """Describe the columns of the indicators, the first of them in column `first`.

    A status is carried by default wherever its indicator is; the share known never.
    """
    found = []
    for number, item in enumerate(figures, start=first):
        indicator = catalog.indicators[item.indicator]
        default = item.indicator in layer.default_indicators and item.id in (
            item.indicator,
            f"{item.indicator}_status",
        )
        if item.kind == "indicator":
            described = field(
                table, number, item.id, role="indicator", kind=indicator.type, text=_named(indicator, item),
                default=default,
            )  # fmt: skip
            described = replace(
                described, unit=title(indicator.unit), precision=indicator.precision,
                status=item.status, known=item.known,
            )  # fmt: skip
        elif item.kind == "status":
            text = _named(indicator, item, STATUS)
            described = field(
                table, number, item.id, role="status", kind="string", text=text, default=default
            )
        else:
            text = _named(indicator, item, KNOWN)
            described = field(table, number, item.id, role="known", kind="number", text=text, default=False)
            described = replace(described, precision=KNOWN_DECIMALS)
        found.append(described)
    return found


def _named(indicator: Indicator, item: FigureColumn, what: Title | None = None) -> Title:
    period = "" if item.period is None else f" ({item.period})"
    fr, en = ("", "") if what is None else (f", {what.fr}", f", {what.en}")
    return Title(f"{indicator.title.fr}{fr}{period}", f"{indicator.title.en}{en}{period}")


def indicators(catalog: Catalog, prepared: Prepared) -> tuple[IndicatorEntry, ...]:
    """Describe every indicator, in declared order."""
    return tuple(_entry(key, catalog, prepared) for key in catalog.indicators)


def _entry(key: str, catalog: Catalog, prepared: Prepared) -> IndicatorEntry:
    indicator, facts = catalog.indicators[key], prepared.indicators[key]
    outlines = outline_sources(catalog.layers)
    declared = indicator_sources(key, catalog.indicators, catalog.layers, *outlines)
    sources = tuple(source for source in declared if source in prepared.source_digests)
    editions = {source: catalog.sources[source].edition for source in sources}
    shared = indicator.share_out
    return IndicatorEntry(
        id=key,
        title=title(indicator.title),
        definition=title(indicator.definition),
        unit=title(indicator.unit),
        type=indicator.type,
        precision=indicator.precision,
        rule=indicator.rule,
        date=indicator.date,
        theme=indicator.theme,
        count=indicator.count,
        listed=indicator.listed,
        numerator=indicator.numerator,
        denominator=indicator.denominator,
        factor=indicator.factor,
        weight=indicator.weight,
        expression=indicator.expression,
        share_out=None if shared is None else ShareOut(shared.source, shared.weight),
        least_known=indicator.least_known,
        periods=facts.periods,
        breaks=indicator.breaks,
        categories=tuple(Category(item.value, title(item.title)) for item in indicator.categories),
        classes=indicator.classes,
        palette=indicator.palette,
        limits=indicator.limits,
        order=indicator.order,
        sources=sources,
        editions={source: year for source, year in editions.items() if year is not None},
        levels=tuple(
            str(layer.level)
            for layer in territory_layers(catalog.layers).values()
            if str(layer.level) in facts.coverage
        ),
        coverage={
            level: {period: dict(counts) for period, counts in periods.items()}
            for level, periods in facts.coverage.items()
        },
        country=dict(facts.country),
    )
