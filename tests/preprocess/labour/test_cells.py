"""Reading the survey's files: every cell is a number, a secret or missing, and what is odd is told."""

from pathlib import Path

import pandas as pd
import pytest
from msgspec.structs import replace

from layers.catalog import load_catalog
from layers.labour_spec import Labour
from preprocess.demo.workbook import Cell as WorkbookCell
from preprocess.demo.workbook import write_workbook
from preprocess.labour.cells import SurveyCells, read_cells
from preprocess.sources import Sources
from tileserver.errors import SourceError
from tileserver.store.labour_format import Cell

HEADER = ["Code métier BMO", "Nom métier BMO", "Famille_met", "Lbl_fam_met", "BE25", "NOMBE25", "Dept"]
FIGURES = ["met", "xmet", "smet"]

Row = tuple[WorkbookCell, ...]


def survey() -> Labour:
    labour = load_catalog().labour
    assert labour is not None
    return replace(labour, years=labour.years[2:])


def row(zone: WorkbookCell, *figures: WorkbookCell, trade: str = "D1X30", place: str = "49") -> Row:
    return (trade, "Ouvriers en chaudronnerie", "I", "Ouvriers", zone, "CHOLET", place, *figures)


def read(folder: Path, *rows: Row) -> SurveyCells:
    path = folder / "bmo" / "Base_open_data_BMO_2025.xlsx"
    path.parent.mkdir(exist_ok=True)
    write_workbook(path, {"variables": [["…"]], "BMO_2025_open_data": [[*HEADER, *FIGURES], *rows]})
    return read_cells(survey(), Sources(folder, load_catalog().sources))


def rules(read: SurveyCells) -> dict[str, str]:
    return {each.key: each.rule for each in read.findings if each.rule != "labour-secret"}


def test_zones_get_their_zero_back_and_their_code_of_the_list(tmp_path: Path) -> None:
    table = read(tmp_path, row(101, 5, 5, 5), row(116, 5, 5, 5), row("5205", 5, 5, 5)).table
    assert table["zone"].tolist() == ["0101", "0103", "5205"]
    assert table["written"].tolist() == ["101", "116", "5205"]


def test_a_cell_is_known_secret_or_missing(tmp_path: Path) -> None:
    found = read(tmp_path, row(5205, "24", "*", None), row(5229, "many", None, "*"), row(101, -3, None, None))
    table = found.table
    assert table["met_state"].tolist() == [Cell.KNOWN, Cell.MISSING, Cell.MISSING]
    assert table["xmet_state"].tolist() == [Cell.SECRET, Cell.MISSING, Cell.MISSING]
    assert table["smet_state"].tolist() == [Cell.MISSING, Cell.SECRET, Cell.MISSING]
    assert table["met"].tolist()[0] == 24
    assert table["met"].isna().tolist() == [False, True, True]
    assert rules(found) == {"row 2": "unreadable-value", "row 3": "unreadable-value"}


def test_a_part_without_or_beyond_its_whole_is_taken_for_missing(tmp_path: Path) -> None:
    found = read(tmp_path, row(5205, 24, 25, 5), row(5229, "*", 8, "*"))
    assert found.table["xmet"].isna().all()
    assert found.table["xmet_state"].tolist() == [Cell.MISSING, Cell.MISSING]
    assert found.table["smet"].tolist()[0] == 5
    assert rules(found) == {"row 1": "labour-contradiction", "row 2": "labour-contradiction"}


def test_a_row_without_its_zone_is_left_out_and_told(tmp_path: Path) -> None:
    found = read(tmp_path, row(None, 24, 24, 5), row(5229, 21, 21, "*"))
    assert found.table["row"].tolist() == [2]
    assert rules(found) == {"row 1": "empty-code"}


def test_a_second_row_of_a_zone_place_and_trade_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"D1X30 of zone 5205 in 49 stands on rows 1, 3"):
        read(tmp_path, row(5205, 24, 24, 5), row(5205, 8, 8, 8, place="85"), row("5205", 21, 21, "*"))


def test_each_column_tells_how_much_of_it_is_secret(tmp_path: Path) -> None:
    found = read(tmp_path, row(5205, 24, "*", "*"), row(5229, 21, 21, "*"))
    told = {each.key: each.message for each in found.findings}
    assert told["xmet"].startswith("xmet: 1 of 2 cells")
    assert told["smet"].startswith("smet: 2 of 2 cells")
    assert pd.Series([each.severity for each in found.findings]).eq("info").all()
