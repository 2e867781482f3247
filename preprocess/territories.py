"""The tables of the territory layers: codes, names, properties, indicators."""

import geopandas
import pandas as pd

from layers.catalog import Catalog
from layers.indicators import indicator_sources
from layers.levels import finest_layer, territory_layers
from preprocess import aggregate, parts
from preprocess.findings import Finding
from preprocess.ids import feature_ids
from preprocess.membership import Nesting
from preprocess.prepared import LayerTable
from preprocess.rows import typed_properties
from preprocess.sources import Sources


def territory_tables(
    catalog: Catalog, drawn: geopandas.GeoDataFrame, nesting: Nesting, folder: Sources
) -> tuple[dict[str, LayerTable], list[Finding]]:
    """Return the table of each territory layer: codes, names, properties, indicators."""
    finest_id, finest = finest_layer(catalog.layers)
    outline_source = str(finest.source)
    base, findings = parts.commune_values(catalog.indicators, drawn, folder)
    origins = {key: indicator_sources(key, catalog.indicators, outline_source)[0] for key in base.columns}
    tables: dict[str, LayerTable] = {}
    for key, layer in territory_layers(catalog.layers).items():
        if key == finest_id:
            raw = base
            names = dict(zip(drawn["code"], drawn["name"], strict=True))
        else:
            territory = nesting.table[str(layer.level)].set_axis(base.index)
            raw, noted = aggregate.carry_up(base, territory, str(layer.level), origins)
            findings += noted
            names = nesting.names[key]
        values = aggregate.rounded(aggregate.with_ratios(raw, catalog.indicators), catalog.indicators)
        head = pd.DataFrame({"code": values.index.to_numpy()}, dtype="str")
        head.insert(0, "id", feature_ids(f"layer {key}", list(head["code"])))
        head["name"] = head["code"].map(names).astype("str")
        if key == finest_id:
            properties, noted = typed_properties(layer, drawn, drawn["code"])
            findings += noted
            head = pd.concat([head, properties], axis=1)
        tables[key] = LayerTable(key, pd.concat([head, values.reset_index(drop=True)], axis=1))
    return tables, findings
