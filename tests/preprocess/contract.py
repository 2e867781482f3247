"""What a prepared country promises, whichever it is."""

import numpy as np
import pandas as pd
import shapely

from layers.catalog import Catalog
from preprocess.findings import Finding
from preprocess.prepared import LayerTable, Prepared

LEVELS = {"ti": "ti", "epci": "epci", "departements": "departement", "regions": "region"}


def by_rule(prepared: Prepared) -> dict[str, list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for item in prepared.findings:
        groups.setdefault(item.rule, []).append(item)
    return groups


def assert_contract(prepared: Prepared, catalog: Catalog) -> None:
    """Assert what `preprocess.prepared` promises to the geometry half."""
    communes = prepared.tables["communes"].table
    assert prepared.outlines["code"].tolist() == communes["code"].tolist()
    assert prepared.membership["commune"].tolist() == communes["code"].tolist()
    assert list(prepared.membership.columns) == ["commune", "epci", "ti", "departement", "region"]
    assert prepared.outlines.crs.to_epsg() == 4326
    assert shapely.is_valid(prepared.outlines.geometry.to_numpy()).all()
    assert shapely.coverage_is_valid(prepared.outlines.geometry.to_numpy())
    assert list(prepared.tables) == list(catalog.layers)
    absent = {item.source for item in prepared.findings if item.rule == "detail-absent"}
    optional = {"communes_outlines_2018"} if absent else set()
    assert set(prepared.source_digests) == set(catalog.sources) - optional
    for key, entry in prepared.tables.items():
        layer = catalog.layers[key]
        table = entry.table
        fields = [item.id for item in layer.properties]
        fields += [column.id for column in entry.figures]
        assert list(table.columns) == ["id", "code", "name", *fields]
        if layer.kind == "territory":
            there = [key for key, facts in prepared.indicators.items() if str(layer.level) in facts.coverage]
            assert [name for name in table.columns if name in catalog.indicators] == there
            assert_statuses(entry)
        assert isinstance(table.index, pd.RangeIndex)
        assert table["id"].dtype == np.uint64
        assert table["id"].is_unique
        assert table["code"].notna().all()
        assert table["code"].is_monotonic_increasing
        if layer.kind == "territory":
            assert entry.lonlat is None
            assert table["name"].notna().all()
        elif layer.kind == "points":
            assert entry.lonlat is not None
            assert entry.lonlat.shape == (len(table), 2)
            assert np.isfinite(entry.lonlat).all()
        elif layer.kind == "zoning":
            assert entry.shapes is not None
            assert entry.file is not None
            assert shapely.is_valid(entry.shapes).all()
            assert len(entry.shapes) == len(entry.file) == len(table)
    for key, level in LEVELS.items():
        present = set(prepared.membership[level].dropna())
        assert set(prepared.tables[key].table["code"]) == present


def assert_statuses(entry: LayerTable) -> None:
    """Assert that a figure is null exactly where its status, beside it, has no value."""
    for column in entry.figures:
        if column.kind != "indicator":
            continue
        values = entry.table[column.id]
        if column.status is None:
            assert values.notna().all(), column.id
            continue
        status = entry.table[column.status].fillna("ok")
        assert values.notna().equals(status.isin(["ok", "estimated", "partial"])), column.id
        if column.known is not None:
            known = entry.table[column.known]
            assert known.notna().equals(status == "partial")
            assert known.dropna().between(0, 1).all()
