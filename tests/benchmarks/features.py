"""Items of communes in a box, as GeoJSON, from this server and from tipg over PostGIS, in one run.

``python -m tests.benchmarks.features --store var/france`` prints a table. The same exact outlines, the same
four properties; requests go to one server, then to the other, box by box; nothing is kept. Both give the
same features, or the run ends.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import numpy as np
import psycopg
import shapely
from psycopg import sql

from tests.benchmarks import peers
from tests.benchmarks.postgis import private_cluster
from tests.benchmarks.processes import Command, free_port, serving
from tileserver.store.reader import Store, open_store

PROPERTIES = ("code", "name", "population", "density")
SIDES = (0.05, 0.2, 0.8)
BOXES = 60
TABLE = """
CREATE UNLOGGED TABLE communes (
    id bigint PRIMARY KEY, code text, name text, population integer, density double precision,
    geom geometry(MultiPolygon, 4326)
)
"""


def load(conninfo: str, store: Store) -> None:
    """Copy the communes into PostGIS, with a GiST index; cluster, vacuum and analyse them."""
    layer = store.layer("communes")
    taken = store.exact["communes"].take(np.arange(layer.entry.count))
    shapes = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, taken.xy, taken.offsets)
    wkb = shapely.to_wkb(shapely.set_srid(shapes, 4326), hex=True, include_srid=True)
    rows = layer.attributes.select(["id", *PROPERTIES]).to_pylist()
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.execute(TABLE)
        with connection.cursor() as cursor, cursor.copy("COPY communes FROM STDIN") as copy:
            for row, shape in zip(rows, wkb, strict=True):
                copy.write_row((*row.values(), shape))
        for statement in (
            "CREATE INDEX communes_geom ON communes USING gist (geom)",
            "CLUSTER communes USING communes_geom",
            "VACUUM (ANALYZE) communes",
        ):
            connection.execute(sql.SQL(statement))


def boxes(store: Store, side: float) -> list[str]:
    """Give boxes of a side in degrees around communes, drawn by a fixed seed."""
    own = store.exact["communes"].bbox
    chosen = own[np.random.default_rng(7).integers(0, len(own), BOXES)]
    x, y = (chosen[:, 0] + chosen[:, 2]) / 2, (chosen[:, 1] + chosen[:, 3]) / 2
    corners = np.column_stack([x - side / 2, y - side / 2, x + side / 2, y + side / 2])
    return [",".join(f"{number:.6f}" for number in box) for box in corners]


def measure(addresses: Sequence[str], queries: Sequence[str]) -> tuple[list[float], float]:
    """Ask each address for each query in turn; give the medians in milliseconds, and of features a query."""
    seconds: list[list[float]] = [[] for _ in addresses]
    counts = []
    with httpx.Client(timeout=120, headers={"Accept": "application/geo+json"}) as client:
        for query in queries:
            codes = []
            for times, address in zip(seconds, addresses, strict=True):
                began = time.perf_counter()
                response = client.get(f"{address}?{query}&properties={','.join(PROPERTIES)}")
                times.append(time.perf_counter() - began)
                features = response.raise_for_status().json()["features"]
                codes.append({each["properties"]["code"] for each in features})
            if "bbox" in query and codes[0] != codes[1]:
                sys.exit(f"the servers differ on {query}: {codes[0] ^ codes[1]}")
            counts.append(len(codes[0]))
    return [1000 * statistics.median(times) for times in seconds], statistics.median(counts)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the comparison and print it as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, default=Path("var/france"))
    parser.add_argument("--tipg", type=Path, default=Path("var/bench/tipg"), help="its virtual environment")
    given = parser.parse_args(argv)
    store = open_store(given.store)
    with private_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        load(cluster.conninfo, store)
        peer = peers.tipg(cluster.url, "communes", 0, given.tipg.absolute(), install=True)
        if isinstance(peer, peers.Absent):
            sys.exit(f"{peer.name}: {peer.reason}")
        ports = free_port(), free_port()
        program = [sys.executable, "-c", "from tileserver.cli import main; main()", "serve"]
        own = Command(
            [*program, "--store", str(given.store), "--port", str(ports[0])], {"TILESERVER_CACHE_MB": "0"}
        )
        paths = ("/ogc/collections/communes/items", "/collections/public.communes/items")
        commands = (own, peer.command(ports[1], False, Path(folder)))
        with (
            serving(commands[0], ports[0], paths[0], Path(folder) / "own.log"),
            serving(commands[1], ports[1], paths[1], Path(folder) / "tipg.log"),
        ):
            addresses = [f"http://127.0.0.1:{port}{path}" for port, path in zip(ports, paths, strict=True)]
            measure(addresses, [f"bbox={box}&limit=1000" for box in boxes(store, 0.1)[:10]])  # warm both
            print("| request | features, median | tileserver, ms | tipg, ms |\n|---|---|---|---|")
            for side in SIDES:
                found, count = measure(addresses, [f"bbox={box}&limit=1000" for box in boxes(store, side)])
                print(f"| bbox of {side}° | {count:.0f} | {found[0]:.1f} | {found[1]:.1f} |")
            found, count = measure(addresses, ["limit=1000"] * 15)
            print(f"| 1,000 communes | {count:.0f} | {found[0]:.1f} | {found[1]:.1f} |")


if __name__ == "__main__":
    main()
