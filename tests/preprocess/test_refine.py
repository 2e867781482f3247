"""Detailed borders given to the communes of a later edition."""

from collections.abc import Mapping

import geopandas
import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from preprocess.cut import cut_piece
from preprocess.findings import Finding
from preprocess.refine import refine
from preprocess.repair import repair_coverage

SOURCE = "detailed"


def frame(shapes: Mapping[str, shapely.Geometry]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(
        pd.DataFrame({"code": list(shapes)}, dtype="str"), geometry=list(shapes.values()), crs="EPSG:4326"
    )


def pairs(**leads: str) -> pd.DataFrame:
    """Return a mapping from ``old="new new"``; the codes of the tests are letters."""
    rows = [(old, new) for old, news in leads.items() for new in news.split()]
    return pd.DataFrame(rows, columns=["old", "new"], dtype="str")


def wavy(x0: float, y0: float, x1: float, y1: float, *, steps: int = 8) -> shapely.Polygon:
    """Return the rectangle with detail: a wave on every border, the same for both neighbours."""

    def side(a: tuple[float, float], b: tuple[float, float]) -> np.ndarray:
        low, high = sorted((a, b))
        t = np.linspace(0, 1, steps + 1)
        line = np.outer(1 - t, low) + np.outer(t, high)
        line[1:-1, 1 if low[1] == high[1] else 0] += 0.001 * np.sin(np.arange(1, steps) * 2.0)
        return np.asarray(line if (a, b) == (low, high) else line[::-1])

    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    sides = [side(corners[i], corners[(i + 1) % 4])[:-1] for i in range(4)]
    return shapely.Polygon(np.concatenate(sides))


# Three detailed communes in a row, and their simplified outlines.
ROW = {name: wavy(x, 45, x + 1, 46) for x, name in enumerate("ABC")}
PLAIN = {name: shapely.box(x, 45, x + 1, 46) for x, name in enumerate("ABC")}


def run(
    plain: Mapping[str, shapely.Geometry], detailed: Mapping[str, shapely.Geometry], mapping: pd.DataFrame
) -> tuple[dict[str, shapely.Geometry], dict[str, list[Finding]]]:
    """Refine, hold the result to its contract, and give it by code, with the findings by rule."""
    drawn, findings = refine(frame(plain), frame(detailed), mapping, SOURCE)
    assert drawn["code"].tolist() == list(plain)
    shapes = drawn.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert repair_coverage(drawn, "code", place="p", source=SOURCE)[1] == []
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        assert finding.source == SOURCE
        by_rule.setdefault(finding.rule, []).append(finding)
    return dict(zip(plain, shapes, strict=True)), by_rule


def test_communes_that_did_not_move_take_the_detailed_borders() -> None:
    drawn, findings = run(PLAIN, ROW, pairs(A="A", B="B", C="C"))
    assert all(shapely.equals_exact(drawn[name], ROW[name], normalize=True) for name in ROW)
    assert list(findings) == ["detail-carried"]
    assert "from 15 to 99 vertices" in findings["detail-carried"][0].message


def test_merged_communes_become_one_without_their_inner_border() -> None:
    plain = {"A": shapely.box(0, 45, 2, 46), "C": PLAIN["C"]}
    drawn, findings = run(plain, ROW, pairs(A="A", B="A", C="C"))
    assert drawn["A"].geom_type == "Polygon"
    assert drawn["A"].equals(shapely.union(ROW["A"], ROW["B"]))
    assert list(findings) == ["detail-carried"]


def test_a_changed_code_takes_the_old_outline() -> None:
    plain = {"A": PLAIN["A"], "C": PLAIN["C"], "Z": PLAIN["B"]}
    drawn, _ = run(plain, ROW, pairs(A="A", B="Z", C="C"))
    assert drawn["Z"].equals(ROW["B"])


def test_a_restored_commune_is_cut_along_the_simplified_border() -> None:
    plain = {
        "A": PLAIN["A"],
        "B": shapely.box(1, 45, 1.6, 46),
        "C": PLAIN["C"],
        "D": shapely.box(1.6, 45, 2, 46),
    }
    drawn, findings = run(plain, ROW, pairs(A="A", B="B D", C="C"))
    assert shapely.union(drawn["B"], drawn["D"]).symmetric_difference(ROW["B"]).area < 1e-6
    assert abs(drawn["D"].area - 0.4) < 0.02
    assert shapely.intersection(drawn["B"], drawn["D"]).length > 0.9
    assert drawn["A"].symmetric_difference(ROW["A"]).area < 1e-6
    assert [item.key for item in findings["detail-divided"]] == ["B"]
    assert "(1 outline cut)" in findings["detail-divided"][0].message


def test_communes_that_merged_and_parted_again_keep_their_own_old_borders() -> None:
    drawn, findings = run(PLAIN, ROW, pairs(A="A B", B="A B", C="C"))
    assert all(shapely.equals_exact(drawn[name], ROW[name], normalize=True) for name in ROW)
    assert "(0 outlines cut)" in findings["detail-divided"][0].message


def test_an_exchange_of_codes_is_no_division() -> None:
    swapped = {"A": PLAIN["B"], "B": PLAIN["A"], "C": PLAIN["C"]}
    drawn, findings = run(swapped, ROW, pairs(A="B", B="A", C="C"))
    assert drawn["A"].equals(ROW["B"])
    assert list(findings) == ["detail-carried"]


def test_an_overseas_commune_without_detail_keeps_its_simplified_outline() -> None:
    far = {"97601": shapely.box(45, -13, 45.1, -12.9), "97602": shapely.box(45.1, -13, 45.2, -12.9)}
    drawn, findings = run({**PLAIN, **far}, ROW, pairs(A="A", B="B", C="C"))
    assert all(shapely.equals_exact(drawn[name], far[name], normalize=True) for name in far)
    assert [(item.key, item.severity) for item in findings["detail-lacking"]] == [("976", "info")]
    assert "97601, 97602 (2 in" in findings["detail-lacking"][0].message


def test_a_neighbour_without_detail_gives_way_and_meets_the_detailed_border() -> None:
    detailed = {"A": ROW["A"], "C": ROW["C"]}
    drawn, findings = run(PLAIN, detailed, pairs(A="A", C="C"))
    assert abs(drawn["B"].area - 1) < 0.05
    assert drawn["A"].intersection(drawn["B"]).length > 0.9
    assert drawn["A"].intersection(drawn["B"]).area == 0
    assert set(findings) == {"detail-carried", "detail-joined", "detail-lacking"}


def test_an_old_commune_that_leads_off_the_map_is_left_out_and_told() -> None:
    plain = {"A": PLAIN["A"], "B": PLAIN["B"]}
    drawn, findings = run(plain, ROW, pairs(A="A", B="B", C="X"))
    assert list(drawn) == ["A", "B"]
    assert [(item.key, item.severity) for item in findings["detail-unplaced"]] == [("C", "warning")]


def test_a_commune_far_from_its_simplified_outline_is_told_and_kept() -> None:
    plain = {**PLAIN, "C": shapely.box(2, 45, 2.5, 46)}
    drawn, findings = run(plain, ROW, pairs(A="A", B="B", C="C"))
    assert drawn["C"].equals(ROW["C"])
    assert [item.key for item in findings["detail-differs"]] == ["C"]
    assert "C (0." in findings["detail-differs"][0].message


def test_the_ground_that_nobody_claims_goes_to_the_longest_border() -> None:
    piece = shapely.box(0, 0, 10, 10)
    outlines = np.array([shapely.box(0, 0, 4, 10), shapely.box(4, 0, 9, 9)], object)
    parts, number = cut_piece(piece, outlines)
    assert number.tolist() == [0, 1]
    # what is left, an L along the top and the right, touches the second along 14 and the first along 1
    assert [part.area for part in parts] == [40, 60]


def test_a_sliver_across_the_border_does_not_make_a_second_part() -> None:
    piece = shapely.box(0, 0, 10, 10)
    claw = shapely.union_all(
        [shapely.box(5, 0, 10, 10), shapely.box(-1, 4, 0.1, 5), shapely.box(-1, -2, 0, 4)]
    )
    parts, number = cut_piece(piece, np.array([shapely.box(0.1, 0, 5, 10), claw], object))
    assert dict(zip(number.tolist(), [part.geom_type for part in parts], strict=True)) == {
        0: "Polygon",
        1: "Polygon",
    }
    assert sum(part.area for part in parts) == 100


def test_an_island_that_nobody_claims_goes_to_the_nearest() -> None:
    piece = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(11, 4, 12, 5)])
    outlines = np.array([shapely.box(0, 0, 5, 10), shapely.box(5, 0, 10, 10)], object)
    parts, _ = cut_piece(piece, outlines)
    assert [part.area for part in parts] == [50, 51]


COORDINATES = st.integers(-2, 12)
BOXES = st.lists(
    st.tuples(COORDINATES, COORDINATES, st.integers(1, 9), st.integers(1, 9)), min_size=2, max_size=5
)


@settings(max_examples=60, deadline=None)
@given(BOXES)
def test_a_cut_loses_no_ground_and_counts_none_twice(boxes: list[tuple[int, int, int, int]]) -> None:
    piece = shapely.Polygon([(0, 0), (10, 0), (10, 10), (5, 3), (0, 10)], [[(4, 1), (6, 1), (5, 2)]])
    outlines = np.array([shapely.box(x, y, x + w, y + h) for x, y, w, h in boxes], object)
    parts, number = cut_piece(piece, outlines)
    assert len(set(number.tolist())) == len(parts)
    assert shapely.coverage_is_valid(parts)
    assert shapely.union_all(parts).symmetric_difference(piece).area < 1e-9
    assert abs(shapely.area(parts).sum() - piece.area) < 1e-9
