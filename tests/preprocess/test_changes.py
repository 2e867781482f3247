"""What a new version says otherwise than the one before: counted in the tables of both."""

import shutil
from pathlib import Path

import pytest

from preprocess.build import BuildResult, build
from preprocess.changes import sentences
from tests.preprocess.shallow import shallow_catalog
from tileserver.store.integrity import current_digest

POPULATION = "indicateurs/population_legale_communes.csv"


def edit(path: Path, change: dict[int, int]) -> None:
    """Add to the population of some rows (from 1) of the table."""
    lines = path.read_text(encoding="utf-8").splitlines()
    column = lines[0].split(";").index("PMUN")
    for row, more in change.items():
        cells = lines[row].split(";")
        cells[column] = str(int(cells[column]) + more)
        lines[row] = ";".join(cells)
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


@pytest.fixture(scope="module")
def builds(
    demo_sources: Path, shallow_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, BuildResult]:
    """Build the same again, then with two populations changed, then with a row lacking."""
    folder = tmp_path_factory.mktemp("changes")
    sources = Path(shutil.copytree(demo_sources, folder / "sources"))
    shutil.copytree(shallow_store, folder / "store")
    catalog = shallow_catalog()
    results = {"same": build(sources, folder / "store", catalog=catalog)}
    path = sources / POPULATION
    edit(path, {1: 1000, 2: 5000})
    results["edited"] = build(sources, folder / "store", catalog=catalog)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:-1], ""]), encoding="utf-8")
    results["shorter"] = build(sources, folder / "store", catalog=catalog)
    return results


def test_the_same_files_change_nothing(builds: dict[str, BuildResult], shallow_store: Path) -> None:
    changes = builds["same"].report.changes
    assert changes.none
    assert sentences(changes) == [f"nothing changed since {current_digest(shallow_store)}"]


def test_changed_values_are_counted_level_by_level(builds: dict[str, BuildResult]) -> None:
    changes = builds["edited"].report.changes
    assert [(item.id, item.path, item.state) for item in changes.sources] == [
        ("population_communes", POPULATION, "changed")
    ]
    communes = next(item for item in changes.layers if item.id == "communes")
    assert communes.values["population"] == 2
    assert set(communes.values) >= {"population", "density"}
    assert (communes.rows_added, communes.rows_removed, communes.outlines) == (0, 0, False)
    assert {item.id for item in changes.layers} <= {"communes", "epci", "ti", "departements", "regions"}
    assert any("communes: population differs in 2" in line for line in sentences(changes))


def test_findings_that_come_and_go_are_told(builds: dict[str, BuildResult]) -> None:
    changes = builds["shorter"].report.changes
    assert any(finding.rule == "commune-without-value" for finding in changes.findings_new)
    assert any(line.startswith("  findings new: ") for line in sentences(changes))
    page = (builds["shorter"].directory / "report.html").read_text(encoding="utf-8")
    assert "Constats nouveaux" in page


def test_a_version_that_cannot_be_read_is_said_and_stops_nothing(shallow_copy: tuple[Path, Path]) -> None:
    sources, store = shallow_copy
    first = current_digest(store)
    (store / first / "manifest.json").write_text("{}")
    edit(sources / POPULATION, {1: 1000})
    again = build(sources, store, catalog=shallow_catalog())
    (line,) = sentences(again.report.changes)
    assert line.startswith(f"the version before, {first}, can't be compared: ")
