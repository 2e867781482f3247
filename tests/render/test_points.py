"""Points over a map: far off what stands for them, near by discs that follow their areas."""

import re
from pathlib import Path

import numpy as np
import pytest

from styles.overlays import AREA_RADIUS, overlay_look
from styles.words import Words
from tileserver.render.frame import centred, fitting
from tileserver.render.ink import LIGHT
from tileserver.render.points import draw_marks
from tileserver.render.shown import Overlay
from tileserver.store.reader import open_store

RADIUS = r'<circle cx="[^"]*" cy="[^"]*" r="([0-9.]+)"/>'


@pytest.fixture(scope="module")
def sites(demo_store: Path) -> Overlay:
    store = open_store(demo_store)
    look = overlay_look("friches", "points")
    return Overlay(store.layer("friches"), look, Words("", ""), store.layer("friches_clusters"))


def test_far_off_groups_stand_for_every_point(sites: Overlay) -> None:
    """Each disc is one point, or says of how many; that of the most lies on top."""
    svg = draw_marks(sites, fitting(sites.layer.entry.bounds, 700, 700, 20), LIGHT)
    radii = list(map(float, re.findall(RADIUS, svg)))
    numbers = list(map(int, re.findall(r">([0-9]+)</text>", svg)))
    assert len(radii) >= len(numbers) > 0
    assert min(numbers) > 1
    assert sum(numbers) + len(radii) - len(numbers) == sites.layer.entry.count
    assert (radii, numbers) == (sorted(radii), sorted(numbers))


def test_near_by_discs_follow_the_areas_of_sites(sites: Overlay) -> None:
    """Small ones lie on large ones, and none is lost; what has no known area is as small as they come."""
    assert sites.groups is not None
    points = sites.layer.points
    areas = sites.layer.attributes.column("site_surface").to_numpy().astype(float)
    place = points.xy[np.nanargmax(areas)] / (4096 << points.zoom)
    latitude = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * place[1]))))
    frame = centred(sites.groups.entry.max_zoom + 1, latitude, place[0] * 360 - 180, 800, 800)
    svg = draw_marks(sites, frame, LIGHT)
    radii = list(map(float, re.findall(RADIUS, svg)))
    places = points.xy / frame.units(points.zoom) - (frame.x, frame.y)
    there = ((places >= 0) & (places <= 800)).all(1)
    assert "</text>" not in svg
    assert len(radii) >= there.sum() > 0
    assert radii == sorted(radii, reverse=True)
    largest = np.interp(np.sqrt(np.nanmax(areas)), *np.array(AREA_RADIUS).T)
    assert radii[0] == pytest.approx(largest + 0.5, abs=0.01)


def test_points_without_groups_are_marks(sites: Overlay) -> None:
    alone = Overlay(sites.layer, overlay_look("qpv", "points"), sites.title)
    svg = draw_marks(alone, fitting(sites.layer.entry.bounds, 700, 700, 20), LIGHT)
    assert svg.count("z") > 10
    assert "<circle" not in svg
