"""The command line as its user meets it: what works, and how each kind of damage is told."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest
import shapely
from click.testing import CliRunner

from tileserver.cli import main
from tileserver.store.integrity import current_digest
from tileserver.store.reader import open_store

OUTLINES = "communes/communes_2025prov_cogiter_4326.parquet"
LIST = "territoires/communes_epci_2025_cogiter.csv"
POPULATION = "indicateurs/population_legale_communes.csv"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command in this process: a program takes longer to start than most commands to run."""
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def run_alone(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the program as its user does."""
    command = [sys.executable, "-m", "tileserver.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture
def sources(demo_sources: Path, tmp_path: Path) -> Path:
    """Give demo files of one's own, to be damaged."""
    return Path(shutil.copytree(demo_sources, tmp_path / "sources"))


@pytest.fixture
def store(demo_store: Path, tmp_path: Path) -> Path:
    """Give a published store of one's own."""
    return Path(shutil.copytree(demo_store, tmp_path / "store"))


def reshape(path: Path, change: Callable[[geopandas.GeoDataFrame], geopandas.GeoDataFrame]) -> None:
    change(geopandas.read_parquet(path)).to_parquet(path)


def bow_tie(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Cross the outline of the first commune."""
    west, south, east, north = frame.geometry.iloc[0].bounds
    crossed = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    frame.loc[0, "geometry"] = shapely.MultiPolygon([crossed])
    return frame


DAMAGE: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "missing file": (lambda d: (d / LIST).unlink(), [LIST, "no such file"]),
    "empty file": (lambda d: (d / LIST).write_text(""), [LIST, "empty"]),
    "truncated file": (
        lambda d: (d / OUTLINES).write_bytes((d / OUTLINES).read_bytes()[:5000]),
        [OUTLINES],
    ),
    "missing column": (
        lambda d: (d / POPULATION).write_text((d / POPULATION).read_text().replace("PMUN", "PMUM")),
        [POPULATION, "PMUN", "PMUM"],
    ),
    "wrong CRS": (
        lambda d: reshape(d / OUTLINES, lambda f: f.to_crs(2154)),
        [OUTLINES, "EPSG:2154", "EPSG:4326"],
    ),
    "duplicate codes": (
        lambda d: reshape(
            d / OUTLINES, lambda f: f.assign(DEPCOM=f["DEPCOM"].where(f.index != 1, f["DEPCOM"][0]))
        ),
        [OUTLINES, "DEPCOM"],
    ),
    "bow-tie polygon": (lambda d: reshape(d / OUTLINES, bow_tie), [OUTLINES, "Self-intersection"]),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_input_is_one_sentence_and_the_old_store_stays(kind: str, sources: Path, store: Path) -> None:
    damage, words = DAMAGE[kind]
    damage(sources)
    before = current_digest(store)
    result = run("build", "--sources", sources, "--store", store)
    assert result.returncode == 1
    told = result.stderr.splitlines()[-1]
    assert told.startswith("Bad source file: ")
    for word in words:
        assert word in told, told
    assert current_digest(store) == before
    open_store(store)


def test_the_program_ends_with_the_sentence_and_no_traceback(sources: Path, tmp_path: Path) -> None:
    (sources / LIST).unlink()
    result = run_alone("build", "--sources", sources, "--store", tmp_path / "store")
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith("Bad source file: ")
    assert "Traceback" not in result.stderr


def test_an_unknown_key_in_a_declaration_is_one_sentence(sources: Path, store: Path, tmp_path: Path) -> None:
    import layers

    catalog = tmp_path / "catalog"
    shutil.copytree(Path(layers.__file__).parent / "definitions", catalog)
    path = catalog / "layers" / "ti.toml"
    path.write_text("colour = 'red'\n" + path.read_text())
    result = run("build", "--sources", sources, "--store", store, "--catalog", catalog)
    assert result.returncode == 1
    assert "layers/ti.toml" in result.stderr
    assert "colour" in result.stderr
    open_store(store)


def test_a_store_that_cannot_be_written_is_one_sentence(sources: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")  # root may write into any folder, but into a file nobody can
    result = run("build", "--sources", sources, "--store", blocked / "store")
    assert result.returncode == 1
    assert f"{blocked / 'store'}: the store folder can't be written" in result.stderr.replace("\n", "")


def test_a_truncated_store_is_refused_by_name(store: Path) -> None:
    path = store / current_digest(store) / "epci.07.arrow"
    path.write_bytes(path.read_bytes()[:-1])
    for command in (("inspect", "--store", store), ("tile", "epci/7/60/44", "--store", store)):
        result = run(*command)
        assert result.returncode == 1
        assert "epci.07.arrow" in result.stderr
        assert "tileserver build" in result.stderr


def test_serving_nothing_is_one_sentence(tmp_path: Path) -> None:
    result = run_alone("serve", "--store", tmp_path)
    assert result.returncode == 1
    assert "CURRENT" in result.stderr
    assert "Traceback" not in result.stderr


def test_inspect_tells_what_is_there(demo_store: Path) -> None:
    result = run_alone("inspect", "--store", demo_store, "--quality")
    assert result.returncode == 0
    assert "all intact" in result.stdout
    assert "communes" in result.stdout


def test_a_tile_is_told_as_json_or_written_as_bytes(demo_store: Path, tmp_path: Path) -> None:
    layer = open_store(demo_store, verify=False).layer("regions")
    x, y = (int(v) // 4096 for v in layer.level(4).bbox[0, :2])
    result = run("tile", f"regions/4/{x}/{y}", "--store", demo_store)
    assert result.returncode == 0
    assert json.loads(result.stdout)["regions"]["extent"] == 4096
    path = tmp_path / "tile.mvt"
    assert run("tile", f"regions/4/{x}/{y}", "--store", demo_store, "--output", path).returncode == 0
    assert path.read_bytes()[0] == 0x1A


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tile", "communes/8/1"], "LAYER/Z/X/Y"),
        (["tile", "cantons/8/1/1"], "cantons"),
        (["tile", "communes/8/999/1"], "outside the world"),
        (["tile", "communes/8/120/90", "--indicators", "wealth"], "wealth"),
    ],
)
def test_a_bad_tile_address_is_one_sentence(demo_store: Path, arguments: list[str], words: str) -> None:
    result = run(*arguments, "--store", demo_store)
    assert result.returncode == 1
    assert words in result.stderr


@pytest.mark.parametrize("command", ["", "demo", "build", "serve", "tile", "inspect"])
def test_every_command_explains_itself(command: str) -> None:
    result = run(*command.split(), "--help")
    assert result.returncode == 0
    assert "Usage:" in result.stdout
