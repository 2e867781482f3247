"""Areas as they are read: their codes, their files, what is left out and what is said of it."""

from pathlib import Path

import geopandas
import pandas as pd
import pytest
import shapely

from layers.spec import Areas, Covers, Layer, Property, Text, ZoomRange
from preprocess.rows import point_table
from preprocess.sources import Sources
from preprocess.zonings import zoning_table
from tests.preprocess.samples import TEXT, source
from tileserver.errors import SourceError

EVERYWHERE = Covers(level="departement")


def layer(*areas: Areas, properties: tuple[Property, ...] = ()) -> Layer:
    return Layer(
        title=TEXT,
        description=Text(fr="", en=""),
        kind="zoning",
        zoom=ZoomRange(min=5, max=10),
        areas=areas,
        properties=properties,
    )


def write(path: Path, shapes: list[shapely.Geometry | None], **columns: object) -> None:
    frame = geopandas.GeoDataFrame(pd.DataFrame(columns, index=range(len(shapes))), geometry=shapes, crs=4326)
    frame.to_file(path, driver="GeoJSON")


def box(x: float) -> shapely.Geometry:
    return shapely.box(x, 48, x + 1, 49)


def test_areas_without_codes_are_numbered_in_the_order_of_their_file(tmp_path: Path) -> None:
    write(tmp_path / "a.geojson", [box(n % 7) for n in range(12)])
    folder = Sources(tmp_path, {"a": source("a.geojson")})
    table, findings = zoning_table("z", layer(Areas(source="a", covers=EVERYWHERE, number="s-")), folder)
    assert table.table["code"].tolist() == [f"s-{n:02}" for n in range(1, 13)]
    assert table.table["name"].tolist() == table.table["code"].tolist()
    assert [finding.rule for finding in findings] == ["numbered-areas"]
    assert table.table["id"].is_unique


def test_two_files_make_one_zoning_and_each_area_knows_its_own(tmp_path: Path) -> None:
    write(tmp_path / "a.geojson", [box(0), box(1)])
    write(tmp_path / "b.geojson", [box(2), box(3)], SITE=["FR2", "FR1"], NAME=["Deux", None])
    folder = Sources(tmp_path, {"a": source("a.geojson"), "b": source("b.geojson")})
    zoning = layer(
        Areas(source="a", covers=EVERYWHERE, number="s-"),
        Areas(source="b", covers=EVERYWHERE, key="SITE", label="NAME"),
    )
    table, _ = zoning_table("z", zoning, folder)
    assert table.table["code"].tolist() == ["FR1", "FR2", "s-1", "s-2"]
    assert table.table["name"].tolist() == ["FR1", "Deux", "s-1", "s-2"]
    assert table.file is not None
    assert table.file.tolist() == [1, 1, 0, 0]
    assert table.shapes is not None
    assert table.shapes[1].equals(box(2))


def test_what_has_no_code_or_no_ground_is_left_out_and_told(tmp_path: Path) -> None:
    shapes = [box(0), None, box(2), box(3)]
    write(tmp_path / "a.geojson", shapes, CODE=["A", "B", None, "A"], KIND=["x", "y", "z", "t"])
    kinds = Property(id="kind", column="KIND", type="string", title=TEXT)
    zoning = layer(Areas(source="a", covers=EVERYWHERE, key="CODE"), properties=(kinds,))
    table, findings = zoning_table("z", zoning, Sources(tmp_path, {"a": source("a.geojson")}))
    assert table.table[["code", "kind"]].to_numpy().tolist() == [["A", "x"]]
    assert sorted(finding.rule for finding in findings) == ["duplicate-code", "empty-code", "empty-geometry"]


def test_a_code_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in "ab":
        write(tmp_path / f"{name}.geojson", [box(0)], CODE=["A"])
    folder = Sources(tmp_path, {"a": source("a.geojson"), "b": source("b.geojson")})
    zoning = layer(*(Areas(source=name, covers=EVERYWHERE, key="CODE") for name in "ab"))
    with pytest.raises(SourceError, match="'A' and 'A' give the same feature id"):
        zoning_table("z", zoning, folder)


def test_points_are_no_areas(tmp_path: Path) -> None:
    write(tmp_path / "a.geojson", [shapely.Point(2, 48)], CODE=["A"])
    zoning = layer(Areas(source="a", covers=EVERYWHERE, key="CODE"))
    with pytest.raises(SourceError, match=r"a\.geojson: row 1 is a Point"):
        zoning_table("z", zoning, Sources(tmp_path, {"a": source("a.geojson")}))


def test_each_point_of_a_multipoint_is_a_row_of_its_own(tmp_path: Path) -> None:
    shapes = [shapely.MultiPoint([(2, 48), (3, 48)]), shapely.Point(4, 48)]
    write(tmp_path / "a.geojson", shapes, CODE=["A", "B"], NAME=["Deux villes", "Une ville"])
    towns = Layer(
        title=TEXT,
        description=TEXT,
        kind="points",
        zoom=ZoomRange(min=5, max=10),
        source="a",
        key="CODE",
        label="NAME",
        multipoints=True,
    )
    table, findings = point_table("towns", towns, Sources(tmp_path, {"a": source("a.geojson")}))
    assert not findings
    assert table.table["code"].tolist() == ["A", "A", "B"]
    assert table.table["id"].is_unique
    assert table.lonlat is not None
    assert table.lonlat.tolist() == [[2, 48], [3, 48], [4, 48]]
