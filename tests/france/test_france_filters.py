"""Filters on the real France, counted again in other ways: by pandas, and by shapely on the same outlines."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from preprocess.grid import to_grid
from tileserver.store.reader import LayerStore, Store, open_store
from tileserver.tiles import reference
from tileserver.tiles.filters import mask, parse_filter

pytestmark = [pytest.mark.france, pytest.mark.slow]

CHOLET = (-1.1, 46.9, -0.7, 47.2)


@pytest.fixture(scope="module")
def store(france_store: Path) -> Store:
    return open_store(france_store)


@pytest.fixture(scope="module")
def communes(store: Store) -> LayerStore:
    return store.layer("communes")


@pytest.fixture(scope="module")
def table(communes: LayerStore) -> pd.DataFrame:
    frame: pd.DataFrame = communes.attributes.to_pandas()
    return frame


def passing(text: str, layer: LayerStore) -> list[int]:
    return np.flatnonzero(mask(parse_filter(text), layer)).tolist()


def rows_where(condition: "pd.Series[bool]") -> list[int]:
    return np.flatnonzero(condition.to_numpy()).tolist()


def test_dense_communes_are_those_that_pandas_finds(communes: LayerStore, table: pd.DataFrame) -> None:
    found = passing("density > 1000", communes)
    assert found == rows_where(table["density"] > 1000)
    assert 500 < len(found) < 2000


def test_saints_are_those_that_pandas_finds(communes: LayerStore, table: pd.DataFrame) -> None:
    found = passing("name LIKE 'Saint-%'", communes)
    assert found == rows_where(table["name"].str.startswith("Saint-"))
    assert len(found) > 3000


def test_a_long_condition_is_that_of_pandas(communes: LayerStore, table: pd.DataFrame) -> None:
    text = (
        "population / area_km2 BETWEEN 50 AND 100 AND NOT (code LIKE '97%' OR name IN ('Cholet', 'Lyon'))"
        " AND casei(name) LIKE casei('%SUR%')"
    )
    ratio = table["population"] / table["area_km2"]
    elsewhere = table["code"].str.startswith("97") | table["name"].isin(["Cholet", "Lyon"])
    wanted = ratio.between(50, 100) & ~elsewhere & table["name"].str.lower().str.contains("sur", regex=False)
    found = passing(text, communes)
    assert found == rows_where(wanted)
    assert found


def test_communes_around_cholet_are_those_that_shapely_finds(
    communes: LayerStore, table: pd.DataFrame
) -> None:
    corners = np.round(to_grid(np.array([CHOLET[:2], CHOLET[2:]]), communes.entry.max_zoom))
    box = shapely.box(*corners[0], *corners[1])
    rows = reference.polygons(communes.level(communes.entry.max_zoom))
    bbox = f"BBOX({', '.join(map(str, CHOLET))})"
    meeting = passing(f"S_INTERSECTS(geometry, {bbox})", communes)
    inside = passing(f"S_WITHIN(geometry, {bbox})", communes)
    assert meeting == np.flatnonzero(shapely.intersects(rows, box)).tolist()
    assert inside == np.flatnonzero(shapely.covered_by(rows, box)).tolist()
    assert "Cholet" in table["name"].iloc[meeting].tolist()
    assert 0 < len(inside) < len(meeting)


def test_one_commune_holds_a_place(communes: LayerStore, table: pd.DataFrame) -> None:
    held = passing("S_INTERSECTS(geometry, POINT(-0.8806 47.0602))", communes)
    assert table["name"].iloc[held].tolist() == ["Cholet"]


def test_brownfields_around_cholet_are_those_of_their_positions(store: Store) -> None:
    layer = store.layer("friches")
    corners = np.round(to_grid(np.array([CHOLET[:2], CHOLET[2:]]), layer.points.zoom))
    low, high = np.minimum(*corners), np.maximum(*corners)
    wanted = ((layer.points.xy >= low) & (layer.points.xy <= high)).all(axis=1)
    found = passing(f"S_WITHIN(geometry, BBOX({', '.join(map(str, CHOLET))}))", layer)
    assert found == np.flatnonzero(wanted).tolist()
    assert found
