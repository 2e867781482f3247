"""The parts of the benchmark that could flatter us: coordinates, sampling, statistics, the page."""

from pathlib import Path

import mercantile
import numpy as np
import pytest
import shapely

from tests.benchmarks import report, sample, shapes
from tests.benchmarks.measure import COLD_ROUNDS, Times, missing, race, ratios, summarise


def squares(zoom: int = 8) -> shapes.Features:
    """Make a checkerboard of unit-tile squares around a corner of France."""
    boxes = [shapely.box(*shapes.tile_bounds_m(zoom, x, y)) for x in range(128, 136) for y in range(86, 94)]
    rows = [
        {"code": f"{n:05d}", "name": f"n{n}", "population": n, "density": n / 2} for n in range(len(boxes))
    ]
    ids = np.arange(1, len(boxes) + 1, dtype=np.uint64)
    return shapes.Features(zoom, ids, np.array(boxes, dtype=object), rows)


def test_grid_coordinates_land_where_the_tile_scheme_says() -> None:
    corner_grid = np.array([[130 * 4096, 88 * 4096]], dtype=np.int32)
    bounds = mercantile.xy_bounds(130, 88, 8)
    assert shapes.to_mercator(corner_grid, 8)[0] == pytest.approx((bounds.left, bounds.top))
    assert shapes.tile_bounds_m(8, 130, 88) == pytest.approx(
        (bounds.left, bounds.bottom, bounds.right, bounds.top)
    )


def test_rings_are_closed_each_with_its_own_first_vertex() -> None:
    xy = np.array([[0, 0], [4, 0], [4, 4], [1, 1], [2, 1], [2, 2]], dtype=np.int32)
    closed, offsets = shapes.close_rings(xy, np.array([0, 3, 6], dtype=np.int32))
    assert offsets.tolist() == [0, 4, 8]
    assert closed[[3, 7]].tolist() == [[0, 0], [1, 1]]


def test_the_sample_is_distinct_on_land_and_the_same_for_the_same_seed() -> None:
    features = squares()
    tiles = sample.sample(features, 20, seed=1)
    assert tiles == sample.sample(features, 20, seed=1)
    assert sum(tiles.values()) == 20
    assert all(zoom == 8 and 127 <= x <= 136 and 85 <= y <= 94 for zoom, x, y in tiles)


class Slow:
    """A contender that counts how often it was asked."""

    def __init__(self, name: str, data: bytes = b"") -> None:
        self.name = name
        self.data = data
        self.asked: list[sample.Tile] = []

    def tile(self, zoom: int, x: int, y: int) -> bytes:
        self.asked.append((zoom, x, y))
        return self.data


def test_every_contender_is_asked_for_every_tile_in_turns() -> None:
    one, two = Slow("one"), Slow("two")
    times = race([one, two], {(1, 0, 0): 1, (1, 0, 1): 1}, repeats=2, warm_up=(1, 1, 1))
    assert one.asked == two.asked
    assert len(times["one"].cold_ns) == 2
    assert [len(rounds) for rounds in times["two"].rounds_ns] == [2, 2]
    assert [len(rounds) for rounds in times["two"].cold_rounds_ns] == [COLD_ROUNDS] * 2


def test_summaries_and_ratios() -> None:
    ours = Times(
        [1] * 3, [1_000_000] * 3, cold_rounds_ns=[[1_000_000]] * 3, rounds_ns=[[500_000]] * 3, data=[b""] * 3
    )
    slower = [[2_000_000], [3_000_000, 4_000_000, 8_000_000], [9_000_000]]
    theirs = Times(
        [1] * 3, [1_000_000] * 3, cold_rounds_ns=slower, rounds_ns=[[5_000_000]] * 3, data=[b""] * 3
    )
    assert summarise(theirs).cold_median_ms == 4
    assert summarise(theirs).cold_p95_ms == 9
    assert ratios({"ours": ours, "theirs": theirs}, "ours") == {"theirs": (1.0, 4.0, 10.0, 10.0)}
    assert missing(ours, theirs) == 0


def test_a_tile_counts_as_often_as_places_lie_in_it() -> None:
    times = Times(
        [1, 3], [1, 1], cold_rounds_ns=[[9_000_000], [1_000_000]], rounds_ns=[[1], [1]], data=[b"", b""]
    )
    assert summarise(times).cold_median_ms == 1


def test_a_tile_that_was_asked_more_often_does_not_weigh_more() -> None:
    times = Times(
        places=[1] * 3,
        first_ns=[1] * 3,
        cold_rounds_ns=[[1]] * 3,
        rounds_ns=[[9], [7], [1, 1, 1, 1]],
        data=[b""] * 3,
    )
    assert times.warm_ns == [9, 7, 1]


def test_the_page_keeps_what_stands_around_the_figures(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    begin, end = report.BEGIN.format("http"), report.END.format("http")
    page.write_text(f"before\n{begin}\nold\n{end}\nafter\n", encoding="utf-8")
    report.write_markdown(page, "http", "new")
    text = page.read_text(encoding="utf-8")
    assert "old" not in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    page.write_text("no markers", encoding="utf-8")
    with pytest.raises(ValueError, match="has no lines"):
        report.write_markdown(page, "http", "new")
