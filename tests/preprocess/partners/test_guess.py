"""What the columns of an undeclared file are, on tables as they come."""

from pathlib import Path

import pytest

from preprocess.partners.propose import proposed
from tests.preprocess.partners.samples import COMMUNES, LISTS, MERGED


def guess(tmp_path: Path, text: str) -> tuple[str | None, str | None, str, str]:
    path = tmp_path / "Émis 2024.csv"
    path.write_text(text, encoding="utf-8")
    partner, draft, findings = proposed(path, LISTS)
    told = " ".join(finding.message for finding in findings)
    if partner is None:
        return None, None, draft, told
    return partner.declared.file.key, partner.declared.file.value, draft, told


def test_the_finest_codes_win_and_codes_are_no_figures(tmp_path: Path) -> None:
    rows = "".join(f"84;01;{code};{n * 7};{n / 2}\n" for n, code in enumerate(sorted(COMMUNES)))
    key, value, draft, told = guess(tmp_path, "REG;DEP;CODGEO;emplois;part\n" + rows)
    assert (key, value) == ("CODGEO", "emplois")
    assert "Columns of figures: 'emplois', 'part'; the first is checked." in told
    assert 'level = "commune"\nedition = 2025' in draft


@pytest.mark.parametrize(
    ("cells", "level"),
    [("84 94 11 06", "region"), ("01 2A 2B 75 976", "departement"), ("200069193 240100883", "epci")],
)
def test_codes_of_two_levels_are_of_the_one_that_is_there_in_full(
    cells: str, level: str, tmp_path: Path
) -> None:
    _, _, draft, _ = guess(tmp_path, "zone;x\n" + "".join(f"{cell};3\n" for cell in cells.split()))
    assert f'level = "{level}"' in draft
    assert "edition" not in draft


def test_an_older_edition_is_proposed(tmp_path: Path) -> None:
    codes = sorted(COMMUNES) + MERGED
    _, _, draft, told = guess(tmp_path, "insee;x\n" + "".join(f"{code};3\n" for code in codes))
    assert "edition = 2018" in draft
    assert "The codes fit the list of communes of 2018" in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a;b\nx;u\ny;v\n", "no column has codes"),
        ("insee;b\n01001;x\n", "no column beside 'insee' has figures"),
    ],
)
def test_nothing_is_proposed_of_a_table_without_codes_or_figures(
    text: str, words: str, tmp_path: Path
) -> None:
    key, _, draft, told = guess(tmp_path, text)
    assert key is None
    assert draft == ""
    assert words in told
