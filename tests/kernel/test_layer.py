"""Lines and points through the layer kernels, read back with mapbox-vector-tile."""

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from preprocess.grid import cut_at_tile_lines
from preprocess.pack import encode_value
from tests.kernel.shapes import BOX, BUFFER, frozen, padded
from tileserver.kernel.arrays import FieldArrays, LineArrays, PointArrays, Workspace, workspace
from tileserver.kernel.handle import Handle, handle
from tileserver.kernel.layer import line_layer, point_layer
from tileserver.store import rtree
from tileserver.store.varint import varint

NO_MASK = frozen(np.zeros(0, np.uint8))
LOW, HIGH = BUFFER, 4096 + BUFFER


def fields(rows: int) -> Handle:
    """Ids from 1, no field."""
    return handle(
        FieldArrays(
            ids=frozen(np.arange(1, rows + 1).astype(np.uint64)),
            columns=(),
            value_offsets=frozen(np.zeros(1, np.int32)),
            value_bytes=padded(np.zeros(0, np.uint8)),
            key_bytes=padded(np.zeros(0, np.uint8)),
        )
    )


def lines_body(arrays: LineArrays, mask: NDArray[np.uint8] = NO_MASK) -> bytes:
    rows = len(arrays.bbox)
    space = workspace(rows, 0, 0, 1 << 18)
    geometry, kept, memory = handle(arrays), fields(rows), handle(space)
    size = line_layer(geometry.numbers, kept.numbers, memory.numbers, mask, 0, 0, LOW, HIGH)
    return space.out[:size].tobytes()


def points_size(
    xy: NDArray[np.int32], space: Workspace, shift: int = 0, mask: NDArray[np.uint8] = NO_MASK
) -> int:
    arrays = PointArrays(frozen(xy), frozen(rtree.build(np.hstack([xy, xy]))))
    geometry, kept, memory = handle(arrays), fields(len(xy)), handle(space)
    size: int = point_layer(geometry.numbers, kept.numbers, memory.numbers, mask, 0, 0, LOW, HIGH, shift)
    return size


def decode(body: bytes) -> dict[int, shapely.Geometry]:
    """Read a layer body: feature id → geometry."""
    if not body:
        return {}
    head = b"\x78\x02\x0a\x01a"
    tile = b"\x1a" + varint(len(head) + len(body)) + head + body
    decoded = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    return {f["id"]: shapely.geometry.shape(f["geometry"]) for f in decoded["a"]["features"]}


def random_line(seed: int) -> shapely.Geometry:
    """Draw a line around the tile on the grid, with a vertex wherever it crosses a tile line."""
    rng = np.random.default_rng(seed)
    walk = np.cumsum(rng.integers(-900, 900, (int(rng.integers(2, 12)), 2)), axis=0) + rng.integers(
        0, 4096, 2
    )
    _, points = cut_at_tile_lines(np.hstack([walk[:-1], walk[1:]]).astype(np.float64), BUFFER)
    return shapely.LineString(shapely.remove_repeated_points(shapely.LineString(np.rint(points))))


@given(st.lists(st.integers(0, 2**32), min_size=1, max_size=40))
@settings(max_examples=150, deadline=None)
def test_lines_are_cut_as_shapely_cuts_them(seeds: list[int]) -> None:
    lines = [line for line in map(random_line, seeds) if line.length > 0]
    if not lines:
        return
    _, xy, (vertices, parts) = shapely.to_ragged_array([shapely.MultiLineString([line]) for line in lines])
    bbox = shapely.bounds(lines).astype(np.int32)
    arrays = LineArrays(
        frozen(bbox),
        frozen(parts.astype(np.int32)),
        frozen(vertices.astype(np.int32)),
        frozen(xy.astype(np.int32)),
        frozen(rtree.build(bbox)),
    )
    got = decode(lines_body(arrays))
    for number, line in enumerate(lines, start=1):
        # Edge by edge: a line may run over itself, which an overlay of the whole counts once.
        xy = shapely.get_coordinates(line)
        edges = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))
        expected = float(shapely.length(shapely.intersection(edges, shapely.box(*BOX))).sum())
        length = shapely.length(got[number]) if number in got else 0.0
        assert length == pytest.approx(expected)
        if number in got:
            assert shapely.covers(shapely.buffer(line, 1e-3), got[number])


@given(st.integers(0, 400), st.integers(0, 6), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_points_are_rounded_to_the_tile_grid_and_none_is_lost(rows: int, shift: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    xy = (rng.integers(-200, 4300, (rows, 2)) << shift) + rng.integers(0, 1 << shift, (rows, 2))
    xy = xy[np.argsort(xy[:, 0], kind="stable")].astype(np.int32)
    space = workspace(rows, 0, 0, 1 << 18)
    chosen = rng.integers(0, 2, rows).astype(np.uint8)
    size = points_size(xy, space, shift, frozen(chosen))
    got = {key: (p.x, p.y) for key, p in decode(space.out[:size].tobytes()).items()}
    near = np.floor(xy / (1 << shift) + 0.5)
    inside = ((near >= BOX[0]) & (near <= BOX[2])).all(axis=1) & (chosen == 1)
    assert got == {i + 1: (float(near[i, 0]), float(near[i, 1])) for i in np.flatnonzero(inside)}


def test_a_small_buffer_is_told_and_leaves_no_trace() -> None:
    xy = np.array([[5, 5], [6, 6]], np.int32)
    assert points_size(xy, workspace(2, 0, 0, 70)) < -70
    space = workspace(2, 0, 0, 1 << 12)
    size = points_size(xy, space)
    assert len(decode(space.out[:size].tobytes())) == 2


@pytest.mark.parametrize("columns", [1, 127, 128, 129, 300])
def test_a_feature_may_have_any_number_of_fields(columns: int) -> None:
    """Field numbers from 128 on take two bytes of a tag."""
    rows = 3
    numbers = np.arange(columns * rows, dtype=np.int32).reshape(columns, rows) % 200
    numbers[::7, 1] = -1
    values = [encode_value(int(number)) for number in range(200)]
    names = [f"field{k}".encode() for k in range(columns)]
    arrays = FieldArrays(
        ids=frozen(np.arange(1, rows + 1).astype(np.uint64)),
        columns=tuple(frozen(column) for column in numbers),
        value_offsets=frozen(np.cumsum([0, *map(len, values)]).astype(np.int32)),
        value_bytes=padded(np.frombuffer(b"".join(values), np.uint8)),
        key_bytes=padded(np.frombuffer(b"".join(b"\x1a" + varint(len(n)) + n for n in names), np.uint8)),
    )
    xy = np.array([[10, 10], [20, 20], [30, 30]], np.int32)
    points = PointArrays(frozen(xy), frozen(rtree.build(np.hstack([xy, xy]))))
    space = workspace(rows, len(values), columns * rows, 1 << 18)
    geometry, kept, memory = handle(points), handle(arrays), handle(space)
    size = point_layer(geometry.numbers, kept.numbers, memory.numbers, NO_MASK, 0, 0, LOW, HIGH, 0)
    head = b"\x78\x02\x0a\x01a"
    body = space.out[:size].tobytes()
    decoded = mapbox_vector_tile.decode(b"\x1a" + varint(len(head) + len(body)) + head + body)
    found = {feature["id"]: feature["properties"] for feature in decoded["a"]["features"]}
    assert found == {
        row + 1: {f"field{k}": int(numbers[k, row]) for k in range(columns) if numbers[k, row] >= 0}
        for row in range(rows)
    }
