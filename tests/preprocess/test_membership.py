"""Who belongs to whom: lists, members of several kinds, claims that collide."""

from pathlib import Path

import pandas as pd
import pytest

from layers.spec import Layer, Membership, Source, Via, ZoomRange
from preprocess.findings import Finding
from preprocess.membership import Nesting, build_membership
from preprocess.sources import Sources
from tests.preprocess.samples import TEXT, source, write_text
from tileserver.errors import SourceError

COMMUNES = pd.Series(["01", "02", "03", "04", "05"], dtype="str")
LIST = "COM,EPCI,NOM\n01,E1,Un\n02,E1,Un\n03,E2,Deux\n04,E2,Deux\n05,ZZ,Sans objet\n"
DECLARED: dict[str, Source] = {
    "list": source("list.csv", null=("ZZ",)),
    "ept": source("ept.csv"),
    "siren": source("siren.csv"),
    "ti": source("ti.csv"),
}
VIA = (
    Via(source="list", member="EPCI", commune="COM"),
    Via(source="ept", member="EPT", commune="COM"),
    Via(source="siren", member="siren", commune="insee"),
)


def layer(level: str, order: int, **changes: object) -> Layer:
    values = {"title": TEXT, "description": TEXT, "kind": "territory", "zoom": ZoomRange(min=0, max=9)}
    return Layer(**values, level=level, order=order, **changes)  # type: ignore[arg-type]  # typed in TOML


LAYERS = {
    "ti": layer("ti", 1, membership=Membership(source="ti", member="siren", code="id", name="lib", via=VIA)),
    "epci": layer("epci", 2, membership=Membership(source="list", commune="COM", code="EPCI", name="NOM")),
    "communes": layer("commune", 3, source="outlines", key="c", label="n"),
}


def nest(
    folder: Path,
    ti: str,
    *,
    listed: str = LIST,
    ept: str = "COM,EPT\n04,T1\n",
    siren: str = "siren,insee\n91,01\n",
) -> tuple[Nesting, list[Finding]]:
    files = {"list.csv": listed, "ept.csv": ept, "siren.csv": siren, "ti.csv": "id,lib,siren\n" + ti}
    for name, text in files.items():
        write_text(folder / name, text)
    return build_membership(LAYERS, COMMUNES, Sources(folder, DECLARED))


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return sorted((item.rule, item.key) for item in findings)


def column(nesting: Nesting, level: str) -> list[str | None]:
    return [None if pd.isna(value) else value for value in nesting.table[level]]


def test_there_is_one_row_a_commune_and_one_column_a_level(tmp_path: Path) -> None:
    nesting, findings = nest(tmp_path, "A,Alpha,E1\n")
    assert list(nesting.table.columns) == ["commune", "epci", "ti"]
    assert column(nesting, "commune") == ["01", "02", "03", "04", "05"]
    assert column(nesting, "epci") == ["E1", "E1", "E2", "E2", None]
    assert column(nesting, "ti") == ["A", "A", None, None, None]
    assert nesting.names == {"epci": {"E1": "Un", "E2": "Deux"}, "ti": {"A": "Alpha"}}
    assert not findings


def test_members_of_other_kinds_are_found_in_the_later_lists(tmp_path: Path) -> None:
    nesting, findings = nest(tmp_path, "A,Alpha,T1\nB,Beta,91\n")
    assert column(nesting, "ti") == ["B", None, None, "A", None]
    assert told(findings) == [("member-of-other-kind", "91"), ("member-of-other-kind", "T1")]
    assert {item.severity for item in findings} == {"info"}


@pytest.mark.parametrize("ti", ["A,Alpha,E2\nB,Beta,T1\n", "B,Beta,T1\nA,Alpha,E2\n"])
def test_the_more_specific_member_wins_in_whichever_order(tmp_path: Path, ti: str) -> None:
    nesting, findings = nest(tmp_path, ti)
    assert column(nesting, "ti") == [None, None, "A", "B", None]
    assert ("claimed-twice", "04") in told(findings)
    message = next(item.message for item in findings if item.rule == "claimed-twice")
    assert "claimed by B (member T1) and by A (member E2); it was given to B" in message


def test_a_single_commune_wins_over_an_ept(tmp_path: Path) -> None:
    nesting, _ = nest(tmp_path, "A,Alpha,T1\nB,Beta,94\n", siren="siren,insee\n94,04\n")
    assert column(nesting, "ti")[3] == "B"


def test_between_members_of_one_kind_the_first_in_the_file_wins(tmp_path: Path) -> None:
    nesting, findings = nest(tmp_path, "B,Beta,E1\nA,Alpha,E1\n")
    assert column(nesting, "ti") == ["B", "B", None, None, None]
    assert told(findings) == [
        ("claimed-twice", "01"),
        ("claimed-twice", "02"),
        ("territory-without-commune", "A"),
    ]


def test_two_members_of_one_territory_do_not_collide(tmp_path: Path) -> None:
    nesting, findings = nest(tmp_path, "A,Alpha,E2\nA,Alpha,T1\n")
    assert column(nesting, "ti") == [None, None, "A", "A", None]
    assert told(findings) == [("member-of-other-kind", "T1")]


def test_a_member_that_is_nowhere_is_told(tmp_path: Path) -> None:
    _, findings = nest(tmp_path, "A,Alpha,E1\nA,Alpha,X9\n")
    assert told(findings) == [("unknown-member", "X9")]
    assert "list, ept, siren" in findings[0].message


def test_rows_without_code_or_member_are_told(tmp_path: Path) -> None:
    _, findings = nest(tmp_path, "A,Alpha,E1\n,Beta,E2\nA,Alpha,\n")
    assert told(findings) == [("empty-code", "row 2"), ("empty-code", "row 3")]


def test_a_member_with_a_commune_off_the_map_is_told(tmp_path: Path) -> None:
    _, findings = nest(tmp_path, "A,Alpha,T1\n", ept="COM,EPT\n04,T1\n77,T1\n")
    assert ("member-off-map", "T1") in told(findings)
    assert any("77" in item.message for item in findings)


def test_a_missing_epci_leaves_its_territory_out_and_says_so(tmp_path: Path) -> None:
    nesting, findings = nest(tmp_path, "A,Alpha,E1\nB,Beta,E7\n")
    assert nesting.names["ti"] == {"A": "Alpha"}
    assert told(findings) == [("territory-without-commune", "B"), ("unknown-member", "E7")]


def test_communes_of_the_list_and_of_the_outlines_are_compared_both_ways(tmp_path: Path) -> None:
    listed = LIST.replace("05,ZZ,Sans objet\n", "06,E2,Deux\n")
    nesting, findings = nest(tmp_path, "A,Alpha,E1\n", listed=listed)
    assert told(findings) == [("commune-not-in-list", "05"), ("commune-without-outline", "06")]
    assert column(nesting, "epci") == ["E1", "E1", "E2", "E2", None]


def test_a_list_with_a_commune_twice_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"list\.csv: column 'COM'.*01 on rows 1, 6"):
        nest(tmp_path, "A,Alpha,E1\n", listed=LIST + "01,E2,Deux\n")


def test_a_code_with_two_names_keeps_the_first_and_one_without_keeps_its_code(tmp_path: Path) -> None:
    nesting, findings = nest(tmp_path, "A,Alpha,E1\nA,Alfa,T1\nB,,E2\n")
    assert nesting.names["ti"] == {"A": "Alpha", "B": "B"}
    assert ("several-names", "A") in told(findings)
    assert ("without-name", "B") in told(findings)
