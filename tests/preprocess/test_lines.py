"""Levels of detail of lines: nothing lost, nothing that crosses a tile line, little changed."""

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.catalog import load_catalog
from preprocess.findings import Finding
from preprocess.grid import to_grid, to_lonlat, world_size
from preprocess.lines import Lines, draw, pack, prove
from preprocess.prepared import LayerTable
from preprocess.rows import line_table
from preprocess.sources import Sources
from tests.lines import AWKWARD, declare, random_walk, write_roads
from tileserver.errors import SourceError, TileserverError

BUFFER = 64


def drawn_shapes(drawn: Lines, count: int) -> list[shapely.Geometry]:
    """Give the lines of each feature as a MultiLineString, on the grid."""
    result = []
    for feature in range(count):
        mine = drawn.feature == feature
        numbers = drawn.line[mine]
        parts = [drawn.xy[mine][numbers == number] for number in dict.fromkeys(numbers.tolist())]
        result.append(shapely.MultiLineString([part.tolist() for part in parts]))
    return result


@given(
    st.integers(0, 2**32), st.integers(0, 18), st.sampled_from([0.0, 4.0]), st.sampled_from([0, 1, 64, 1024])
)
@settings(max_examples=150, deadline=None)
def test_every_line_is_there_close_to_where_it_was_and_crosses_no_tile_line(
    seed: int, zoom: int, tolerance: float, buffer: int
) -> None:
    rng = np.random.default_rng(seed)
    walks = [random_walk(rng) for _ in range(int(rng.integers(1, 5)))]
    # A million places at most: where the grid is finer, shorter lines.
    reach = max(1.0, *(shapely.length(to_plane(walk, zoom)) / 1e6 for walk in walks))
    shapes = np.array([shapely.transform(walk, lambda xy: xy[0] + (xy - xy[0]) / reach) for walk in walks])
    drawn = draw(shapes, zoom, tolerance, buffer)
    prove(drawn, len(shapes), buffer, "this level")
    grid = [to_plane(shape, zoom) for shape in shapes]
    for line, wanted in zip(drawn_shapes(drawn, len(shapes)), grid, strict=True):
        # Half a unit each way by rounding, and a unit where the shortest line stands for a shorter one.
        assert shapely.hausdorff_distance(line, wanted, densify=0.2) < tolerance + 1.5


def to_plane(shape: shapely.Geometry, zoom: int) -> shapely.Geometry:
    return shapely.transform(shape, lambda lonlat: to_grid(lonlat, zoom))


@pytest.mark.parametrize("zoom", [0, 5, 18])
def test_awkward_lines_are_all_there(zoom: int) -> None:
    shapes = shapely.from_wkt(list(AWKWARD.values()))
    drawn = draw(shapes, zoom, 4.0, BUFFER)
    prove(drawn, len(shapes), BUFFER, "this level")
    assert drawn.xy.min() >= 0
    assert drawn.xy.max() <= world_size(zoom)


@pytest.mark.parametrize("name", ["no length", "a centimetre", "a centimetre to the south"])
def test_what_collapses_becomes_one_edge_of_one_unit(name: str) -> None:
    shape = shapely.from_wkt(AWKWARD[name])
    drawn = draw(np.array([shape]), 9, 4.0, BUFFER)
    assert np.abs(np.diff(drawn.xy, axis=0)).tolist() == [[0, 1] if "south" in name else [1, 0]]
    middle = to_grid(shapely.get_coordinates(shape), 9).mean(axis=0)
    assert shapely.distance(shapely.LineString(drawn.xy.tolist()), shapely.Point(middle)) <= 0.5


def test_a_small_part_goes_where_another_is_left() -> None:
    shapes = shapely.from_wkt([AWKWARD["a part too small"], AWKWARD["nothing but small parts"]])
    drawn = draw(shapes, 9, 0.0, BUFFER)
    assert [len(shapely.get_parts(line)) for line in drawn_shapes(drawn, 2)] == [1, 1]


def test_of_small_parts_the_longest_is_kept() -> None:
    drawn = draw(shapely.from_wkt([AWKWARD["nothing but small parts"]]), 9, 4.0, BUFFER)
    lonlat = to_lonlat(drawn.xy.astype(np.float64), 9)
    assert lonlat[:, 0] == pytest.approx([3, 3], abs=0.001)


def test_a_tolerance_leaves_out_vertices() -> None:
    circle = np.array([shapely.boundary(shapely.Point(2, 47).buffer(0.1, quad_segs=200))])
    simple, whole = (draw(circle, 9, tolerance, BUFFER).xy for tolerance in (4.0, 0.0))
    assert 20 < len(simple) < len(whole) / 4


BROKEN = {
    "a feature": (Lines(np.array([1, 1]), np.array([0, 0]), np.array([[0, 0], [1, 0]])), "lacks 1 of 2"),
    "an edge over a tile line": (
        Lines(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]), np.array([[0, 0], [99, 0], [0, 0], [1, 0]])),
        "1 edges that cross",
    ),
    "an edge without length": (
        Lines(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]), np.array([[5, 5], [5, 5], [0, 0], [1, 0]])),
        "1 without length",
    ),
    "a line of one vertex": (
        Lines(np.array([0, 0, 1]), np.array([0, 0, 1]), np.array([[5, 5], [5, 6], [0, 0]])),
        "1 lines of one vertex",
    ),
}


@pytest.mark.parametrize(("lines", "told"), BROKEN.values(), ids=BROKEN)
def test_a_level_that_is_not_sound_is_refused(lines: Lines, told: str) -> None:
    with pytest.raises(TileserverError, match=told):
        prove(lines, 2, BUFFER, "layer roads at zoom 9")


def test_a_layer_without_rows_can_be_packed() -> None:
    drawn = draw(np.array([], object), 9, 4.0, BUFFER)
    prove(drawn, 0, BUFFER, "this level")
    packed = pack(drawn, 0)
    assert (packed.level.num_rows, packed.vertices) == (0, 0)


def test_a_table_has_features_in_order_with_their_boxes() -> None:
    shapes = shapely.from_wkt(list(AWKWARD.values()))
    drawn = draw(shapes, 9, 4.0, BUFFER)
    packed = pack(drawn, len(shapes))
    rows = packed.level.column("lines").to_pylist()
    boxes = packed.level.column("bbox").to_pylist()
    for line, row, box in zip(drawn_shapes(drawn, len(shapes)), rows, boxes, strict=True):
        assert shapely.equals_exact(line, shapely.MultiLineString(row))
        assert list(shapely.bounds(line)) == box
    assert packed.vertices == len(drawn.xy)


def test_hilbert_order_takes_lines() -> None:
    from preprocess.pack import hilbert_order

    order = hilbert_order(geopandas.GeoSeries.from_wkt(list(AWKWARD.values())).to_numpy())
    assert sorted(order.tolist()) == list(range(len(AWKWARD)))


def read_roads(folder: Path, lines: list[shapely.Geometry | None]) -> tuple[LayerTable, list[Finding]]:
    catalog = load_catalog(declare(folder / "declared"))
    write_roads(folder / "sources", np.array(lines, object))
    return line_table("roads", catalog.layers["roads"], Sources(folder / "sources", catalog.sources))


def test_the_rows_of_a_source_are_read_with_their_lines(tmp_path: Path) -> None:
    lines = [shapely.from_wkt(AWKWARD[name]) for name in ("a ring", "a part too small")]
    table, findings = read_roads(tmp_path, lines)
    assert findings == []
    assert table.table["code"].tolist() == ["R000", "R001"]
    assert table.table["lanes"].isna().tolist() == [True, False]
    assert table.lonlat is None
    assert table.shapes is not None
    assert shapely.equals_exact(table.shapes, lines, 1e-9).all()


def test_rows_without_a_line_are_left_out_and_told(tmp_path: Path) -> None:
    line = shapely.LineString([(2, 47), (3, 47)])
    table, findings = read_roads(tmp_path, [line, None, shapely.LineString([(2, 47), (3, 99)])])
    assert table.table["code"].tolist() == ["R000"]
    assert [(item.key, item.rule) for item in findings] == [
        ("R001", "empty-geometry"),
        ("R002", "outside-world"),
    ]


def test_another_shape_among_the_lines_is_refused(tmp_path: Path) -> None:
    shapes = [shapely.LineString([(2, 47), (3, 47)]), shapely.box(1, 45, 2, 46)]
    with pytest.raises(
        SourceError, match=r"roads\.geojson: row 2 is a Polygon .* LineString or MultiLineString"
    ):
        read_roads(tmp_path, shapes)
