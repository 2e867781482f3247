"""The store of the real France, held against the official files: read here in the plainest way."""

import csv
from collections.abc import Iterator
from pathlib import Path

import mapbox_vector_tile
import mercantile
import pyarrow.compute as pc
import pytest
import shapely

from tileserver.store.reader import LayerStore, Store, open_store
from tileserver.tiles import reference
from tileserver.tiles.render import render

pytestmark = pytest.mark.france

TERRITORIES = ("communes", "epci", "ti", "departements", "regions")


@pytest.fixture(scope="module")
def store(france_store: Path) -> Store:
    return open_store(france_store)


def rows(path: Path, separator: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=separator))


@pytest.fixture(scope="module")
def communes(france_sources: Path) -> list[dict[str, str]]:
    return rows(france_sources / "territoires" / "communes_epci_2025_cogiter.csv")


def codes(layer: LayerStore) -> set[str]:
    return set(layer.attributes.column("code").to_pylist())


def test_every_territory_of_the_official_lists_is_there(
    store: Store, communes: list[dict[str, str]], france_sources: Path
) -> None:
    members = rows(france_sources / "territoires" / "ti_epci_2023_anct_183.csv")
    assert codes(store.layer("communes")) == {row["DEPCOM"] for row in communes}
    assert codes(store.layer("epci")) == {row["EPCI"] for row in communes} - {"ZZZZZZZZZ"}
    assert codes(store.layer("departements")) == {row["DEP"] for row in communes}
    assert codes(store.layer("regions")) == {row["REG"] for row in communes}
    assert codes(store.layer("ti")) == {row["id_ti"] for row in members}


def test_the_counts_are_the_known_ones(store: Store) -> None:
    counts = {name: store.layer(name).entry.count for name in TERRITORIES}
    assert counts == {"communes": 34875, "epci": 1255, "ti": 183, "departements": 101, "regions": 18}
    assert store.layer("friches").entry.count == 23878
    assert store.layer("qpv").entry.count == 824


@pytest.mark.parametrize(("name", "total"), [("friches", 23878), ("qpv", 824)])
def test_the_groups_of_every_zoom_are_all_the_points_and_all_their_area(
    store: Store, name: str, total: int
) -> None:
    layer = store.layer(f"{name}_clusters")
    table = layer.attributes.to_pylist()
    known = [
        round(100 * area)
        for row in store.layer(name).attributes.to_pylist()
        if (area := row.get("site_surface"))
    ]
    for z in range(layer.entry.max_zoom + 1):
        rows = table[layer.points_at(z).rows]
        assert sum(row["count"] for row in rows) == total, z
        assert sum(round(100 * (row.get("site_surface") or 0)) for row in rows) == sum(known), z
        assert len(rows) == layer.entry.geometries[str(z)].count < total


@pytest.mark.parametrize("name", TERRITORIES)
def test_every_territory_has_a_name_strictly_inside_its_largest_part(store: Store, name: str) -> None:
    layer, names = store.layer(name), store.layer(f"{name}_labels")
    assert sorted(names.ids.tolist()) == sorted(layer.ids.tolist())
    parts = {
        int(row): max(shapely.get_parts(shape), key=shapely.area)
        for row, shape in zip(layer.ids, reference.polygons(layer.level(layer.entry.max_zoom)), strict=True)
    }
    places = shapely.points(names.points.xy / (1 << (names.points.zoom - layer.entry.max_zoom)))
    assert shapely.contains_properly([parts[int(row)] for row in names.ids], places).all()


def test_the_population_is_that_of_the_census_at_every_complete_level(
    store: Store, france_sources: Path
) -> None:
    folder = france_sources / "indicateurs"
    mainland = sum(int(row["PMUN"]) for row in rows(folder / "population_legale_communes.csv", ";"))
    mayotte = sum(int(row["PMUN"]) for row in rows(folder / "population_legale_mayotte.csv", ";"))
    for name in ("communes", "departements", "regions"):
        total = pc.sum(store.layer(name).attributes.column("population")).as_py()
        assert total == mainland + mayotte, name


def test_density_is_the_ratio_of_the_sums(store: Store) -> None:
    for name in TERRITORIES:
        for row in store.layer(name).attributes.to_pylist():
            if row["density"] is not None:
                # both the area and the density were rounded, to 0.01 and 0.1
                least = row["population"] / (row["area_km2"] + 0.0051) - 0.051
                most = row["population"] / max(row["area_km2"] - 0.0051, 1e-9) + 0.051
                assert least <= row["density"] <= most, f"{name} {row['code']}"


@pytest.mark.parametrize("name", TERRITORIES)
def test_the_published_quality_is_flawless(store: Store, name: str) -> None:
    quality = store.layer(name).entry.quality
    assert quality
    for zoom, proof in quality.items():
        assert (proof.ids, proof.invalid, proof.invalid_edges) == (proof.expected, 0, 0), f"z{zoom}"


def tiles_of(layer: LayerStore, zoom: int) -> Iterator[dict[str, object]]:
    """Decode every tile of a layer at a zoom that has something in it."""
    for tile in mercantile.tiles(*layer.entry.bounds, zooms=zoom):
        if data := render(layer, zoom, tile.x, tile.y, (0,)):
            yield mapbox_vector_tile.decode(data)[layer.entry.id]


@pytest.mark.parametrize(
    ("name", "zoom"), [("communes", 5), ("communes", 7), ("epci", 3), ("ti", 0), ("ti", 6)]
)
def test_no_territory_is_missing_from_the_tiles(store: Store, name: str, zoom: int) -> None:
    layer = store.layer(name)
    seen: set[int] = set()
    for tile in tiles_of(layer, zoom):
        features = tile["features"]
        assert isinstance(features, list)
        seen.update(feature["id"] for feature in features)
    assert seen == set(layer.ids.tolist())
