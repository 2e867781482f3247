"""Figures measured on the ground: the area under a zoning, or in some classes of a raster, by commune."""

from layers.indicator_spec import Overlay, Raster
from preprocess.figures.context import Context
from preprocess.figures.table import Series
from preprocess.findings import Finding
from tileserver.errors import DeclarationError


def overlay_series(key: str, overlay: Overlay, context: Context) -> tuple[Series, list[Finding]]:
    """Return the km² of each commune (``context.communes``, in that order) under a zoning.

    Where the zoning does not say what it covers, a commune without it has 0; where it does, a commune
    outside is *missing*, one partly inside is *partial*, its ``known`` the share of its area that is covered.
    """
    del context
    raise DeclarationError(f"indicators/{key}.toml: `overlay`: {overlay.layer}: not possible yet; remove it")


def raster_series(key: str, raster: Raster, context: Context) -> tuple[Series, list[Finding]]:
    """Return the km² of each commune (``context.communes``, in that order) in the classes of a raster."""
    del context
    raise DeclarationError(f"indicators/{key}.toml: `raster`: {raster.source}: not possible yet; remove it")
