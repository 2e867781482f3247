"""Figures measured on the ground: the area under a zoning, or in some classes of a raster, by commune.

With ``covered`` an indicator has, instead, the area in which the zoning or the raster tells anything: the
denominator of a share. A commune of which half is told then has the share of that half, and a territory the
share of its communes that are told, not a share that takes what is not told for nothing.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from layers.indicator_spec import Overlay, Raster
from preprocess.figures.context import Context
from preprocess.figures.table import Figures, Series
from preprocess.findings import Finding
from preprocess.laid import Ground, Laid
from preprocess.overlays import lay_over
from preprocess.rasters import area_in_classes
from tileserver.store.status import Status

Floats = NDArray[np.float64]

_SLACK = 1e-9
"""A share of a commune that rounding may make up."""


class Measured(NamedTuple):
    """Of each commune, float64 (n): km² inside, km² that are told at all; bool (n): only an estimate."""

    inside_km2: Floats
    told_km2: Floats
    estimated: NDArray[np.bool_]


def overlay_series(key: str, overlay: Overlay, context: Context) -> tuple[Series, list[Finding]]:
    """Return the km² of each commune (``context.communes``, in that order) under a zoning, each spot once.

    Outside what the zoning covers a commune is *missing*; where some of its ground is of unknown standing it
    is *partial*, ``known`` the share of its area that is known.
    """
    del key
    laid, findings = lay(overlay.layer, context)
    told = np.where(laid.covered, context.area_km2 - laid.pieces.unknown_km2, 0.0)
    measured = Measured(laid.pieces.inside_km2, told, laid.pieces.estimated)
    return {None: _figures(measured, context, covered=overlay.covered)}, findings


def lay(name: str, context: Context) -> tuple[Laid, list[Finding]]:
    """Lay a zoning over the communes, once for all that use it; findings come the first time."""
    if name in context.laid:
        return context.laid[name], []
    layer = context.catalog.layers[name]  # a listed one is there already (`preprocess.listed`)
    years = [context.catalog.sources[areas.source].edition for areas in layer.areas]
    table = context.tables[name]
    on = (context.ground_key, layer, table, years[0])
    laid, findings = context.folder.kept(on, lay_over, layer, table, ground_of(context), years[0])
    context.laid[name] = laid
    return laid, findings


def ground_of(context: Context) -> Ground:
    """Return the communes as zonings are laid over them."""
    return Ground(
        codes=context.communes,
        names=context.outlines["name"].to_numpy(dtype=object),
        shapes=context.outlines.geometry.to_numpy(),
        area_km2=context.area_km2,
        membership=context.membership,
        history=context.history,
    )


def raster_series(key: str, raster: Raster, context: Context) -> tuple[Series, list[Finding]]:
    """Return the km² of each commune (``context.communes``, in that order) in the classes of a raster.

    A commune of which the raster covers a part is *partial*, ``known`` that share; one outside *missing*.
    """
    del key
    place, path = context.folder.place(raster.source), context.folder.open(raster.source)
    on = (context.ground_key, context.folder.state(raster.source), raster.least, raster.most)
    inside, told = context.folder.kept(
        on, area_in_classes, place, path, context.outlines, raster.least, raster.most
    )
    measured = Measured(inside * context.area_km2, told * context.area_km2, np.zeros(len(inside), np.bool_))
    return {None: _figures(measured, context, covered=raster.covered)}, []


def _figures(measured: Measured, context: Context, *, covered: bool) -> Figures:
    known = np.clip(measured.told_km2 / context.area_km2, 0.0, 1.0)
    known = np.where(known < _SLACK, 0.0, np.where(known > 1 - _SLACK, 1.0, known))
    there = known > 0
    status = np.where(known < 1, Status.PARTIAL, np.where(measured.estimated, Status.ESTIMATED, Status.OK))
    value = np.where(known == 1, context.area_km2, measured.told_km2) if covered else measured.inside_km2
    return Figures(
        codes=context.communes,
        value=np.where(there, value, np.nan),
        status=np.where(there, status, Status.MISSING).astype(np.uint8),
        known=known,
        weight=np.ones(len(known)),
    )
