"""PostGIS: a private cluster from the system's own binaries, one table a zoom, `ST_AsMVT`."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg
import shapely
from psycopg import sql

from tests.benchmarks.shapes import EXTENT, Features

SETTINGS = {
    "shared_buffers": "512MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "default_toast_compression": "lz4",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "2GB",
}
"""What differs from PostgreSQL's defaults. Durability is off: the data is loaded once and
read. One core a tile, as for the others."""

HOW_TO_INSTALL = (
    "PostGIS is not installed (no initdb with postgis.control beside it): "
    "on Debian or Ubuntu, `apt-get install postgresql postgresql-postgis`"
)

TABLE = """
CREATE UNLOGGED TABLE {table} (
    id bigint, code text, name text, population integer, density double precision,
    geom geometry(MultiPolygon, 3857)
)
"""

TILE = """
SELECT ST_AsMVT(tile, {layer}, 4096, 'geom', 'id') FROM (
    SELECT id, code, name, population, density,
           ST_AsMVTGeom(geom, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, {buffer}, true) AS geom
    FROM {table}
    WHERE geom && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => {margin})
) AS tile
"""


FUNCTION = """
CREATE FUNCTION {function}(z integer, x integer, y integer) RETURNS bytea
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $body$
BEGIN
    CASE z {branches} END CASE;
END
$body$
"""

BRANCH = """
    WHEN {zoom} THEN RETURN (
        SELECT ST_AsMVT(tile, {layer}, 4096, 'geom', 'id') FROM (
            SELECT id, code, name, population, density,
                   ST_AsMVTGeom(geom, ST_TileEnvelope(z, x, y), 4096, {buffer}, true) AS geom
            FROM {table}
            WHERE geom && ST_TileEnvelope(z, x, y, margin => {margin})
        ) AS tile
    );
"""


class PostgisMissingError(Exception):
    """There is no PostGIS on this machine; the message says how to install it."""


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL: the folder of its socket, and the process all its others descend from."""

    socket: Path
    pid: int

    @property
    def conninfo(self) -> str:
        """The connection string of libpq."""
        return f"host={self.socket} user=bench dbname=postgres"

    @property
    def url(self) -> str:
        """The same as an address, for servers that want one: the socket's folder is its host."""
        return f"postgresql://bench@{quote(str(self.socket), safe='')}/postgres"


def find_binaries() -> Path:
    """Find the folder of `initdb` of the newest PostgreSQL that has PostGIS.

    Raises `PostgisMissingError`, whose message says what to install.
    """
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if found := shutil.which("pg_config"):
        folders.append(Path(found).resolve().parent)
    for folder in sorted(folders, key=lambda path: path.parent.name, reverse=True):
        if (folder / "initdb").exists() and _has_postgis(folder):
            return folder
    raise PostgisMissingError(HOW_TO_INSTALL)


def _has_postgis(folder: Path) -> bool:
    config = folder / "pg_config"
    shares = [Path("/usr/share/postgresql") / folder.parent.name]
    if config.exists():
        asked = subprocess.run([config, "--sharedir"], capture_output=True, text=True, check=False)
        shares.append(Path(asked.stdout.strip()))
    return any((share / "extension" / "postgis.control").exists() for share in shares)


@contextmanager
def private_cluster() -> Iterator["Cluster"]:
    """Start a PostGIS of our own in a temporary folder; tell where it is; remove it after.

    It listens on a socket inside that folder alone. PostgreSQL refuses to run as root, so root
    hands it to the `postgres` user.
    """
    binaries = find_binaries()
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="bench-pg-", ignore_cleanup_errors=True) as place:
        root = Path(place)
        if user:
            shutil.chown(root, user)

        def run(program: str, *arguments: str) -> None:
            done = subprocess.run(
                [binaries / program, *arguments],
                user=user,
                cwd=root,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(f"{program} failed: {done.stderr.strip()[-2000:]}")

        data = str(root / "data")
        options = {**SETTINGS, "listen_addresses": "''", "unix_socket_directories": str(root)}
        flags = " ".join(f"-c {key}={value}" for key, value in options.items())
        run("initdb", "-D", data, "-U", "bench", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        run("pg_ctl", "-D", data, "-l", str(root / "log"), "-w", "-o", flags, "start")
        try:
            yield Cluster(root, int((root / "data" / "postmaster.pid").read_text().split()[0]))
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


class PostgisLayer:
    """One layer in PostGIS, a table a zoom, asked over one connection with prepared statements."""

    name = "PostGIS"

    def __init__(self, conninfo: str, layer: str, buffer: int) -> None:
        self._connection = psycopg.connect(conninfo, autocommit=True)
        self._connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        self._layer = layer
        self._buffer = buffer
        self._cursor = self._connection.cursor(binary=True)
        self._queries: dict[int, sql.Composed] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def version(self) -> str:
        """Give the versions of PostgreSQL, PostGIS and GEOS."""
        (full,) = self._one("SELECT postgis_full_version()")
        parts = full.replace('"', "").split()
        kept = [part for part in parts if part.startswith(("POSTGIS=", "GEOS="))]
        return f"PostgreSQL {self._connection.info.parameter_status('server_version')}, {' '.join(kept)}"

    def _one(self, query: str) -> Any:
        row = self._connection.execute(query).fetchone()
        return row or ("",)

    def load(self, features: Features) -> None:
        """Copy one zoom in, with a GiST index; cluster, vacuum and analyse it."""
        table = self._table(features.zoom)
        self._connection.execute(sql.SQL(TABLE).format(table=table))
        shapes = shapely.to_wkb(shapely.set_srid(features.shapes, 3857), hex=True, include_srid=True)
        with (
            self._connection.cursor() as cursor,
            cursor.copy(sql.SQL("COPY {table} FROM STDIN").format(table=table)) as copy,
        ):
            for identifier, row, shape in zip(features.ids, features.rows, shapes, strict=True):
                values = (row["code"], row.get("name"), row.get("population"), row.get("density"))
                copy.write_row((int(identifier), *values, shape))
        index = sql.Identifier(f"{self._layer}_z{features.zoom}_geom")
        for statement in (
            "CREATE INDEX {index} ON {table} USING gist (geom)",
            "CLUSTER {table} USING {index}",
            "VACUUM (ANALYZE) {table}",
        ):
            self._connection.execute(sql.SQL(statement).format(table=table, index=index))
        self._queries[features.zoom] = sql.SQL(TILE).format(
            table=table,
            layer=sql.Literal(self._layer),
            buffer=sql.Literal(self._buffer),
            margin=sql.Literal(self._buffer / EXTENT),
        )

    def loaded(self) -> tuple[int, ...]:
        """Give the zooms that have a table, ascending."""
        return tuple(sorted(self._queries))

    def publish_function(self, name: str) -> None:
        """Make a function of (z, x, y) that gives the tile, from the table of its zoom.

        A branch a zoom, so that each statement keeps its plan.
        """
        branches = [
            sql.SQL(BRANCH).format(
                zoom=sql.Literal(zoom),
                table=self._table(zoom),
                layer=sql.Literal(self._layer),
                buffer=sql.Literal(self._buffer),
                margin=sql.Literal(self._buffer / EXTENT),
            )
            for zoom in self.loaded()
        ]
        statement = sql.SQL(FUNCTION).format(
            function=sql.Identifier(name), branches=sql.SQL(" ").join(branches)
        )
        self._connection.execute(statement)

    def _table(self, zoom: int) -> sql.Identifier:
        return sql.Identifier(f"{self._layer}_z{zoom}")

    def tile(self, zoom: int, x: int, y: int) -> bytes:
        """Ask for the tile, uncompressed, as binary."""
        self._cursor.execute(self._queries[zoom], {"z": zoom, "x": x, "y": y}, prepare=True)
        row = self._cursor.fetchone()
        return bytes(row[0]) if row else b""
