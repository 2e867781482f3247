"""One run of the benchmark: load every zoom into every contender, race, collect."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import sample, shapes
from tests.benchmarks.measure import Contender, Ratio, Summary, Times, missing, race, ratios, summarise
from tests.benchmarks.ours import Ours
from tests.benchmarks.plain import PlainPython
from tests.benchmarks.postgis import PostgisLayer, private_cluster
from tileserver.store.reader import LayerStore, open_store

LAYER = "communes"
ZOOMS = (5, 6, 8, 10, 12)


@dataclass(frozen=True)
class Plan:
    """What to measure: on which store, how many places a zoom, how many warm rounds."""

    store: Path
    tiles: int = 60
    repeats: int = 9
    seed: int = 2026
    zooms: Sequence[int] = ZOOMS
    postgis: bool = True


@dataclass(frozen=True)
class ZoomResult:
    """One zoom: the figures a contender, the ratios to ours, features that only another one has."""

    zoom: int
    summaries: dict[str, Summary]
    ratios: dict[str, Ratio]
    missing: dict[str, int]


@dataclass(frozen=True)
class Result:
    """A whole run."""

    store_digest: str
    features: int
    skipped_zooms: tuple[int, ...]
    postgis_version: str | None
    zooms: tuple[ZoomResult, ...]


def features_at(layer: LayerStore, zoom: int) -> shapes.Features:
    """Give the layer's features at `zoom`, exactly as the store holds them, for the others to load."""
    return shapes.Features(
        zoom=zoom,
        ids=layer.ids,
        shapes=shapes.polygons(layer.level(zoom), zoom),
        rows=shapes.rows_of(layer.attributes),
    )


@contextmanager
def _postgis(layer: LayerStore, *, wanted: bool) -> Iterator[PostgisLayer | None]:
    if not wanted:
        yield None
        return
    with ExitStack() as stack:
        conninfo = stack.enter_context(private_cluster())
        yield stack.enter_context(PostgisLayer(conninfo, LAYER, layer.entry.buffer))


def run(plan: Plan, say: Callable[[str], None]) -> Result:
    """Measure `plan`; `say` hears where it stands."""
    store = open_store(plan.store)
    layer = store.layer(LAYER)
    stored = {int(zoom) for zoom in layer.entry.geometries}
    results = []
    with _postgis(layer, wanted=plan.postgis) as postgis:
        for zoom in (zoom for zoom in plan.zooms if zoom in stored):
            say(f"z{zoom}: loading")
            features = features_at(layer, zoom)
            contenders: list[Contender] = [Ours(layer), PlainPython(features, LAYER, layer.entry.buffer)]
            if postgis:
                postgis.load(features)
                contenders.insert(1, postgis)
            results.append(_race_zoom(plan, features, contenders, say))
        return Result(
            store_digest=store.digest,
            features=layer.entry.count,
            skipped_zooms=tuple(sorted(set(plan.zooms) - stored)),
            postgis_version=postgis.version() if postgis else None,
            zooms=tuple(results),
        )


def _other_tile(features: shapes.Features, tiles: Mapping[sample.Tile, int]) -> sample.Tile:
    """Choose a tile of the layer that is not in the race; the last of the race where all are."""
    candidates = sample.sample(features, 10 * len(tiles), seed=0)
    return next((tile for tile in candidates if tile not in tiles), list(tiles)[-1])


def _race_zoom(
    plan: Plan, features: shapes.Features, contenders: Sequence[Contender], say: Callable[[str], None]
) -> ZoomResult:
    zoom = features.zoom
    tiles = sample.sample(features, plan.tiles, plan.seed)
    warm_up = _other_tile(features, tiles)
    say(f"z{zoom}: {len(tiles)} tiles")
    times: dict[str, Times] = race(contenders, tiles, repeats=plan.repeats, warm_up=warm_up)
    result = ZoomResult(
        zoom=zoom,
        summaries={name: summarise(entry) for name, entry in times.items()},
        ratios=ratios(times, Ours.name),
        missing={
            name: missing(times[Ours.name], entry) for name, entry in times.items() if name != Ours.name
        },
    )
    for name, ratio in result.ratios.items():
        say(f"z{zoom}: {name} takes {ratio.cold:.0f} times as long cold, {ratio.warm:.0f} warm")
    return result
