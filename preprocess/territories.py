"""The tables of the territory layers: codes, names, properties, indicators."""

import geopandas
import pandas as pd

from layers.levels import finest_layer, territory_layers
from preprocess.figures.context import Context
from preprocess.figures.levels import COUNTRY, Levels, all_levels
from preprocess.figures.publish import coverage, published
from preprocess.figures.table import Period
from preprocess.findings import Finding
from preprocess.ids import feature_ids
from preprocess.membership import Nesting
from preprocess.prepared import IndicatorFacts, LayerTable
from preprocess.rows import typed_properties


def territory_tables(
    context: Context, nesting: Nesting
) -> tuple[dict[str, LayerTable], dict[str, IndicatorFacts], list[Finding]]:
    """Return the table of each territory layer, and what came out of each indicator."""
    drawn: geopandas.GeoDataFrame = context.outlines
    layers = territory_layers(context.catalog.layers)
    finest_id, _ = finest_layer(context.catalog.layers)
    levels, findings = all_levels(context)
    tables: dict[str, LayerTable] = {}
    for key, layer in layers.items():
        level = str(layer.level)
        codes = levels.codes[level]
        names = (
            nesting.names[key] if key != finest_id else dict(zip(drawn["code"], drawn["name"], strict=True))
        )
        head = pd.DataFrame({"code": codes.to_numpy()}, dtype="str")
        head.insert(0, "id", feature_ids(f"layer {key}", list(head["code"])))
        head["name"] = head["code"].map(names).astype("str")
        if key == finest_id:
            properties, noted = typed_properties(layer, drawn, drawn["code"])
            findings += noted
            head = pd.concat([head, properties], axis=1)
        values, columns = published(levels.figures[level], context.catalog.indicators, len(head))
        tables[key] = LayerTable(key, pd.concat([head, values], axis=1), figures=columns)
    return tables, _facts(context, levels), findings


def _facts(context: Context, levels: Levels) -> dict[str, IndicatorFacts]:
    order = [str(layer.level) for layer in territory_layers(context.catalog.layers).values()]
    facts = {}
    for key in context.catalog.indicators:
        there = {level: levels.figures[level][key] for level in order if key in levels.figures[level]}
        periods: list[Period] = sorted({p for series in there.values() for p in series if p}, key=str)
        whole = levels.figures[COUNTRY].get(key, {})
        facts[key] = IndicatorFacts(
            periods=tuple(str(period) for period in periods),
            coverage={level: coverage(series) for level, series in there.items()},
            country={
                period or "": float(figures.value[0])
                for period, figures in whole.items()
                if figures.known[0] > 0
            },
        )
    return facts
