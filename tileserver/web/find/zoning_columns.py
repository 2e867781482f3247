"""What of a territory lies in a zoning, as a column."""

from typing import Final

import numpy as np

from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import Title
from tileserver.store.status import SLUGS
from tileserver.store.zonings import ZoningStore
from tileserver.tiles.address import shown
from tileserver.web.contracts import LayerLike
from tileserver.web.find.columns import Column
from tileserver.web.snapshot import Snapshot
from tileserver.web.zonings import share_of

_MEASURES: Final = {
    "share": (Title("part de la surface", "share of the area"), Title("%", "%"), 1),
    "km2": (Title("surface", "area"), Title("km²", "km²"), 2),
}


def zoning_column(shot: Snapshot, layer: LayerLike, name: str) -> Column:
    """Make ``zoning.{layer}.share`` (%, of the ground of which it is known) or ``zoning.{layer}.km2``."""
    there: ZoningStore | None = shot.store.zonings
    if there is None or layer.entry.level not in there.entry.levels:
        raise NotFoundError("this store tells no zonings of these territories")
    _, _, rest = name.partition(".")
    zoning, _, measure = rest.partition(".")
    layers = [each.layer for each in there.entry.zonings]
    if zoning not in layers:
        raise NotFoundError(f"there is no zoning {shown(zoning)}; there are {', '.join(layers)}")
    if measure not in _MEASURES:
        raise RequestError(f"{shown(name)} is written zoning.{zoning}.share or zoning.{zoning}.km2")
    found = there.shares(layer.entry.level, zoning)
    told = [
        share_of(*found[code]) if code in found else share_of(None, 1.0)
        for code in layer.attributes.column("code").to_pylist()
    ]
    of, (words, unit, precision) = shot.layer(zoning).entry, _MEASURES[measure]
    factor = 100 if measure == "share" else 1
    values = [np.nan if each[measure] is None else factor * each[measure] for each in told]
    return Column(
        id=name,
        title=Title(f"{of.title.fr} : {words.fr}", f"{of.title.en}: {words.en}"),
        unit=unit,
        precision=precision,
        count=False,
        values=np.array(values, np.float64),
        status=np.array([SLUGS.index(each["status"]) for each in told], np.uint8),
        known=np.array([each["known"] for each in told], np.float64),
        sources=of.sources,
    )
