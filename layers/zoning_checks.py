"""What a zoning promises of its files and of what they cover, checked."""

from collections.abc import Collection, Mapping

from layers.refusals import check_known, refuse
from layers.spec import Areas, Covers, Layer, Listed, Source

OWN = ("areas", "listed", "partly", "whole_communes")
OTHERS = ("source", "key", "key_extra", "label", "level", "membership", "default_indicators", "detail")


def check_zoning(file: str, layer: Layer, sources: Mapping[str, Source], levels: Collection[str]) -> None:
    """Check the keys that zonings have, and that no other layer has them."""
    if layer.kind != "zoning":
        _refuse_keys(file, layer, OWN, "only a zoning has it; remove it or set kind")
        return
    _refuse_keys(file, layer, OTHERS, "a zoning has none; its files, codes and names are told in `areas`")
    if not layer.unique_key:
        raise refuse(file, "unique_key", "the codes of areas are unique; remove this key")
    if bool(layer.areas) == (layer.listed is not None):
        raise refuse(file, "areas", "a zoning has either `areas` (files of polygons) or `listed` (communes)")
    if layer.listed is not None:
        _check_listed(file, layer, layer.listed, sources, levels)
    for number, areas in enumerate(layer.areas):
        _check_areas(file, f"areas[{number}]", areas, sources, levels)
    _check_partly(file, layer)
    if layer.whole_communes and any(sources[areas.source].edition is None for areas in layer.areas):
        raise refuse(file, "whole_communes", "needs `edition` in its source: the year of the communes drawn")


def _refuse_keys(file: str, layer: Layer, keys: tuple[str, ...], problem: str) -> None:
    for key in keys:
        if getattr(layer, key):
            raise refuse(file, key, problem)


def _check_areas(
    file: str, key: str, areas: Areas, sources: Mapping[str, Source], levels: Collection[str]
) -> None:
    check_known(file, f"{key}.source", areas.source, sources, "source")
    if (areas.key is None) == (areas.number is None):
        raise refuse(
            file, f"{key}.key", "needs either the column of the code or `number`, to number its rows"
        )
    _check_covers(file, f"{key}.covers", areas.covers, levels)


def _check_listed(
    file: str, layer: Layer, listed: Listed, sources: Collection[str], levels: Collection[str]
) -> None:
    check_known(file, "listed.source", listed.source, sources, "source")
    check_known(file, "listed.level", listed.level, levels, "level")
    words = [*listed.inside, *listed.partly, *listed.outside]
    if len(set(words)) < len(words):
        raise refuse(file, "listed", "a word stands for one thing: inside, partly or outside")
    for key in ("partly", "whole_communes"):
        if getattr(layer, key):
            raise refuse(file, key, "is about `areas`; a list of communes says it itself")
    if any(item.column != listed.status for item in layer.properties):
        raise refuse(file, "properties", f"an area of listed communes has the column {listed.status!r} alone")


def _check_covers(file: str, key: str, covers: Covers, levels: Collection[str]) -> None:
    if covers.touched:
        if covers.level is not None or covers.codes or covers.but:
            raise refuse(file, f"{key}.touched", "stands alone: no `level`, no codes")
        return
    if covers.level is None:
        raise refuse(file, key, "needs `level` with `codes` or `but`, or `touched = true`")
    check_known(file, f"{key}.level", covers.level, levels, "level")
    if covers.codes and covers.but:
        raise refuse(file, f"{key}.but", "is for a file that covers a whole level; remove it or `codes`")


def _check_partly(file: str, layer: Layer) -> None:
    if layer.partly is None:
        return
    strings = [item.id for item in layer.properties if item.type == "string"]
    check_known(file, "partly.property", layer.partly.property, strings, "text property")
    if not layer.partly.values:
        raise refuse(file, "partly.values", "needs the values that say so")
