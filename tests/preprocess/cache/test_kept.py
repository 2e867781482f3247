"""Steps are run again exactly where something that they depend on has changed, or was damaged."""

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from layers.spec import Source, Text
from preprocess.cache import kept as module
from preprocess.cache.folder import Folder
from preprocess.cache.kept import Kept
from preprocess.sources import Sources
from tileserver.store.writer import StoreWriter, new_version

runs: list[str] = []


@pytest.fixture(autouse=True)
def no_runs() -> None:
    runs.clear()


def double(value: int) -> int:
    runs.append("double")
    return 2 * value


def triple(value: int) -> int:
    runs.append("triple")
    return 3 * value


def write(writer: StoreWriter, value: int) -> str:
    runs.append("write")
    return writer.write_table("a.arrow", pa.table({"v": [value]}))


def kept(tmp_path: Path) -> Kept:
    return Kept(Folder(tmp_path / "cache"))


def source(path: str, **more: object) -> Source:
    text = Text(fr="x", en="x")
    declared = {"title": text, "producer": "p", "licence": "l", "url": "https://e.org", "date": "2025"}
    return msgspec.convert({"path": path, **declared, **more}, Source)


def total(folder: Sources, name: str) -> int:
    """Add up a column of ``a``; of ``b`` too, where its file is there."""
    runs.append("total")
    more = sum(map(int, folder.table("b", [name])[name])) if folder.has("b") else 0
    return sum(map(int, folder.table("a", [name])[name])) + more


def test_an_equal_input_is_not_computed_twice_even_by_another_build(tmp_path: Path) -> None:
    assert kept(tmp_path).value(2, double, 2) == 4
    again = kept(tmp_path)
    assert again.value(2, double, 2) == 4
    assert runs == ["double"]
    assert [(o.step, o.state) for o in again.outcomes] == [("double", "kept")]


def test_another_input_or_another_step_is_computed(tmp_path: Path) -> None:
    keeper = kept(tmp_path)
    assert [keeper.value(n, double, n) for n in (2, 3)] == [4, 6]
    assert keeper.value(2, triple, 2) == 6
    assert runs == ["double", "double", "triple"]


def test_a_changed_program_is_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path).value(2, double, 2)
    monkeypatch.setattr(module, "code_digest", lambda _: "another version")
    kept(tmp_path).value(2, double, 2)
    assert runs == ["double", "double"]


def test_without_a_folder_every_step_is_run_and_nothing_is_told() -> None:
    keeper = Kept()
    assert [keeper.value(2, double, 2) for _ in range(2)] == [4, 4]
    assert runs == ["double", "double"]
    assert keeper.outcomes == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda home: (home / "value").write_bytes(b"\x05"),
        lambda home: (home / "value").unlink(),
        lambda home: (home / "value").write_bytes(b""),
        lambda home: (home / "entry.json").write_text("{"),
        lambda home: (home / "entry.json").unlink(),
    ],
)
def test_a_damaged_entry_is_computed_again_and_said(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    kept(tmp_path).value(2, double, 2)
    (home,) = (tmp_path / "cache").iterdir()
    damage(home)
    mending = kept(tmp_path)
    assert mending.value(2, double, 2) == 4
    (outcome,) = mending.outcomes
    assert outcome.state == "made"
    assert str(home) in outcome.why
    assert kept(tmp_path).value(2, double, 2) == 4
    assert runs == ["double", "double"]


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    keeper = kept(tmp_path)
    assert keeper.value(2, double, 2) == 4
    assert "can't be written" in keeper.outcomes[0].why


def test_files_that_a_step_wrote_are_in_the_next_version_too(tmp_path: Path) -> None:
    digests = []
    for _ in range(2):
        with new_version(tmp_path / "store") as writer:
            assert kept(tmp_path).files(7, writer, write, writer, 7) == "a.arrow"
            assert (writer.directory / "a.arrow").is_file()
            digests.append(writer.files)
    assert digests[0] == digests[1]
    assert runs == ["write"]


def test_a_damaged_file_is_written_again_and_the_damage_is_not_spread(tmp_path: Path) -> None:
    with new_version(tmp_path / "store") as writer:
        kept(tmp_path).files(7, writer, write, writer, 7)
        good = writer.files["a.arrow"]
    (path,) = (tmp_path / "cache").rglob("a.arrow")
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with new_version(tmp_path / "store") as writer:
        mending = kept(tmp_path)
        mending.files(7, writer, write, writer, 7)
        assert writer.files["a.arrow"] == good
        assert "a.arrow was altered" in mending.outcomes[0].why
    assert runs == ["write", "write"]


def test_a_step_that_reads_files_is_run_again_when_one_of_them_changes(tmp_path: Path) -> None:
    declared = {"a": source("a.csv"), "b": source("b.csv"), "c": source("c.csv")}
    for name in "ac":
        (tmp_path / f"{name}.csv").write_text("n\n1\n2\n")

    def ask() -> int:
        folder = Sources(tmp_path, declared, kept(tmp_path))
        answer = folder.kept("n", total, folder, "n")
        there = [name for name in "ab" if (tmp_path / f"{name}.csv").exists()]
        assert list(folder.digests) == there
        assert folder.rows == {
            name: len((tmp_path / f"{name}.csv").read_text().split()) - 1 for name in there
        }
        return answer

    assert (ask(), ask(), runs) == (3, 3, ["total"])
    (tmp_path / "c.csv").write_text("n\n8\n")  # which it does not read
    assert (ask(), len(runs)) == (3, 1)
    (tmp_path / "a.csv").write_text("n\n5\n")
    assert (ask(), len(runs)) == (5, 2)
    (tmp_path / "b.csv").write_text("n\n4\n")  # which was not there before
    assert (ask(), ask(), len(runs)) == (9, 9, 3)
    (tmp_path / "b.csv").unlink()
    assert (ask(), len(runs)) == (5, 3)  # as it was before b was there


def test_how_a_file_is_read_counts_and_what_is_said_of_it_does_not(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n\n1\n0\n")

    def ask(**more: object) -> int:
        declared = {"a": source("a.csv", **more), "b": source("b.csv")}
        folder = Sources(tmp_path, declared, kept(tmp_path))
        return folder.kept("n", total, folder, "n")

    assert ask() == 1
    assert ask(licence="another", date="1999") == 1
    assert len(runs) == 1
    assert ask(header_row=1, separator=";") == 1
    assert len(runs) == 2


def test_the_oldest_of_what_was_not_used_leaves_first(tmp_path: Path) -> None:
    for n in range(3):
        kept(tmp_path).value(n, double, n)
    folder = tmp_path / "cache"
    for age, home in enumerate(sorted(folder.iterdir())):
        os.utime(home, (1000 - age, 1000 - age))
    oldest = max(folder.iterdir())
    (folder / ".begun-dead").mkdir()
    os.utime(folder / ".begun-dead", (0, 0))
    size = (folder / oldest.name / "value").stat().st_size
    Kept(Folder(folder), used={oldest.name}).trim(2 * size)
    left = sorted(folder.iterdir())
    assert len(left) == 2
    assert oldest in left
    Kept(Folder(folder), used={oldest.name}).trim(0)
    assert list(folder.iterdir()) == [oldest]
