"""How far sites are from something, as columns: km on the ellipsoid of WGS 84."""

import re
from typing import Final

import numpy as np

from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import Title
from tileserver.store.status import Status
from tileserver.tiles.address import shown
from tileserver.web.contracts import LayerLike
from tileserver.web.find.columns import Column
from tileserver.web.find.inventory_columns import chosen_rows
from tileserver.web.profile.around import degrees_of
from tileserver.web.profile.distance import distances_km, nearest_km
from tileserver.web.profile.funded import own_notes
from tileserver.web.snapshot import Snapshot

_SUBJECTS: Final = ("projects", "land")
_PLACE: Final = re.compile(
    r"near\.point\((-?[0-9]{1,3}(?:\.[0-9]{1,8})?),(-?[0-9]{1,2}(?:\.[0-9]{1,8})?)\)", re.ASCII
)
_KM: Final = Title("km", "km")


def near_column(shot: Snapshot, layer: LayerLike, name: str) -> Column:
    """Make ``near.projects.all`` (or as projects are counted), ``near.{layer}`` or ``near.point(lon,lat)``.

    The km from each site to the nearest of these, as the crow flies.
    """
    place = _PLACE.fullmatch(name)
    lonlat = np.column_stack(degrees_of(layer))
    if place is not None:
        lon, lat = float(place[1]), float(place[2])
        if abs(lon) > 180 or abs(lat) > 90:
            raise RequestError(f"{shown(name)} is no place: longitude -180 to 180, latitude -90 to 90")
        km = distances_km(lon, lat, *lonlat.T)
        title = Title(f"Distance à {lat:.5g}, {lon:.5g}", f"Distance to {lat:.5g}, {lon:.5g}")
        return _column(name, title, km, ())
    subject, _, _ = name.removeprefix("near.").partition(".")
    if subject in _SUBJECTS:
        titled, pairs = chosen_rows(shot, name.removeprefix("near."))
    else:
        other = _points(shot, subject, name)
        titled, pairs = other.entry.title, [(other, np.ones(other.entry.count, bool))]
    if any(other is layer for other, _ in pairs):
        raise RequestError(f"{shown(name)} would measure sites to themselves; name another layer")
    places = [np.column_stack(degrees_of(other))[rows] for other, rows in pairs]
    km, _ = nearest_km(lonlat, np.concatenate(places))
    title = Title(f"Distance : {titled.fr}", f"Distance: {titled.en}")
    sources = tuple(dict.fromkeys(source for other, _ in pairs for source in other.entry.sources))
    notes = tuple(note for other, _ in pairs for note in own_notes(shot, other))
    return _column(name, title, np.where(np.isinf(km), np.nan, km), sources, notes)


def _points(shot: Snapshot, name: str, whole: str) -> LayerLike:
    layers = {
        layer.entry.id: layer
        for layer in shot.store.layers.values()
        if layer.entry.kind == "points" and layer.entry.role == "features"
    }
    if name not in layers:
        there = ", ".join(f"near.{each}" for each in layers)
        raise NotFoundError(
            f"{shown(whole)} is no distance; there are near.projects.all, near.point(lon,lat), {there}"
        )
    return layers[name]


def _column(
    name: str, title: Title, km: np.ndarray, sources: tuple[str, ...], notes: tuple[Title, ...] = ()
) -> Column:
    there = ~np.isnan(km)
    return Column(
        id=name,
        title=title,
        unit=_KM,
        precision=1,
        count=False,
        values=np.round(km, 3),
        status=np.where(there, Status.OK, Status.NOT_APPLICABLE).astype(np.uint8),
        known=there.astype(np.float64),
        sources=sources,
        notes=notes,
    )
