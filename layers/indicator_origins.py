"""Where the figures of an indicator come from, checked: columns, outlines, zonings, rasters, points."""

from collections.abc import Mapping

from layers.indicator_spec import Indicator, Part, Points, Raster
from layers.refusals import check_known, refuse
from layers.spec import Layer, Source

ORIGINS = ("parts", "computed", "overlay", "raster", "points", "survey")


def check_origin(
    file: str, indicator: Indicator, sources: Mapping[str, Source], layers: Mapping[str, Layer]
) -> None:
    """Check that the figures have exactly one origin, and that what it names is there."""
    found = [key for key in ORIGINS if getattr(indicator, key)]
    if len(found) != 1:
        told = ", ".join(found) or "none"
        raise refuse(
            file,
            found[1] if len(found) > 1 else "parts",
            f"figures have exactly one origin ({', '.join(ORIGINS)}); here: {told}",
        )
    if indicator.survey is not None:
        _check_survey(file, indicator, sources)
    elif not indicator.parts:
        _check_quantity(file, found[0], indicator)
    for number, part in enumerate(indicator.parts):
        _check_part(file, f"parts[{number}]", part, indicator, sources, layers)
    _check_regroup(file, indicator)
    if indicator.share_out is not None:
        check_known(file, "share_out.source", indicator.share_out.source, sources, "source")
        if indicator.rule == "none":
            raise refuse(file, "share_out", 'only for rule = "sum" or "weighted_mean"')
    if indicator.overlay is not None:
        _check_layer(file, "overlay.layer", indicator.overlay.layer, "zoning", layers)
    if indicator.raster is not None:
        _check_raster(file, indicator.raster, sources)
    if indicator.points is not None:
        _check_points(file, indicator.points, layers)


def _check_raster(file: str, raster: Raster, sources: Mapping[str, Source]) -> None:
    check_known(file, "raster.source", raster.source, sources, "source")
    if raster.least > raster.most:
        raise refuse(file, "raster.least", f"{raster.least:g} is above `most`; swap them")


def _check_survey(file: str, indicator: Indicator, sources: Mapping[str, Source]) -> None:
    """Check a figure that the survey has at each level."""
    if indicator.rule != "none":
        raise refuse(file, "rule", f'the survey tells of each level: rule = "none", not {indicator.rule!r}')
    for number, source in enumerate(indicator.survey.sources if indicator.survey else ()):
        check_known(file, f"survey.sources[{number}]", source, sources, "source")


def _check_quantity(file: str, origin: str, indicator: Indicator) -> None:
    """Check what is measured or counted, not read from a column: it adds up."""
    if indicator.rule != "sum":
        raise refuse(file, origin, f'it adds up: only for rule = "sum", not {indicator.rule!r}')
    for key in ("regroup", "share_out"):
        if getattr(indicator, key):
            raise refuse(file, key, "only for an indicator with `parts`")


def _check_part(
    file: str,
    key: str,
    part: Part,
    indicator: Indicator,
    sources: Mapping[str, Source],
    layers: Mapping[str, Layer],
) -> None:
    check_known(file, f"{key}.source", part.source, sources, "source")
    if part.level is not None:
        if indicator.rule != "none":
            raise refuse(file, f"{key}.level", f'only for rule = "none"; "{indicator.rule}" makes each level')
        levels = [str(layer.level) for layer in layers.values() if layer.kind == "territory"]
        check_known(file, f"{key}.level", part.level, levels, "level")
    for cell in part.secret:
        if not cell.strip():
            raise refuse(
                file, f"{key}.secret", "an empty cell is missing, never secret; name the cell's text"
            )
        if cell in sources[part.source].null:
            raise refuse(
                f"sources/{part.source}.toml",
                "null",
                f"{cell!r} is secret in {file}; it cannot be null as well",
            )


def _check_regroup(file: str, indicator: Indicator) -> None:
    if indicator.regroup and indicator.share_out is not None:
        raise refuse(file, "regroup", "its parts are keyed on zones (`share_out`), which nothing regroups")
    for number, group in enumerate(indicator.regroup):
        width = len(group.commune) - len(group.prefix)
        if not 0 <= group.first <= group.last < 10 ** max(width, 0):
            raise refuse(
                file,
                f"regroup[{number}]",
                f"{group.prefix} + {group.first}…{group.last} should be codes as long as "
                f"{group.commune!r}, in increasing order",
            )


def _check_layer(file: str, key: str, name: str, kind: str, layers: Mapping[str, Layer]) -> None:
    check_known(file, key, name, layers, "layer")
    found = str(layers[name].kind)
    if found != kind:
        raise refuse(file, key, f"{name!r} is a layer of kind {found!r}; it should be {kind!r}")


def _check_points(file: str, points: Points, layers: Mapping[str, Layer]) -> None:
    _check_layer(file, "points.layer", points.layer, "points", layers)
    properties = {item.id: item for item in layers[points.layer].properties}
    if points.sum is not None:
        check_known(file, "points.sum", points.sum, properties, "property")
        if properties[points.sum].type not in ("integer", "number"):
            raise refuse(file, "points.sum", f"{points.sum!r} is no number")
    for name, kept in points.where.items():
        check_known(file, f"points.where.{name}", name, properties, "property")
        if not kept:
            raise refuse(file, f"points.where.{name}", "keeps no value, hence no point; list those to keep")
