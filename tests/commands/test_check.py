"""`tileserver check` as a partner meets it."""

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tileserver.cli import main

TOML = """
title = { fr = "Emplois", en = "Jobs" }
unit = { fr = "emplois", en = "jobs" }
type = "integer"
precision = 0
rule = "sum"
theme = "economy"
date = "2024"
definition = { fr = "Emplois.", en = "Jobs." }

[file]
key = "insee"
value = "jobs"
"""


@pytest.fixture(scope="module")
def codes(demo_sources: Path) -> list[str]:
    table = pd.read_csv(demo_sources / "territoires" / "communes_epci_2025_cogiter.csv", dtype="str")
    return table["DEPCOM"].tolist()


def check(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def write(folder: Path, codes: list[str], more: str = "", *, declared: bool = True) -> Path:
    path = folder / "jobs.csv"
    path.write_text("insee;jobs\n" + "".join(f"{code};{n}\n" for n, code in enumerate(codes)) + more)
    if declared:
        path.with_suffix(".toml").write_text(TOML)
    return path


def test_a_good_file_is_good(demo_sources: Path, codes: list[str], tmp_path: Path) -> None:
    result = check(write(tmp_path, codes), "--sources", demo_sources)
    assert result.exit_code == 0, result.output
    assert f"{len(codes)} of {len(codes)} rows were kept" in result.output


def test_faults_are_told_and_the_rest_is_kept(demo_sources: Path, codes: list[str], tmp_path: Path) -> None:
    path = write(tmp_path, codes, "99999;4\nTotal;5\n")
    for given in (path, path.with_suffix(".toml")):
        result = check(given, "--sources", demo_sources)
        assert result.exit_code == 0
        assert "99999 (row" in result.output
        assert "Code inconnu d'un partenaire" in result.output
        assert f"{len(codes)} of {len(codes) + 2} rows were kept" in result.output


def test_a_long_list_is_cut_unless_all_is_asked_for(
    demo_sources: Path, codes: list[str], tmp_path: Path
) -> None:
    path = write(tmp_path, codes, "".join(f"999{n};4\n" for n in range(10, 40)))
    short = check(path, "--sources", demo_sources).output
    assert "… and 22 more" in short
    assert "99939" not in short
    assert "99939" in check(path, "--sources", demo_sources, "--all").output


def test_a_file_without_a_toml_is_guessed_and_given_one(
    demo_sources: Path, codes: list[str], tmp_path: Path
) -> None:
    path = write(tmp_path, codes, declared=False)
    result = check(path, "--sources", demo_sources)
    assert result.exit_code == 0, result.output
    assert "Column 'insee' has codes of level commune in 100% of its cells." in result.output
    draft = result.output[result.output.index("title =") : result.output.index('licence = "…"')]
    path.with_suffix(".toml").write_text(draft, encoding="utf-8")
    assert check(path, "--sources", demo_sources).exit_code == 0


def test_a_store_gives_the_lists_too(demo_store: Path, codes: list[str], tmp_path: Path) -> None:
    result = check(write(tmp_path, codes, "99999;4\n"), "--store", demo_store)
    assert result.exit_code == 0
    assert "99999" in result.output
    assert "Editions of the list of communes are not judged" in result.output


@pytest.mark.parametrize("content", ["", "insee;jobs\n", "a;b\nx;y\n", "<html>"])
def test_a_file_that_cannot_be_used_ends_with_one(content: str, demo_sources: Path, tmp_path: Path) -> None:
    path = write(tmp_path, [], declared=False)
    path.write_text(content)
    assert check(path, "--sources", demo_sources).exit_code == 1
    path.with_suffix(".toml").write_text(TOML)
    result = check(path, "--sources", demo_sources)
    assert result.exit_code == 1
    assert "jobs.csv" in result.output


def test_lists_of_codes_are_asked_for(tmp_path: Path) -> None:
    result = check(write(tmp_path, []))
    assert result.exit_code == 1
    assert "give --sources" in result.output


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("value =", "valeur ="), "did you mean `value`?"),
        (('key = "insee"\nvalue = "jobs"', ""), "`file.value`: give the column of the figures"),
        (('rule = "sum"', 'rule = "ratio"'), "`rule`"),
        (('key = "insee"', 'key = "insee"\nlevel = "epci"'), '"none" for a table of level epci'),
        (('key = "insee"', 'key = "insee"\nlevel = "canton"'), "'canton' is none of"),
        (('key = "insee"', 'key = "insee"\nseparator = ";;"'), "`file.separator`"),
        (('key = "insee"', 'key = "insee"\nmin = 5\nmax = 1'), "`file.min`"),
        (('key = "insee"', 'key = "insee"\npath = "../x.csv"'), "`file.path`"),
        (("theme", "thème"), "not valid TOML"),
    ],
)
def test_a_toml_that_says_something_impossible_is_one_sentence(
    change: tuple[str, str], words: str, demo_sources: Path, codes: list[str], tmp_path: Path
) -> None:
    path = write(tmp_path, codes)
    path.with_suffix(".toml").write_text(TOML.replace(*change))
    result = check(path, "--sources", demo_sources)
    assert result.exit_code == 1
    assert "jobs.toml" in result.output
    assert words in result.output.replace("\n", "")
