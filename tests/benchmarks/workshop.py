"""What all parts of a run share: one store, its layer, one PostGIS with a table a zoom."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks import sample, shapes
from tests.benchmarks.postgis import Cluster, PostgisLayer, private_cluster
from tileserver.store.reader import LayerStore, Store, open_store

LAYER = "communes"
ZOOMS = (5, 6, 8, 10, 12)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What to measure: on which store, how many places a zoom, how many warm rounds.

    ``seconds`` is how long each server bears the load of many clients; ``folder`` is where the archive
    is written and virtual environments are kept from run to run; ``install`` allows to make them.
    """

    store: Path
    tiles: int = 60
    repeats: int = 9
    seed: int = 2026
    zooms: Sequence[int] = ZOOMS
    postgis: bool = True
    seconds: int = 10
    folder: Path = Path("var/bench")
    install: bool = True

    @property
    def served_places(self) -> int:
        """Places a zoom over HTTP: more of them, for the sake of the 99th percentile."""
        return 4 * self.tiles


@dataclass
class Workshop:
    """An opened store and, where wanted, a running PostGIS. A zoom is read, and loaded, once."""

    plan: Plan
    store: Store
    layer: LayerStore
    cluster: Cluster | None
    postgis: PostgisLayer | None
    say: Say
    _features: dict[int, shapes.Features] = field(default_factory=dict)

    @property
    def stored(self) -> tuple[int, ...]:
        """The zooms of the layer, ascending."""
        return tuple(sorted(int(zoom) for zoom in self.layer.entry.geometries))

    @property
    def measured(self) -> tuple[int, ...]:
        """The zooms of the plan that the store has."""
        return tuple(zoom for zoom in self.plan.zooms if zoom in self.stored)

    def features(self, zoom: int) -> shapes.Features:
        """Give the layer's features at `zoom`, exactly as the store holds them; PostGIS has them too."""
        if zoom not in self._features:
            self.say(f"z{zoom}: loading")
            features = shapes.Features(
                zoom=zoom,
                ids=self.layer.ids,
                shapes=shapes.polygons(self.layer.level(zoom), zoom),
                rows=shapes.rows_of(self.layer.attributes),
            )
            if self.postgis:
                self.postgis.load(features)
            self._features[zoom] = features
        return self._features[zoom]

    def other_tiles(self, zoom: int, tiles: Mapping[sample.Tile, int], wanted: int) -> list[sample.Tile]:
        """Choose tiles to warm up on that are not in the race; the last of the race where all are."""
        candidates = sample.sample(self.features(zoom), 10 * len(tiles), seed=0)
        return [tile for tile in candidates if tile not in tiles][:wanted] or [list(tiles)[-1]]


@contextmanager
def workshop(plan: Plan, say: Say) -> Iterator[Workshop]:
    """Open the store and, where wanted, start a PostGIS; `say` hears where things stand."""
    store = open_store(plan.store)
    store.populate()  # as the server does when it starts
    layer = store.layer(LAYER)
    with ExitStack() as stack:
        cluster = postgis = None
        if plan.postgis:
            cluster = stack.enter_context(private_cluster())
            opened = PostgisLayer(cluster.conninfo, LAYER, layer.entry.buffer)
            postgis = stack.enter_context(opened)
        yield Workshop(plan, store, layer, cluster, postgis, say)
