"""Groups of points: held to the plainest way of making them, and to the layer's own totals."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.spec import Clusters, Layer, Text, ZoomRange
from preprocess import field_entries
from preprocess.cluster_layer import clusters, prove
from preprocess.clusters import Grouping, group_points
from tileserver.errors import TileserverError
from tileserver.store.manifest import LayerEntry, Title
from tileserver.store.reader import Store, open_store

GRID, DEEPEST = 5, 3

Xy = tuple[int, int]

places = st.lists(
    st.tuples(st.integers(0, (4096 << GRID) - 1), st.integers(0, 30_000)), min_size=0, max_size=40
)
radii = st.sampled_from([1, 64, 256, 1000, 4096])


def grouped(xy: list[Xy], radius: int = 256, ids: list[int] | None = None) -> list[Grouping]:
    numbers = np.array(range(100, 100 + len(xy)) if ids is None else ids, np.uint64)
    return group_points(np.array(xy, np.int32).reshape(-1, 2), numbers, GRID, deepest=DEEPEST, radius=radius)


def members(grouping: Grouping) -> list[set[int]]:
    """List the points of each group."""
    return [set(np.flatnonzero(grouping.group == number).tolist()) for number in range(len(grouping.id))]


def mean(xy: list[Xy], rows: set[int], zoom: int) -> Xy:
    """Give the mean of some points on the grid of a zoom, rounded, halves up, by whole numbers."""
    unit = len(rows) << (GRID - zoom)
    x, y = (sum(xy[row][axis] for row in rows) for axis in (0, 1))
    return ((2 * x + unit) // (2 * unit), (2 * y + unit) // (2 * unit))


def plainly(xy: list[Xy], radius: int) -> dict[int, list[set[int]]]:
    """Group points as the module says, one after the other, with sets."""
    groups = [{row} for row in range(len(xy))]
    found = {}
    for zoom in range(DEEPEST, -1, -1):
        where = [mean(xy, group, zoom) for group in groups]

        def near(one: int, other: int, where: list[Xy] = where) -> bool:
            (ax, ay), (bx, by) = where[one], where[other]
            return (ax - bx) ** 2 + (ay - by) ** 2 <= radius**2

        every = range(len(groups))
        weight = [sum(len(groups[other]) for other in every if near(one, other)) for one in every]
        free, joined = set(every), []
        for seed in sorted(every, key=lambda one: (-weight[one], min(groups[one]))):
            if seed in free:
                taken = {other for other in free if near(seed, other)}
                free -= taken
                joined.append(set().union(*(groups[other] for other in taken)))
        groups = found[zoom] = joined
    return found


@given(places, radii)
@settings(max_examples=150, deadline=None)
def test_groups_are_those_of_the_plain_way(xy: list[Xy], radius: int) -> None:
    wanted = plainly(xy, radius)
    found = grouped(xy, radius)
    assert [grouping.zoom for grouping in found] == list(range(DEEPEST + 1))
    for grouping in found:
        sets = members(grouping)
        assert sorted(map(sorted, sets)) == sorted(map(sorted, wanted[grouping.zoom]))
        assert grouping.members.tolist() == [len(group) for group in sets]
        assert grouping.id.tolist() == [100 + min(group) for group in sets]
        last = (4096 << grouping.zoom) - 1
        middle = [mean(xy, group, grouping.zoom) for group in sets]
        assert grouping.xy.tolist() == [[min(x, last), min(y, last)] for x, y in middle]


@given(places, radii)
@settings(max_examples=100, deadline=None)
def test_a_group_is_a_union_of_groups_of_the_next_zoom_and_says_where_it_comes_apart(
    xy: list[Xy], radius: int
) -> None:
    found = grouped(xy, radius)
    for grouping in found:
        for group, expansion in zip(members(grouping), grouping.expansion.tolist(), strict=True):
            rows = list(group)
            parts = {deeper.zoom: set(deeper.group[rows].tolist()) for deeper in found[grouping.zoom + 1 :]}
            apart = [zoom for zoom, numbers in parts.items() if len(numbers) > 1]
            assert expansion == min(apart, default=DEEPEST + 1)
        for deeper in members(found[grouping.zoom + 1]) if grouping.zoom < DEEPEST else []:
            assert sum(deeper <= group for group in members(grouping)) == 1


@given(places.filter(lambda xy: len(xy) > 1), radii, st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_the_order_of_the_rows_does_not_matter(xy: list[Xy], radius: int, random: object) -> None:
    order = list(range(len(xy)))
    random.shuffle(order)  # type: ignore[attr-defined]  # hypothesis gives a `random.Random`
    one = grouped(xy, radius)
    other = grouped([xy[row] for row in order], radius, [100 + row for row in order])
    for left, right in zip(one, other, strict=True):
        described = [
            sorted(zip(g.id.tolist(), g.xy.tolist(), g.members.tolist(), g.expansion.tolist(), strict=True))
            for g in (left, right)
        ]
        assert described[0] == described[1]


def test_points_on_one_place_stay_together_to_the_end() -> None:
    for grouping in grouped([(7, 7)] * 5):
        assert grouping.members.tolist() == [5]
        assert grouping.expansion.tolist() == [DEEPEST + 1]


TEXT = Text(fr="Sites", en="Sites")


def site_table(areas: list[float | None], jobs: list[int | None]) -> pd.DataFrame:
    codes = [f"c{number}" for number in range(len(areas))]
    return pd.DataFrame(
        {
            "id": np.arange(10, 10 + len(areas), dtype=np.uint64),
            "code": codes,
            "name": [f"site {code}" for code in codes],
            "area": pd.Series(areas, dtype="float64"),
            "jobs": pd.Series(jobs, dtype="Int64"),
        }
    )


def site_layer(table: pd.DataFrame) -> tuple[LayerEntry, Layer]:
    """Describe a layer of sites, as far as its groups need it."""
    layer = Layer(title=TEXT, description=TEXT, kind="points", zoom=ZoomRange(min=4, max=GRID))
    title = Title("Sites", "Sites")
    fields = (
        *field_entries.head_fields(table),
        field_entries.field(table, 2, "area", role="property", kind="number", text=title, default=True),
        field_entries.field(table, 3, "jobs", role="property", kind="integer", text=title, default=True),
    )
    fields = (*fields[:2], replace(fields[2], precision=1), fields[3])
    entry = LayerEntry(
        id="sites", title=title, description=title, kind="points", level=None, min_zoom=4, max_zoom=GRID,
        buffer=64, order=1, count=len(table), bounds=(0, 0, 1, 1), fields=fields, geometries={},
        attributes="", tags="", values="", geometry_digest="", sources=(),
    )  # fmt: skip
    return entry, layer


def rows_of(areas: list[float | None], jobs: list[int | None], xy: list[Xy]) -> pd.DataFrame:
    """Make the groups of some sites at zoom 3, as a table."""
    table = site_table(areas, jobs)
    declared = Clusters(max=DEEPEST, sums=("area", "jobs"))
    made = clusters(*site_layer(table), table, np.array(xy, np.int32), declared)
    ends = np.cumsum([len(level.xy) for level in made.positions])
    rows: pd.DataFrame = made.table.iloc[ends[-2] : ends[-1]]
    return rows.set_index("id")


def test_a_missing_value_is_none_and_not_zero() -> None:
    rows = rows_of([0.1, None, None, 0.2], [None, 3, None, 2**53], [(0, 0), (1, 1), (40_000, 0), (2, 2)])
    assert rows.index.tolist() in ([10, 12], [12, 10])
    together, alone = rows.loc[10], rows.loc[12]
    assert (together["count"], together["area"], together["area_count"]) == (3, 0.3, 2)
    assert (together["jobs"], together["jobs_count"]) == (2**53 + 3, 2)
    assert together[["code", "name"]].isna().all()
    assert (alone["count"], alone["code"], alone["name"]) == (1, "c2", "site c2")
    assert alone[["area", "jobs"]].isna().all()
    assert (alone["area_count"], alone["jobs_count"]) == (0, 0)


@pytest.mark.parametrize(
    ("column", "told"), [("count", "count"), ("area", "area"), ("jobs_count", "jobs_count")]
)
def test_groups_that_lose_something_are_refused(column: str, told: str) -> None:
    table = site_table([0.1, 0.2, None], [1, 2, 3])
    rows = rows_of([0.1, 0.2, None], [1, 2, 3], [(0, 0), (1, 1), (40_000, 0)]).reset_index()
    entry, _ = site_layer(table)
    prove(entry, table, rows, ("area", "jobs"), DEEPEST)
    spoiled = rows.assign(**{column: rows[column] * 2})
    with pytest.raises(TileserverError, match=f"groups of layer sites at zoom 3: {told} adds up to"):
        prove(entry, table, spoiled, ("area", "jobs"), DEEPEST)


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store, verify=False)


def frame(store: Store, name: str) -> pd.DataFrame:
    table: pd.DataFrame = store.layer(name).attributes.to_pandas()
    return table


def held(values: "pd.Series[float]") -> NDArray[np.int64]:
    """Give values as whole hundredths: sums of those are exact."""
    return np.rint(values.dropna().to_numpy() * 100).astype(np.int64)


@pytest.mark.parametrize(("name", "deepest"), [("friches", 10), ("qpv", 9)])
def test_the_groups_of_each_zoom_add_up_to_the_layer(store: Store, name: str, deepest: int) -> None:
    layer, sites = store.layer(f"{name}_clusters"), frame(store, name)
    rows = frame(store, f"{name}_clusters")
    assert (layer.entry.role, layer.entry.of, layer.entry.buffer) == ("clusters", name, 0)
    assert (layer.entry.min_zoom, layer.entry.max_zoom) == (0, deepest)
    told = [layer.entry.geometries[str(zoom)] for zoom in range(deepest + 1)]
    assert [geometry.first for geometry in told] == np.cumsum([0, *(g.count for g in told[:-1])]).tolist()
    assert sum(geometry.count for geometry in told) == layer.entry.count == len(rows)
    assert told[0].count < told[-1].count <= len(sites)
    for zoom in range(deepest + 1):
        here = rows.iloc[layer.points_at(zoom).rows]
        assert here["count"].sum() == len(sites)
        assert set(here["id"]) <= set(sites["id"])
        alone = here[here["count"] == 1].merge(sites, on="id", suffixes=("", "_site"))
        assert len(alone) == (here["count"] == 1).sum()
        assert (alone["code"] == alone["code_site"]).all()
        assert here.loc[here["count"] > 1, ["code", "name"]].isna().all(axis=None)
        if name == "friches":
            assert held(here["site_surface"]).sum() == held(sites["site_surface"]).sum()
            assert here["site_surface_count"].sum() == sites["site_surface"].notna().sum()
            assert (here["site_surface"].isna() == (here["site_surface_count"] == 0)).all()
        else:
            assert "lib_com" not in rows.columns
