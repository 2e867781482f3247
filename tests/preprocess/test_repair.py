"""The allowed repairs of outlines, each told with what it changed."""

import geopandas
import numpy as np
import pytest
import shapely

from preprocess.areas import ELLIPSOID, areas_km2, geodesic_area_m2
from preprocess.repair import repair_coverage, repair_polygons
from tests.preprocess.samples import squares
from tileserver.errors import SourceError

NAMES = {"place": "outlines.parquet", "source": "outlines"}
LOOPED = shapely.Polygon(
    [(0, 45), (1, 45), (1, 46), (0.01, 46), (-0.005, 46.005), (0.005, 46.005), (0, 45.99)]
)
BOW_TIE = shapely.Polygon([(0, 45), (1, 46), (1, 45), (0, 46)])


def frame(**shapes: shapely.Geometry) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame({"code": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:4326")


def test_valid_outlines_pass_untouched() -> None:
    given_frame = squares(["a", "b", "c"])
    repaired, findings = repair_polygons(given_frame, "code", **NAMES)
    covered, more = repair_coverage(repaired, "code", **NAMES)
    assert not findings
    assert not more
    assert (covered.geometry.to_numpy() == given_frame.geometry.to_numpy()).all()


def test_a_bow_tie_stops_the_build_because_its_repair_would_be_a_guess() -> None:
    with pytest.raises(SourceError, match=r"outline of tie is invalid \(Self-intersection.*ambiguous.*0%"):
        repair_polygons(frame(good=shapely.box(5, 45, 6, 46), tie=BOW_TIE), "code", **NAMES)


def test_a_small_loop_is_kept_and_told() -> None:
    repaired, findings = repair_polygons(frame(good=shapely.box(5, 45, 6, 46), tie=LOOPED), "code", **NAMES)
    assert shapely.is_valid(repaired.geometry.to_numpy()).all()
    assert [item.key for item in findings] == ["tie"]
    assert all((item.rule, item.severity) == ("invalid-geometry", "repair") for item in findings)
    assert all("m²" in item.message for item in findings)


def test_a_spike_goes_and_the_body_stays() -> None:
    spike = shapely.Polygon([(0, 45), (1, 45), (1, 46), (1, 49), (1, 46), (0, 46)])
    repaired, findings = repair_polygons(frame(a=spike), "code", **NAMES)
    assert repaired.geometry.iloc[0].equals(shapely.box(0, 45, 1, 46))
    assert len(findings) == 1


def test_parts_that_overlap_a_little_merge_instead_of_making_a_hole() -> None:
    double = shapely.MultiPolygon([shapely.box(0, 45, 2, 46), shapely.box(1.99, 45, 4, 46)])
    repaired, _ = repair_polygons(frame(a=double), "code", **NAMES)
    assert repaired.geometry.iloc[0].equals(shapely.box(0, 45, 4, 46))


def test_an_outline_without_area_stops_the_build_by_name() -> None:
    flat = shapely.Polygon([(0, 45), (1, 45), (2, 45), (0, 45)])
    with pytest.raises(SourceError, match=r"outlines\.parquet: the outline of flat .* no area is left"):
        repair_polygons(frame(flat=flat), "code", **NAMES)


def test_an_overlap_is_given_to_one_neighbour_and_told() -> None:
    given_frame = frame(
        a=shapely.box(0, 45, 1, 46), b=shapely.box(0.9, 45, 2, 46), far=shapely.box(5, 45, 6, 46)
    )
    covered, findings = repair_coverage(given_frame, "code", **NAMES)
    shapes = covered.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.union_all(shapes).equals(shapely.union_all(given_frame.geometry.to_numpy()))
    told = {item.key for item in findings}
    assert told <= {"a", "b"}
    assert told
    assert {item.rule for item in findings} == {"coverage"}


def test_a_vertex_that_only_one_neighbour_has_is_mended() -> None:
    left = shapely.Polygon([(0, 45), (1, 45), (1, 45.5), (1, 46), (0, 46)])
    covered, findings = repair_coverage(frame(a=left, b=shapely.box(1, 45, 2, 46)), "code", **NAMES)
    assert shapely.coverage_is_valid(covered.geometry.to_numpy())
    assert [item.key for item in findings] == ["b"]
    assert "area +0 m²" in findings[0].message or "area -0 m²" in findings[0].message


def test_a_crossed_corner_among_neighbours_ends_as_a_coverage() -> None:
    given_frame = frame(tie=LOOPED, east=shapely.box(1, 45, 2, 46), south=shapely.box(0, 44, 1, 45))
    repaired, first = repair_polygons(given_frame, "code", **NAMES)
    covered, _ = repair_coverage(repaired, "code", **NAMES)
    assert shapely.coverage_is_valid(covered.geometry.to_numpy())
    assert [item.key for item in first] == ["tie"]


def test_a_commune_wholly_covered_by_another_stops_the_build_by_name() -> None:
    given_frame = frame(wide=shapely.box(0, 45, 3, 48), inner=shapely.box(1, 46, 2, 47))
    with pytest.raises(SourceError, match="the outline of inner is wholly covered"):
        repair_coverage(given_frame, "code", **NAMES)


def test_a_hole_between_communes_stays_as_it_is() -> None:
    ring = shapely.box(0, 45, 3, 48).difference(shapely.box(1, 46, 2, 47))
    covered, findings = repair_coverage(frame(ring=ring, far=shapely.box(9, 45, 10, 46)), "code", **NAMES)
    assert covered.geometry.iloc[0].equals(ring)
    assert not findings


# -------------------------------------------------------------------------------------------- areas


@pytest.mark.parametrize(
    ("place", "system"),
    [("Paris", "EPSG:3035"), ("Paris", "EPSG:6933"), ("Cayenne", "EPSG:6933"), ("Saint-Denis", "EPSG:6933")],
)
def test_the_area_agrees_with_equal_area_projections(place: str, system: str) -> None:
    lon, lat = {"Paris": (2.35, 48.85), "Cayenne": (-52.3, 4.9), "Saint-Denis": (55.45, -20.9)}[place]
    circle = shapely.segmentize(shapely.Point(lon, lat).buffer(0.05, 32), 0.0005)
    projected = geopandas.GeoSeries([circle], crs="EPSG:4326").to_crs(system).area.iloc[0]
    assert geodesic_area_m2(circle) == pytest.approx(projected, rel=2e-6)


def test_holes_are_taken_off_whichever_way_the_rings_turn() -> None:
    outer, inner = shapely.box(0, 45, 3, 48), shapely.box(1, 46, 2, 47)
    holed = shapely.Polygon(outer.exterior.coords, [inner.exterior.coords])
    expected = geodesic_area_m2(outer) - geodesic_area_m2(inner)
    assert geodesic_area_m2(holed) == pytest.approx(expected, rel=1e-12)
    assert geodesic_area_m2(shapely.reverse(holed)) == pytest.approx(expected, rel=1e-12)
    mixed = shapely.MultiPolygon([holed, shapely.reverse(shapely.box(5, 45, 6, 46))])
    assert geodesic_area_m2(mixed) > expected


def test_areas_are_those_of_the_geometry_function_of_the_library() -> None:
    shapes = squares(["a", "b"]).geometry.to_numpy()
    library = [abs(ELLIPSOID.geometry_area_perimeter(shape)[0]) / 1e6 for shape in shapes]
    np.testing.assert_allclose(areas_km2(shapes), library, rtol=1e-12)


def test_the_area_of_a_union_is_the_sum_of_the_areas() -> None:
    left = shapely.Polygon([(0, 45), (1, 45), (1.1, 45.4), (1, 46), (0, 46)])
    right = shapely.Polygon([(1, 45), (2, 45), (2, 46), (1, 46), (1.1, 45.4)])
    union = shapely.coverage_union_all(np.array([left, right]))
    both = float(areas_km2(np.array([left, right], dtype=object)).sum())
    assert geodesic_area_m2(union) / 1e6 == pytest.approx(both, rel=1e-9)
