"""A catalogue that is quick to build, for tests that build often.

It has a layer of each kind, a few of the indicators, and of the territories two zooms in place of all. What
is done with them, and with the files, is the same.
"""

import dataclasses
from typing import Final

from msgspec.structs import replace

from layers.catalog import Catalog, load_catalog

LAYERS: Final = ("natura2000_zsc", "qpv")
INDICATORS: Final = (
    "population", "area_km2", "density",
    "natura2000_zsc_km2", "natura2000_zsc_covered_km2", "natura2000_zsc_share",
)  # fmt: skip
SOURCES: Final = (
    "commune_movements", "commune_sirens", "communes_2025", "communes_outlines", "communes_outlines_2018",
    "ept_communes", "natura2000_zsc_oise", "population_communes", "population_mayotte", "qpv_centroids",
    "ti_members_2023",
)  # fmt: skip


def shallow_catalog(shallowest: int = 7, deepest: int = 8) -> Catalog:
    """Return a part of the declared catalogue."""
    catalog = load_catalog()
    layers = {
        name: replace(layer, zoom=replace(layer.zoom, min=shallowest, max=deepest))
        if layer.kind == "territory"
        else layer
        for name, layer in catalog.layers.items()
        if layer.kind == "territory" or name in LAYERS
    }
    sources = {name: catalog.sources[name] for name in SOURCES}
    indicators = {name: catalog.indicators[name] for name in INDICATORS}
    return dataclasses.replace(catalog, sources=sources, layers=layers, indicators=indicators, labour=None)
