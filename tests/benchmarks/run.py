"""The kernel part of the benchmark: race every contender in one process, collect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks import sample, shapes
from tests.benchmarks.measure import Contender, Ratio, Summary, Times, missing, race, ratios, summarise
from tests.benchmarks.ours import Ours
from tests.benchmarks.plain import PlainPython
from tests.benchmarks.workshop import LAYER, Workshop


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


def run(shop: Workshop) -> Result:
    """Measure what the plan of the workshop says."""
    layer, plan, results = shop.layer, shop.plan, []
    for zoom in shop.measured:
        features = shop.features(zoom)
        contenders: list[Contender] = [Ours(layer), PlainPython(features, LAYER, layer.entry.buffer)]
        if shop.postgis:
            contenders.insert(1, shop.postgis)
        results.append(_race_zoom(shop, features, contenders))
    return Result(
        store_digest=shop.store.digest,
        features=layer.entry.count,
        skipped_zooms=tuple(sorted(set(plan.zooms) - set(shop.stored))),
        postgis_version=shop.postgis.version() if shop.postgis else None,
        zooms=tuple(results),
    )


def _race_zoom(shop: Workshop, features: shapes.Features, contenders: Sequence[Contender]) -> ZoomResult:
    zoom, plan = features.zoom, shop.plan
    tiles: Mapping[sample.Tile, int] = sample.sample(features, plan.tiles, plan.seed)
    warm_up = shop.other_tiles(zoom, tiles, 1)[0]
    shop.say(f"z{zoom}: {len(tiles)} tiles")
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
        told = f"{ratio.first:.0f} at first, {ratio.cold:.0f} with cold memory, {ratio.warm:.0f} warm"
        shop.say(f"z{zoom}: {name} takes so many times as long: {told}")
    return result
