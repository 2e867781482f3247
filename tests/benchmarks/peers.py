"""Who serves the tiles over HTTP: this project, Martin and tipg, each with the command that starts it."""

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.processes import Command
from tests.benchmarks.sample import Tile
from tests.benchmarks.shapes import EXTENT, PROPERTIES
from tileserver import __version__

INSTALL_MARTIN = (
    "not installed: cargo install martin --locked --no-default-features --features postgres,pmtiles,metrics"
)
TIPG = "tipg==1.6.1"
MARTIN_TYPES = {"code": "text", "name": "text", "population": "int4", "density": "float8"}


@dataclass(frozen=True)
class Peer:
    """A contender that can be started.

    ``command`` takes a port, whether it may keep finished tiles, and a folder for its files. ``path``
    is where it has a tile. ``database`` says that the processor time and memory of PostgreSQL are its
    own; ``caches`` that it can keep finished tiles.
    """

    name: str
    version: str
    command: Callable[[int, bool, Path], Command]
    path: Callable[[Tile], str]
    database: bool = False
    caches: bool = True


@dataclass(frozen=True)
class Absent:
    """A contender that is not on this machine, and what would bring it."""

    name: str
    reason: str


def tileserver(store: Path, layer: str, *, workers: int | None = None, query: str | None = None) -> Peer:
    """Give this project's server over `store`; `query` selects what its tiles carry."""
    program = str(Path(sys.executable).with_name("tileserver"))
    selected = "properties=&indicators=population,density" if query is None else query

    def command(port: int, cache: bool, _folder: Path) -> Command:
        argv = [program, "serve", "--store", str(store), "--host", "127.0.0.1", "--port", str(port)]
        argv += ["--workers", str(workers)] if workers else []
        # Whole tiles where others are compared with them: none of them has a byte budget.
        environment = {"TILESERVER_TILE_BUDGET_KB": "0"} if query is None else {}
        if not cache:
            environment["TILESERVER_CACHE_MB"] = "0"
        return Command(argv, environment)

    return Peer(
        name=f"tileserver --workers {workers}" if workers else "tileserver",
        version=f"tileserver {__version__}",
        command=command,
        path=lambda tile: (
            "/tiles/{}/{}/{}/{}.mvt".format(layer, *tile) + (f"?{selected}" if selected else "")
        ),
    )


def has_workers() -> bool:
    """Tell whether `tileserver serve` takes ``--workers``."""
    from tileserver.cli import serve

    return any("--workers" in parameter.opts for parameter in serve.params)


def find_martin() -> tuple[str, str] | None:
    """Find Martin on the path or among cargo's programs: the program and its version."""
    cargo = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo") / "bin" / "martin"
    program = shutil.which("martin") or (str(cargo) if cargo.exists() else None)
    if program is None:
        return None
    asked = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return program, asked.stdout.strip()


def _martin_command(program: str, sources: dict[str, Any]) -> Callable[[int, bool, Path], Command]:
    def command(port: int, cache: bool, folder: Path) -> Command:
        # JSON is YAML. The directory cache of PMTiles stays on in both: it holds no tiles.
        config = {"listen_addresses": f"127.0.0.1:{port}", **sources}
        if not cache:
            config["cache"] = {"size_mb": 512, "tile_size_mb": 0}
        file = folder / f"martin-{port}.yaml"
        file.write_text(json.dumps(config, indent=1), encoding="utf-8")
        return Command([program, "--config", str(file)], {"RUST_LOG": "warn"})

    return command


def martin_tables(url: str, layer: str, buffer: int, zooms: Sequence[int]) -> Peer | Absent:
    """Give Martin over PostGIS with one table source a zoom, each asked at its own zoom."""
    name = "Martin, tables"
    found = find_martin()
    if found is None:
        return Absent(name, INSTALL_MARTIN)
    tables = {
        f"{layer}_z{zoom}": {
            "layer_id": layer,
            "schema": "public",
            "table": f"{layer}_z{zoom}",
            "srid": 3857,
            "geometry_column": "geom",
            "geometry_type": "MULTIPOLYGON",
            "id_column": "id",
            "minzoom": zoom,
            "maxzoom": zoom,
            "extent": EXTENT,
            "buffer": buffer,
            "clip_geom": True,
            "properties": {key: MARTIN_TYPES[key] for key in PROPERTIES},
        }
        for zoom in zooms
    }
    return Peer(
        name=name,
        version=found[1],
        command=_martin_command(found[0], _postgres(url, {"tables": tables})),
        path=lambda tile: "/{0}_z{1}/{1}/{2}/{3}".format(layer, *tile),
        database=True,
    )


def martin_function(url: str, function: str, zooms: Sequence[int]) -> Peer | Absent:
    """Give Martin over PostGIS with one function source, which chooses the table of the zoom."""
    name = "Martin, function"
    found = find_martin()
    if found is None:
        return Absent(name, INSTALL_MARTIN)
    source = {"schema": "public", "function": function, "minzoom": min(zooms), "maxzoom": max(zooms)}
    return Peer(
        name=name,
        version=found[1],
        command=_martin_command(found[0], _postgres(url, {"functions": {function: source}})),
        path=lambda tile: "/{}/{}/{}/{}".format(function, *tile),
        database=True,
    )


def _postgres(url: str, sources: dict[str, Any]) -> dict[str, Any]:
    quiet = {"auto_publish": False, "auto_bounds": "skip", "reload_interval": "0s"}
    return {"postgres": {"connection_string": url, **quiet, **sources}}


def martin_archive(archive: Path) -> Peer | Absent:
    """Give Martin over a PMTiles archive."""
    name = "Martin, PMTiles"
    found = find_martin()
    if found is None:
        return Absent(name, INSTALL_MARTIN)
    source = archive.stem
    return Peer(
        name=name,
        version=found[1],
        command=_martin_command(found[0], {"pmtiles": {"sources": {source: str(archive.resolve())}}}),
        path=lambda tile: "/{}/{}/{}/{}".format(source, *tile),
    )


def tipg(url: str, layer: str, buffer: int, place: Path, *, install: bool) -> Peer | Absent:
    """Give tipg over PostGIS, from a virtual environment of its own at `place`, made where wanted."""
    python = place / "bin" / "python"
    problem = _install_tipg(python, place, wanted=install)
    if problem:
        return Absent("tipg", problem)
    settings = {
        "DATABASE_URL": url,
        "TIPG_TILE_BUFFER": str(buffer),
        "TIPG_TILE_RESOLUTION": str(EXTENT),
        "TIPG_MAX_FEATURES_PER_TILE": "1000000",
        "TIPG_DB_SPATIAL_EXTENT": "false",
        "TIPG_DB_DATETIME_EXTENT": "false",
        "TIPG_CATALOG_TTL": "0",
        "FORWARDED_ALLOW_IPS": "",
    }
    options = ["--host", "127.0.0.1", "--workers", str(os.cpu_count() or 1), "--log-level", "warning"]
    program = [str(python), "-m", "uvicorn", "tipg.main:app", "--no-access-log", *options]
    query = f"properties={','.join(PROPERTIES)}"
    return Peer(
        name="tipg",
        version=TIPG.replace("==", " "),
        command=lambda port, _cache, _folder: Command([*program, "--port", str(port)], settings),
        path=lambda tile: (
            "/collections/public.{0}_z{1}/tiles/WebMercatorQuad/{1}/{2}/{3}".format(layer, *tile)
            + f"?{query}"
        ),
        database=True,
        caches=False,
    )


def _install_tipg(python: Path, place: Path, *, wanted: bool) -> str | None:
    """Install tipg unless it is there; give what went wrong, or None."""
    there = "import importlib.metadata as m, uvloop, httptools; print('tipg==' + m.version('tipg'))"
    if python.exists():
        asked = subprocess.run([python, "-c", there], capture_output=True, text=True, check=False)
        if asked.stdout.strip() == TIPG:
            return None
    if not wanted:
        return "not installed: `make bench` installs it"
    venv.create(place, with_pip=True, clear=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, TIPG, "uvicorn[standard]"], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["pip failed"]
        return f"not installed: pip install {TIPG} 'uvicorn[standard]' said {reason[0]}"
    return None
