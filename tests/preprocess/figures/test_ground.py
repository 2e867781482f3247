"""Figures from zonings and rasters: what is told, what is missing, and what is known in part."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from msgspec.structs import replace

from layers.indicator_spec import Overlay, Raster
from layers.spec import Areas, Covers, Layer, Partly, Property, ZoomRange
from preprocess.areas import areas_km2
from preprocess.figures.context import Context
from preprocess.figures.ground import overlay_series, raster_series
from preprocess.figures.table import Figures
from preprocess.prepared import LayerTable
from tests.preprocess.figures.world import world
from tests.preprocess.samples import TEXT, source
from tileserver.store.status import Status

CODES = {"01001": "a", "01002": "a", "02001": "b", "02002": None}


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """Give four communes of a degree in a row, and a zoning over the first that covers TI a and b."""
    made = world(tmp_path, CODES, {}, {})
    kind = Property(id="kind", column="kind", type="string", title=TEXT)
    made.catalog.sources["sites"] = source("sites.geojson")
    made.catalog.layers["sites"] = Layer(
        title=TEXT,
        description=TEXT,
        kind="zoning",
        zoom=ZoomRange(min=5, max=10),
        areas=(Areas(source="sites", covers=Covers(level="ti"), number="s-"),),
        properties=(kind,),
        partly=Partly(property="kind", values=("partly",)),
    )
    shapes = np.array([shapely.box(0, 45, 0.5, 46), shapely.box(1.75, 45, 2, 46)], object)
    codes = ["s-1", "s-2"]
    table = pd.DataFrame({"id": [0, 1], "code": codes, "name": codes, "kind": ["all", "partly"]})
    made.tables = {"sites": LayerTable("sites", table, shapes=shapes, file=np.zeros(2, np.int64))}
    return made


def statuses(figures: Figures) -> list[str]:
    return [Status(code).slug for code in figures.status]


def test_outside_what_a_zoning_covers_is_missing_never_zero(context: Context) -> None:
    series, findings = overlay_series("sites_km2", Overlay(layer="sites"), context)
    assert not findings
    [figures] = series.values()
    assert statuses(figures) == ["ok", "partial", "ok", "missing"]
    area = areas_km2(context.outlines.geometry.to_numpy())
    assert figures.value == pytest.approx([area[0] / 2, 0, 0, np.nan], rel=1e-9, nan_ok=True)
    assert figures.known == pytest.approx([1, 0.75, 1, 0], rel=1e-9)


def test_the_covered_area_is_what_a_share_is_of(context: Context) -> None:
    series, _ = overlay_series("told", Overlay(layer="sites", covered=True), context)
    area = areas_km2(context.outlines.geometry.to_numpy())
    assert series[None].value == pytest.approx([area[0], 0.75 * area[1], area[2], np.nan], nan_ok=True)
    assert statuses(series[None]) == ["ok", "partial", "ok", "missing"]


def test_a_zoning_is_laid_once_for_all_that_use_it(context: Context) -> None:
    context.catalog.layers["sites"] = replace(
        context.catalog.layers["sites"],
        areas=(Areas(source="sites", covers=Covers(level="ti", codes=("z",)), number="s-"),),
    )
    first, told = overlay_series("a", Overlay(layer="sites"), context)
    _, again = overlay_series("b", Overlay(layer="sites", covered=True), context)
    assert statuses(first[None]) == ["missing"] * 4
    assert [finding.rule for finding in told] == ["covers-nothing"]
    assert not again


def test_a_commune_at_the_edge_of_a_raster_is_known_in_part(context: Context, tmp_path: Path) -> None:
    degree = (
        96.486_280_5e3  # of longitude on the equator in EPSG:6933; the parallel 45° N to 46° N is one strip
    )
    cells = np.array([[112, 112, 211, 211], [112, 211, 211, 211]], np.float32)
    with rasterio.open(
        tmp_path / "cover.tif",
        "w",
        driver="GTiff",
        width=4,
        height=2,
        count=1,
        dtype="float32",
        nodata=float("nan"),
        crs="EPSG:6933",
        transform=rasterio.Affine(degree * 0.625, 0.0, -degree, 0.0, -200_000.0, 5_400_000.0),
    ) as raster:
        raster.write(cells, 1)
    context.catalog.sources["cover"] = source("cover.tif")
    told = raster_series("t", Raster(source="cover", least=100, most=199, covered=True), context)[0][None]
    inside = raster_series("i", Raster(source="cover", least=100, most=199), context)[0][None]
    assert statuses(inside) == ["ok", "partial", "missing", "missing"]
    assert statuses(told) == statuses(inside)
    assert inside.known[1] == pytest.approx(0.5, abs=1e-3)
    assert told.value[1] == pytest.approx(0.5 * context.area_km2[1], rel=2e-3)
    assert 0 <= inside.value[0] <= told.value[0] == context.area_km2[0]
