"""Zonings over communes: what is inside, each spot once, what is unknown, and where it is told."""

import numpy as np
import pandas as pd
import pytest
import shapely

from layers.spec import Areas, Covers, Layer, Partly, Property, ZoomRange
from preprocess.areas import areas_km2
from preprocess.history import History
from preprocess.laid import Ground
from preprocess.overlays import lay_over
from preprocess.prepared import LayerTable
from preprocess.vintage import COLUMNS
from tests.preprocess.samples import TEXT

CODES = ["01001", "01002", "02001", "97101"]


def ground(movements: list[tuple[str, str, str, str]] | None = None) -> Ground:
    """Four communes of a degree in a row; movements are (kind, day, before, after)."""
    shapes = np.array([shapely.box(n, 45, n + 1, 46) for n in range(len(CODES))], object)
    table = None
    if movements is not None:
        rows = [
            (mod, day, "COM", before, "COM", after, before, after) for mod, day, before, after in movements
        ]
        table = pd.DataFrame(rows, columns=[*COLUMNS, "LIBELLE_AV", "LIBELLE_AP"], dtype="str")
    return Ground(
        codes=pd.Index(CODES),
        names=np.array(["Un", "Le Deux", "L'Œuvre", "Quatre"], object),
        shapes=shapes,
        area_km2=areas_km2(shapes),
        membership=pd.DataFrame({"commune": CODES, "departement": ["01", "01", "02", None]}),
        history=History(table, CODES, 2025, "movements.csv"),
    )


def zoning(
    *shapes: shapely.Geometry, covers: Covers, kinds: list[str] | None = None, whole: bool = False
) -> tuple[Layer, LayerTable]:
    count = len(shapes)
    kind = Property(id="kind", column="kind", type="string", title=TEXT)
    layer = Layer(
        title=TEXT,
        description=TEXT,
        kind="zoning",
        zoom=ZoomRange(min=5, max=10),
        areas=(Areas(source="a", covers=covers, number="a-"),),
        properties=(kind,),
        partly=Partly(property="kind", values=("partly",)),
        whole_communes=whole,
    )
    table = pd.DataFrame(
        {
            "id": range(count),
            "code": [f"a-{n}" for n in range(count)],
            "name": ["Un", "Deux", "Oeuvre", "Ailleurs"][:count],
            "kind": kinds or ["all"] * count,
        }
    )
    return layer, LayerTable("z", table, shapes=np.array(shapes, object), file=np.zeros(count, np.int64))


EVERYWHERE = Covers(level="departement")
HALVES = (shapely.box(0, 45, 0.5, 46), shapely.box(0.25, 45, 0.75, 46))


def test_a_spot_in_two_areas_counts_once_and_in_the_list_in_each() -> None:
    laid, findings = lay_over(*zoning(*HALVES, covers=EVERYWHERE), ground(), None)
    assert not findings
    area = ground().area_km2
    assert laid.pieces.inside_km2 == pytest.approx([0.75 * area[0], 0, 0, 0], rel=1e-9)
    assert laid.pieces.km2 == pytest.approx([0.5 * area[0], 0.5 * area[0]], rel=1e-9)
    assert not laid.pieces.unknown_km2.any()


def test_a_commune_wholly_inside_has_exactly_its_own_area() -> None:
    laid, _ = lay_over(*zoning(shapely.box(-1, 44, 2.5, 47), covers=EVERYWHERE), ground(), None)
    assert laid.pieces.inside_km2[:2].tolist() == ground().area_km2[:2].tolist()
    assert laid.pieces.inside_km2[2] == pytest.approx(0.5 * ground().area_km2[2], rel=1e-9)


def test_what_only_touches_a_commune_is_not_in_it() -> None:
    laid, _ = lay_over(*zoning(shapely.box(0, 46, 1, 47), covers=EVERYWHERE), ground(), None)
    assert len(laid.pieces.area) == 0


def test_ground_in_an_area_of_unknown_extent_is_unknown_unless_another_has_it() -> None:
    laid, _ = lay_over(*zoning(*HALVES, covers=EVERYWHERE, kinds=["partly", "all"]), ground(), None)
    area = ground().area_km2[0]
    assert laid.pieces.inside_km2[0] == pytest.approx(0.5 * area, rel=1e-9)
    assert laid.pieces.unknown_km2[0] == pytest.approx(0.25 * area, rel=1e-9)
    assert np.isnan(laid.pieces.km2).tolist() == [True, False]


@pytest.mark.parametrize(
    ("covers", "told"),
    [
        (EVERYWHERE, [True, True, True, False]),
        (Covers(level="departement", codes=("01",)), [True, True, False, False]),
        (Covers(level="departement", but=("01",)), [False, False, True, False]),
        (Covers(touched=True), [True, False, False, False]),
    ],
)
def test_a_file_covers_what_it_is_said_to(covers: Covers, told: list[bool]) -> None:
    laid, findings = lay_over(*zoning(*HALVES, covers=covers), ground(), None)
    assert laid.covered.tolist() == told
    assert not findings


def test_an_extent_that_is_not_on_the_map_is_told() -> None:
    covers = Covers(level="departement", codes=("60",))
    laid, findings = lay_over(*zoning(*HALVES, covers=covers), ground(), None)
    assert not laid.covered.any()
    assert [(item.rule, item.key) for item in findings] == [("covers-nothing", "60")]


COARSE = (
    shapely.box(0.1, 45.1, 1.05, 46),
    shapely.box(1.1, 45, 1.9, 46.1),
    shapely.box(2.3, 45.3, 3.1, 46),
)


def test_a_coarse_drawing_stands_for_the_commune_that_it_mostly_is() -> None:
    laid, findings = lay_over(*zoning(*COARSE, covers=EVERYWHERE, whole=True), ground(), 2019)
    assert laid.pieces.commune.tolist() == [0, 1, 2]
    assert laid.pieces.inside_km2.tolist() == [*ground().area_km2[:3], 0]
    assert laid.pieces.km2 == pytest.approx(ground().area_km2[:3], rel=1e-12)
    assert not laid.pieces.estimated.any()
    assert not findings  # « Le Deux » is Deux, « L'Œuvre » Oeuvre


def test_a_drawing_off_the_land_counts_nowhere_and_another_name_is_told() -> None:
    shapes = (COARSE[1], COARSE[0], shapely.box(8, 45, 9, 46))
    laid, findings = lay_over(*zoning(*shapes, covers=EVERYWHERE, whole=True), ground(), 2019)
    assert dict(zip(laid.pieces.area.tolist(), laid.pieces.commune.tolist(), strict=True)) == {0: 1, 1: 0}
    assert sorted((item.rule, item.key) for item in findings) == [
        ("area-off-land", "a-2"),
        ("area-other-name", "a-0"),
        ("area-other-name", "a-1"),
    ]


MERGED = [("32", "2022-01-01", "01001", "01001"), ("32", "2022-01-01", "01009", "01001")]


def test_of_a_merged_commune_the_drawings_give_the_share() -> None:
    laid, _ = lay_over(
        *zoning(shapely.box(0, 45, 0.5, 46), covers=EVERYWHERE, whole=True), ground(MERGED), 2019
    )
    assert laid.pieces.estimated.tolist() == [True, False, False, False]
    assert laid.pieces.inside_km2[0] == pytest.approx(0.5 * ground().area_km2[0], rel=1e-3)
    assert not laid.pieces.unknown_km2.any()


def test_where_all_that_a_commune_was_made_of_is_listed_it_is_whole() -> None:
    shapes = (shapely.box(0, 45, 0.3, 46), shapely.box(0.4, 45, 0.9, 46))
    laid, _ = lay_over(*zoning(*shapes, covers=EVERYWHERE, whole=True), ground(MERGED), 2019)
    assert not laid.pieces.estimated.any()
    assert laid.pieces.inside_km2[0] == ground().area_km2[0]
    assert laid.pieces.km2.sum() == pytest.approx(ground().area_km2[0], rel=1e-12)


def test_a_commune_that_is_listed_in_part_is_unknown_as_a_whole() -> None:
    layer, table = zoning(*COARSE, covers=EVERYWHERE, kinds=["partly", "all", "all"], whole=True)
    laid, _ = lay_over(layer, table, ground(), 2019)
    assert laid.pieces.inside_km2.tolist() == [0, *ground().area_km2[1:3], 0]
    assert laid.pieces.unknown_km2.tolist() == [ground().area_km2[0], 0, 0, 0]


def test_both_halves_of_a_divided_commune_are_inside() -> None:
    divided = [("21", "2022-01-01", "01001", "01001"), ("21", "2022-01-01", "01001", "01002")]
    laid, _ = lay_over(
        *zoning(shapely.box(0, 45, 1.9, 46), covers=EVERYWHERE, whole=True), ground(divided), 2019
    )
    assert laid.pieces.inside_km2.tolist() == [*ground().area_km2[:2], 0, 0]
