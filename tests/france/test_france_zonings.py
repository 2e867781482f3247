"""Zonings of the real France, measured again by geopandas from the official files."""

import json
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from layers.catalog import load_catalog
from layers.indicator_spec import Overlay, Raster
from layers.levels import finest_layer
from preprocess.cache.kept import Kept
from preprocess.figures.context import Context
from preprocess.figures.ground import overlay_series, raster_series
from preprocess.figures.table import Figures
from preprocess.listed import take_listed
from preprocess.membership import build_membership
from preprocess.outlines import read_outlines
from preprocess.progress import Silent
from preprocess.row_layers import write_zoning
from preprocess.sources import Sources
from preprocess.zonings import zoning_table
from tests.decoders.sweep import Swept, examine
from tileserver.store.manifest import EXTENT
from tileserver.store.reader import LayerStore, Store, open_store
from tileserver.store.status import Status
from tileserver.store.writer import StoreWriter
from tileserver.tiles.render import render

pytestmark = [pytest.mark.france, pytest.mark.slow]

OISE = {
    "natura2000_zsc": ("oise_natura_zsc", 18),
    "natura2000_zps": ("oise_natura_zps", 3),
    "znieff1": ("oise_znieff1", 164),
    "znieff2": ("oise_znieff2", 21),
}
PROJECTION = 6933


@pytest.fixture(scope="module")
def context(france_sources: Path, kept: Kept) -> Context:
    catalog = load_catalog()
    folder = Sources(france_sources, catalog.sources, kept)
    outlines, _ = folder.kept(finest_layer(catalog.layers), read_outlines, catalog, folder)
    nesting, _ = build_membership(catalog.layers, outlines["code"], folder)
    tables = {
        key: zoning_table(key, layer, folder)[0]
        for key, layer in catalog.layers.items()
        if layer.kind == "zoning" and layer.areas
    }
    made = Context(catalog, folder, outlines, nesting.table, tables, Silent())
    lists, _ = take_listed(made, nesting)
    made.tables = {**tables, **lists}
    return made


def share(name: str, context: Context) -> tuple[pd.Series, Figures]:
    inside = overlay_series(name, Overlay(layer=name), context)[0][None]
    told = overlay_series(name, Overlay(layer=name, covered=True), context)[0][None]
    return pd.Series(inside.value / told.value, index=context.communes), inside


@pytest.mark.parametrize("name", OISE)
def test_shares_of_the_communes_of_the_oise_are_those_of_geopandas(
    name: str, context: Context, france_sources: Path
) -> None:
    file, count = OISE[name]
    areas = geopandas.read_file(france_sources / "natura2000" / f"{file}.geojson").to_crs(PROJECTION)
    assert len(areas) == count
    communes = context.outlines[context.outlines["code"].str.startswith("60")].to_crs(PROJECTION)
    union = geopandas.GeoDataFrame(geometry=[areas.union_all()], crs=PROJECTION)
    cut = geopandas.overlay(communes, union, how="intersection", keep_geom_type=True)
    wanted = cut.set_index("code").area / communes.set_index("code").area
    wanted = wanted.fillna(0.0)
    found, _ = share(name, context)
    assert len(wanted) > 600
    assert (wanted > 0.01).sum() > 20
    assert (found[wanted.index] - wanted).abs().max() < 1e-6


@pytest.mark.parametrize("name", ["natura2000_zsc", "znieff1", "znieff2"])
def test_outside_the_oise_everything_is_missing(name: str, context: Context) -> None:
    found, figures = share(name, context)
    oise = context.communes.str.startswith("60")
    assert (figures.status[oise] == Status.OK).all()
    assert (figures.status[~oise] == Status.MISSING).all()
    assert found[~oise].isna().all()


def test_three_sites_cover_no_more_than_the_communes_that_they_touch(context: Context) -> None:
    found, _ = share("natura2000_zps", context)
    told = found.dropna()
    beyond = told[~told.index.str.startswith("60")]
    assert set(beyond.index.str[:2]) == {"22"}
    assert (beyond > 0).all()
    assert 10 < len(beyond) < 100


def test_regional_aid_is_a_list_of_communes(context: Context) -> None:
    found, figures = share("afr", context)
    overseas = context.communes.str.startswith("97")
    assert (figures.status[overseas] == Status.MISSING).all()
    told = found.dropna()
    assert (told.isin([0.0, 1.0])).sum() >= len(told) - 15
    assert 4600 < (told == 1).sum() < 4855
    assert 180 <= (figures.status[~overseas] == Status.MISSING).sum() <= 187


def test_rural_revitalisation_is_that_of_the_list(context: Context, france_sources: Path) -> None:
    records = json.loads((france_sources / "zonages" / "zrr_communes_2022.json").read_text())
    listed = pd.Series({record["fields"]["insee_code"]: record["fields"]["status"] for record in records})
    found, figures = share("zrr", context)
    unchanged = found.index.intersection(listed.index)
    words = {"C": 1.0, "NC": 0.0}
    wanted = listed[unchanged].map(words)
    differ = unchanged[(found[unchanged] != wanted) & ~(found[unchanged].isna() & wanted.isna())]
    # Only communes that have merged or come apart since may have another status than their code had.
    assert set(differ) <= context.history.touched(2021)
    assert len(differ) < 100
    assert 17_400 < (found == 1).sum() < 17_694
    assert (figures.status == Status.MISSING).sum() < 150


def test_artificial_land_is_that_of_the_cells_counted_one_by_one(
    context: Context, france_sources: Path
) -> None:
    """Cells cut one by one by shapely, for some communes inside and some at the edge."""
    figures = raster_series("x", Raster(source="clc_2018_lot", least=100, most=199), context)[0][None]
    told = np.flatnonzero(figures.known > 0)
    chosen = [*told[:: len(told) // 12], *np.flatnonzero(figures.status == Status.PARTIAL)[::40]]
    communes = context.outlines.iloc[chosen].to_crs(3035)
    with rasterio.open(france_sources / "raster" / "CLC2018_Lot.tif") as raster:
        for row, shape in zip(chosen, communes.geometry, strict=True):
            west, south, east, north = shape.bounds
            first = max(0, int((raster.bounds.top - north) // 100))
            left = max(0, int((west - raster.bounds.left) // 100))
            last, right = (
                int((raster.bounds.top - south) // 100) + 1,
                int((east - raster.bounds.left) // 100) + 1,
            )
            inside = known = 0.0
            cells = raster.read(1)[first:last, left:right]
            for (down, across), value in np.ndenumerate(cells):
                x = raster.bounds.left + 100 * (left + across)
                y = raster.bounds.top - 100 * (first + down)
                part = shapely.area(shapely.intersection(shapely.box(x, y - 100, x + 100, y), shape))
                known += part
                inside += part if value < 200 else 0.0
            scale = context.area_km2[row] / shape.area
            assert figures.value[row] == pytest.approx(inside * scale, rel=1e-4, abs=1e-6)
            assert figures.known[row] == pytest.approx(known / shape.area, abs=1e-5)


def test_the_lot_is_covered_and_the_rest_of_france_is_not(context: Context) -> None:
    figures = raster_series("x", Raster(source="clc_2018_lot", least=100, most=199), context)[0][None]
    lot = context.communes.str.startswith("46")
    assert (figures.known[lot] > 0).all()
    assert (figures.status == Status.PARTIAL).sum() > 50
    assert (figures.status == Status.MISSING).sum() > 34_000


def test_every_tile_of_every_zoning_is_valid_and_no_area_is_missing(context: Context, tmp_path: Path) -> None:
    """All tiles at all zooms, found by the boxes of the areas."""
    tables = {key: table for key, table in context.tables.items() if table.shapes is not None}
    assert len(tables) == 6
    writer = StoreWriter(tmp_path)
    for table in tables.values():
        [entry] = write_zoning(context.catalog, table, writer).values()
        layer = LayerStore(tmp_path, entry)
        for zoom in range(entry.min_zoom, entry.max_zoom + 1):
            seen = Swept(entry.id, zoom)
            for x, y in sorted(tiles_of(layer.level(zoom).bbox.tolist(), entry.buffer)):
                if data := render(layer, zoom, x, y, tuple(range(len(entry.fields)))):
                    assert examine(entry, data, seen) == [], (entry.id, zoom, x, y)
            assert seen.ids == set(layer.ids.tolist()), (entry.id, zoom)


def tiles_of(boxes: list[list[int]], buffer: int) -> set[tuple[int, int]]:
    return {
        (x, y)
        for west, north, east, south in boxes
        for x in range((west - buffer) // EXTENT, (east + buffer) // EXTENT + 1)
        for y in range((north - buffer) // EXTENT, (south + buffer) // EXTENT + 1)
    }


@pytest.fixture(scope="module")
def store(france_store: Path) -> Store:
    return open_store(france_store, verify=False)


def test_the_store_has_every_area_of_every_file(store: Store) -> None:
    counts = {name: store.layer(name).entry.count for name in ("afr", "natura2000_zps", "acv", "pvd")}
    assert counts == {"afr": 5042, "natura2000_zps": 6, "acv": 245, "pvd": 1645}
    for name, (_, count) in OISE.items():
        assert store.layer(name).entry.count == count + 3 * (name == "natura2000_zps")
