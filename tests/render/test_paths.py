"""Outlines as path data: what territories cover together, and the borders between them, each once."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely

from tileserver.render.paths import border_paths, outline_path, polygon_path
from tileserver.store.reader import PolygonLevel, open_store

Place = tuple[int, int]
ORIGIN = (1000, 2000)


@pytest.fixture(scope="module")
def level(demo_store: Path) -> PolygonLevel:
    found = open_store(demo_store).layers["epci"].level(8)
    assert isinstance(found, PolygonLevel)
    return found


def lines(path: str) -> list[list[Place]]:
    """Follow the relative moves of path data."""
    found: list[list[Place]] = []
    at = begun = (0, 0)
    for command, text in re.findall(r"([mz])([^mz]*)", path):
        if command == "z":
            at = begun
            continue
        numbers = list(map(int, text.split()))
        for place, step in enumerate(zip(numbers[::2], numbers[1::2], strict=True)):
            at = (at[0] + step[0], at[1] + step[1])
            if place:
                found[-1].append(at)
            else:
                begun = at
                found.append([at])
    return found


def edges(drawn: list[list[Place]]) -> Counter[frozenset[Place]]:
    return Counter(frozenset(edge) for line in drawn for edge in pairwise(line))


def test_what_some_territories_cover_is_their_union_without_the_edges_between_them(
    level: PolygonLevel,
) -> None:
    rows = np.arange(0, len(level.bbox), 2)
    rings = [shapely.Polygon(line) for line in lines(polygon_path(level, rows, ORIGIN))]
    outline = lines(outline_path(level, rows, ORIGIN))
    assert all(line[0] == line[-1] for line in outline)
    assert max(edges(outline).values()) == 1
    assert sum(map(len, outline)) < sum(len(ring.exterior.coords) for ring in rings)
    whole, filled = shapely.Polygon(), shapely.Polygon()
    for ring in rings:  # by the rule of even and odd, as both are filled
        whole = whole.symmetric_difference(ring)
    for line in outline:
        filled = filled.symmetric_difference(shapely.Polygon(line))
    assert filled.symmetric_difference(whole).area == 0 < whole.area


def test_each_border_is_drawn_once_between_two_territories_or_around_one(level: PolygonLevel) -> None:
    rows = np.arange(len(level.bbox))
    rings = edges([[*ring, ring[0]] for ring in lines(polygon_path(level, rows, ORIGIN))])
    between, around = (edges(lines(path)) for path in border_paths(level, rows, ORIGIN))
    assert set(between.values()) == set(around.values()) == {1}
    assert between.keys() == {edge for edge, times in rings.items() if times == 2}
    assert around.keys() == {edge for edge, times in rings.items() if times == 1}


def test_no_territory_has_no_path(level: PolygonLevel) -> None:
    none = np.empty(0, np.intp)
    assert outline_path(level, none, ORIGIN) == ""
    assert border_paths(level, none, ORIGIN) == ("", "")
