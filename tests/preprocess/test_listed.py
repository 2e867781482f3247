"""A zoning that is a list of communes: statuses carried to today's list, communes united by status."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from layers.spec import Layer, Listed, Outlines, Property, ZoomRange
from preprocess.figures.context import Context
from preprocess.listed import take_listed
from preprocess.membership import Nesting
from tests.preprocess.figures.world import told, world
from tests.preprocess.samples import TEXT, source
from tileserver.errors import SourceError

CODES = {"01001": "a", "01002": "a", "02001": "b", "02002": None}


def listed(folder: Path, rows: Sequence[tuple[str | None, str]]) -> tuple[Context, Nesting]:
    """Return the context of four communes and the list of `rows`: code and status."""
    context = world(folder, CODES, {}, {})
    records = [
        {"model": "geo.zrr", "pk": n, "fields": {"insee_code": code, "status": status}}
        for n, (code, status) in enumerate(rows)
    ]
    (folder / "list.json").write_text(json.dumps(records), encoding="utf-8")
    context.catalog.sources["list"] = source("list.json", edition=2025)
    status = Property(id="status", column="status", type="string", title=TEXT)
    context.catalog.layers["zrr"] = Layer(
        title=TEXT,
        description=TEXT,
        kind="zoning",
        zoom=ZoomRange(min=5, max=10),
        properties=(status,),
        listed=Listed(
            source="list",
            commune="insee_code",
            status="status",
            level="ti",
            inside=("C",),
            partly=("PC",),
            outside=("NC",),
        ),
    )
    return context, Nesting(context.membership, {"ti": {"a": "Alpha", "b": "Beta"}})


def test_communes_of_one_status_in_a_territory_are_one_area(tmp_path: Path) -> None:
    context, nesting = listed(tmp_path, [("01001", "C"), ("01002", "C"), ("02001", "PC"), ("02002", "NC")])
    tables, findings = take_listed(context, nesting)
    table = tables["zrr"].table
    assert table[["code", "name", "status"]].to_numpy().tolist() == [
        ["zrr-a", "Alpha", "C"],
        ["zrr-b-p", "Beta", "PC"],
    ]
    assert not findings
    laid = context.laid["zrr"]
    area = context.area_km2
    assert laid.pieces.inside_km2.tolist() == [area[0], area[1], 0, 0]
    assert laid.pieces.unknown_km2.tolist() == [0, 0, area[2], 0]
    assert laid.covered.all()
    shapes = tables["zrr"].shapes
    assert shapes is not None
    assert shapes[0].bounds == (0, 45, 2, 46)


def test_what_is_not_on_the_list_is_not_known(tmp_path: Path) -> None:
    context, nesting = listed(tmp_path, [("01001", "C"), ("01002", "peut-être"), (None, "C")])
    _, findings = take_listed(context, nesting)
    assert context.laid["zrr"].covered.tolist() == [True, False, False, False]
    assert told(findings) == [("empty-code", "row 3"), ("unreadable-value", "01002")]


def test_a_commune_twice_on_the_list_is_refused(tmp_path: Path) -> None:
    context, nesting = listed(tmp_path, [("01001", "C"), ("01001", "NC")])
    with pytest.raises(SourceError, match=r"list\.json: column 'insee_code'.*01001 on rows 1, 2"):
        take_listed(context, nesting)


def test_a_merged_commune_has_the_status_that_all_its_parts_have(tmp_path: Path) -> None:
    rows = [("01001", "C"), ("01009", "NC"), ("01002", "C"), ("01008", "C"), ("02001", "NC")]
    context, nesting = listed(tmp_path, rows)
    context.catalog.sources["list"] = replace(context.catalog.sources["list"], edition=2019)
    movements = (
        "MOD,DATE_EFF,TYPECOM_AV,COM_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,LIBELLE_AP\n"
        "32,2022-01-01,COM,01001,Un,COM,01001,Un\n32,2022-01-01,COM,01009,Neuf,COM,01001,Un\n"
        "32,2022-01-01,COM,01002,Deux,COM,01002,Deux\n32,2022-01-01,COM,01008,Huit,COM,01002,Deux\n"
    )
    (tmp_path / "movements.csv").write_text(movements, encoding="utf-8")
    context.catalog.sources["movements"] = source("movements.csv")
    communes = context.catalog.layers["communes"]
    detail = Outlines(source="outlines", key="code", movements="movements")
    context.catalog.layers["communes"] = replace(communes, detail=detail)
    take_listed(context, nesting)
    laid = context.laid["zrr"]
    assert (laid.pieces.unknown_km2 > 0).tolist() == [True, False, False, False]
    assert (laid.pieces.inside_km2 > 0).tolist() == [False, True, False, False]
    assert laid.covered.tolist() == [True, True, True, False]
