"""`tileserver fetch` as whoever refreshes the data meets it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import layers
from tests.preprocess.fetch.server import BODY, Site, serving
from tileserver.cli import main

TABLE = "indicateurs/population_legale_communes.csv"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        site.pages["/good.csv"] = lambda request: request.file(BODY, '"one"')
        site.pages["/gone.csv"] = lambda request: request.reply(status=404)
        yield site


@pytest.fixture
def catalog(site: Site, tmp_path: Path) -> Path:
    """Give a catalogue that declares two downloads, one of which is gone."""
    folder = Path(shutil.copytree(Path(layers.__file__).parent / "definitions", tmp_path / "catalog"))
    for name, page in (("population_communes", "good"), ("population_mayotte", "gone")):
        path = folder / "sources" / f"{name}.toml"
        path.write_text(f'download = "{site.address}/{page}.csv"\n' + path.read_text(encoding="utf-8"))
    return folder


def fetch(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["fetch", *map(str, arguments)])


def test_files_are_fetched_and_a_failure_does_not_keep_the_others(catalog: Path, tmp_path: Path) -> None:
    result = fetch("--sources", tmp_path / "data", "--catalog", catalog)
    assert result.exit_code == 1
    assert f"population_communes: new, {len(BODY):,} bytes" in result.output
    assert "gone.csv answered 404 Not Found; correct `download`" in result.output
    assert "1 of 2 files failed" in result.output
    assert (tmp_path / "data" / TABLE).read_bytes() == BODY


def test_one_source_alone_is_asked_for(catalog: Path, tmp_path: Path, site: Site) -> None:
    for told in ("new", "unchanged"):
        result = fetch("--sources", tmp_path / "data", "--catalog", catalog, "--only", "population_communes")
        assert result.exit_code == 0, result.output
        assert f"population_communes: {told}" in result.output
    assert site.count("/gone.csv") == 0


@pytest.mark.parametrize(
    ("only", "words"),
    [("population_commune", "did you mean 'population_communes'?"), ("cartofriches", "no `download`")],
)
def test_a_source_that_cannot_be_asked_for_is_one_sentence(
    only: str, words: str, catalog: Path, tmp_path: Path
) -> None:
    result = fetch("--sources", tmp_path / "data", "--catalog", catalog, "--only", only)
    assert result.exit_code == 1
    assert words in result.output


def test_a_catalogue_without_downloads_is_one_sentence(tmp_path: Path) -> None:
    result = fetch("--sources", tmp_path / "data")
    assert result.exit_code == 1
    assert "no source declares `download`" in result.output


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('download = "ftp://x.fr/a"', "`download`"),
        ('checksum = "sha256:00"', "checksum"),
        (f'checksum = "sha256:{"0" * 64}"', "only for a source with `download`"),
    ],
)
def test_an_impossible_declaration_is_one_sentence(
    line: str, words: str, catalog: Path, tmp_path: Path
) -> None:
    path = catalog / "sources" / "qpv_centroids.toml"
    path.write_text(line + "\n" + path.read_text(encoding="utf-8"))
    result = fetch("--sources", tmp_path / "data", "--catalog", catalog)
    assert result.exit_code == 1
    assert "sources/qpv_centroids.toml" in result.output
    assert words in result.output.replace("\n", "")


def test_two_at_once_in_one_folder_are_refused(catalog: Path, tmp_path: Path) -> None:
    import fcntl

    (tmp_path / "data" / ".fetch").mkdir(parents=True)
    with (tmp_path / "data" / ".fetch" / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        result = fetch("--sources", tmp_path / "data", "--catalog", catalog)
    assert result.exit_code == 1
    assert "another `tileserver fetch` is at work" in result.output
