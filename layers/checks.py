"""What one declaration promises about another, checked: references, kinds, levels, zooms, cycles.

Each check takes declarations by id and raises `DeclarationError` at the first contradiction.
"""

from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from layers.derived import CLUSTER_FIELDS, derived_ids, known_count
from layers.indicator_checks import check_indicators
from layers.indicator_spec import Indicator
from layers.property_checks import check_counted, check_properties
from layers.refusals import check_known, refuse
from layers.spec import Clusters, Layer, Membership, Property, Source
from layers.zoning_checks import check_zoning
from tileserver.errors import DeclarationError

RESERVED = ("id", "code", "name")
"""Properties that every feature has; no declaration may take their names."""


def check_catalog(
    sources: Mapping[str, Source],
    layers: Mapping[str, Layer],
    indicators: Mapping[str, Indicator],
) -> None:
    """Check every declaration by itself and against the others."""
    for key, source in sources.items():
        _check_source(f"sources/{key}.toml", source)
    check_indicators(indicators, sources, layers)
    levels = [str(layer.level) for layer in layers.values() if layer.level is not None]
    for key, layer in layers.items():
        file = f"layers/{key}.toml"
        _check_layer(file, layer, sources, levels)
        _check_fields(file, layer, indicators)
        _check_derived(file, key, layer, layers)
    _check_levels(layers)
    for key, layer in layers.items():
        check_properties(f"layers/{key}.toml", layer, layers, sources)
    check_counted(indicators, layers)


def _check_source(file: str, source: Source) -> None:
    path = PurePosixPath(source.path)
    if path.is_absolute() or ".." in path.parts or not source.path:
        raise refuse(file, "path", f"{source.path!r} should be relative to the sources folder and stay in it")
    if not source.url.startswith(("https://", "http://")):
        raise refuse(file, "url", f"{source.url!r} should be the web address of the official file")
    if source.download is not None and not source.download.startswith(("https://", "http://")):
        raise refuse(file, "download", f"{source.download!r} should be the web address of the file itself")
    if source.checksum is not None and source.download is None:
        raise refuse(file, "checksum", "is only for a source with `download`")
    if source.header_row < 1:
        raise refuse(file, "header_row", f"{source.header_row}; rows count from 1")
    if source.member is not None and path.suffix.lower() != ".zip":
        raise refuse(file, "member", f"only a .zip has members, and `path` is {source.path!r}")
    if source.latlon is not None and source.crs not in (None, "EPSG:4326"):
        raise refuse(file, "crs", f"{source.crs}; a latitude and a longitude are EPSG:4326")
    if len(source.separator) != 1:
        raise refuse(file, "separator", f"{source.separator!r} should be a single character")


def _check_layer(file: str, layer: Layer, sources: Mapping[str, Source], levels: Collection[str]) -> None:
    if layer.zoom.min > layer.zoom.max:
        raise refuse(file, "zoom", f"min {layer.zoom.min} is deeper than max {layer.zoom.max}; swap them")
    check_zoning(file, layer, sources, levels)
    if layer.kind == "territory":
        _check_territory(file, layer, sources)
    elif layer.kind != "zoning":
        _check_rows(file, layer, sources)


def _check_territory(file: str, layer: Layer, sources: Mapping[str, Source]) -> None:
    if layer.level is None:
        raise refuse(file, "level", "a territory layer needs one, its column in the membership table")
    if (layer.source is None) == (layer.membership is None):
        raise refuse(
            file,
            "source",
            "a territory layer has either `source` (it has outlines) or `membership` (a union)",
        )
    if not layer.unique_key:
        raise refuse(file, "unique_key", "the codes of territories are unique; remove this key")
    if layer.membership is not None:
        for key in ("key", "label", "key_extra", "properties", "detail"):
            if getattr(layer, key):
                raise refuse(file, key, "a layer with `membership` takes its codes and names from it")
        _check_membership(file, layer.membership, sources)
    else:
        _check_columns(file, layer, sources)
        _check_detail(file, layer, sources)


def _check_detail(file: str, layer: Layer, sources: Mapping[str, Source]) -> None:
    """Check that the codes of the detailed outlines can be carried to the edition of the layer."""
    if layer.detail is None:
        return
    check_known(file, "detail.source", layer.detail.source, sources, "source")
    check_known(file, "detail.movements", layer.detail.movements, sources, "source")
    editions = []
    for key in (layer.detail.source, str(layer.source)):
        edition = sources[key].edition
        if edition is None:
            raise refuse(f"sources/{key}.toml", "edition", "`detail` needs the year of its commune list")
        editions.append(edition)
    if editions[0] > editions[1]:
        raise refuse(
            file,
            "detail.source",
            f"its edition {editions[0]} is later than {editions[1]}, that of the layer's own source; "
            "codes are only carried forward",
        )


def _check_membership(file: str, membership: Membership, sources: Collection[str]) -> None:
    check_known(file, "membership.source", membership.source, sources, "source")
    if (membership.commune is None) == (membership.member is None):
        raise refuse(file, "membership", "needs either `commune` (a row a commune) or `member` with `via`")
    if membership.member is not None and not membership.via:
        raise refuse(file, "membership.via", "`member` needs the code lists that lead to communes")
    if membership.commune is not None and membership.via:
        raise refuse(file, "membership.via", "a table with `commune` needs no other code list")
    for number, via in enumerate(membership.via):
        check_known(file, f"membership.via[{number}].source", via.source, sources, "source")


def _check_rows(file: str, layer: Layer, sources: Collection[str]) -> None:
    """Check a layer of points or of lines."""
    for key in ("level", "membership", "default_indicators", "detail"):
        if getattr(layer, key):
            raise refuse(file, key, "only a territory layer has it; remove it or set kind")
    if layer.source is None:
        raise refuse(file, "source", f"a {layer.kind} layer needs the source that it reads")
    _check_columns(file, layer, sources)
    if not layer.unique_key and layer.key_extra is None:
        raise refuse(file, "key_extra", "unique_key = false needs the column that tells such rows apart")


def _check_columns(file: str, layer: Layer, sources: Collection[str]) -> None:
    """Check a layer that reads its own rows."""
    check_known(file, "source", str(layer.source), sources, "source")
    if layer.key is None:
        raise refuse(file, "key", "needs the column of the official code")
    if layer.label is None:
        raise refuse(file, "label", "needs the column of the name")
    if layer.unique_key and layer.key_extra is not None:
        raise refuse(file, "key_extra", "is only for unique_key = false")
    if layer.in_zonings and layer.kind != "points":
        raise refuse(file, "in_zonings", "only a points layer has it; remove it")
    if layer.multipoints and (layer.kind != "points" or not layer.unique_key):
        raise refuse(file, "multipoints", "is only for a points layer whose codes are unique; remove it")


def _check_fields(file: str, layer: Layer, indicators: Mapping[str, Indicator]) -> None:
    seen = set(RESERVED)
    if layer.kind == "territory":
        seen |= set(indicators)
    for number, item in enumerate(layer.properties):
        key = f"properties[{number}]"
        if item.id in seen:
            raise refuse(file, f"{key}.id", f"{item.id!r} is taken; choose another name")
        seen.add(item.id)
        _check_precision(file, key, item)
    for item_id in layer.default_indicators:
        check_known(file, "default_indicators", item_id, indicators, "indicator")


def _check_derived(file: str, key: str, layer: Layer, layers: Collection[str]) -> None:
    """Check what is made from a layer: its names if it has territories, groups of its points."""
    if layer.kind == "territory":
        if layer.clusters is not None:
            raise refuse(file, "clusters", "only a points layer has it; remove it")
        if layer.labels is not None and not layer.zoom.min <= layer.labels.min <= layer.zoom.max:
            raise refuse(
                file,
                "labels.min",
                f"{layer.labels.min} should be from {layer.zoom.min} to {layer.zoom.max}, the layer's zooms",
            )
    elif layer.labels is not None:
        raise refuse(file, "labels", "only a territory layer has it; remove it")
    if layer.kind == "zoning" and layer.clusters is not None:
        raise refuse(file, "clusters", "only a points layer has it; remove it")
    if layer.clusters is not None:
        _check_clusters(file, layer, layer.clusters)
    for name in derived_ids(key, layer):
        if name in layers:
            raise refuse(f"layers/{name}.toml", "id", f"{name!r} is the layer that {key!r} has beside it")


def _check_clusters(file: str, layer: Layer, clusters: Clusters) -> None:
    if not layer.zoom.min - 1 <= clusters.max <= layer.zoom.max:
        raise refuse(
            file,
            "clusters.max",
            f"{clusters.max} should be from {max(0, layer.zoom.min - 1)} to {layer.zoom.max}, "
            "so that no zoom lies between the groups and the points",
        )
    properties = {item.id: item for item in layer.properties}
    taken = {*RESERVED, *CLUSTER_FIELDS}
    for number, name in enumerate(clusters.sums):
        key = f"clusters.sums[{number}]"
        check_known(file, key, name, properties, "property")
        item = properties[name]
        if item.type != "integer" and (item.type != "number" or item.precision is None):
            raise refuse(file, key, f"{name!r} should be an integer, or a number with a precision")
        for field in (name, known_count(name)):
            if field in taken:
                raise refuse(file, key, f"{field!r} is taken in a layer of groups; rename the property")
            taken.add(field)


def _check_precision(file: str, key: str, item: Property) -> None:
    if item.precision is None:
        return
    if item.type != "number":
        raise refuse(file, f"{key}.precision", f"only a number has it, and {item.id!r} is {item.type}")
    if not 0 <= item.precision <= 9:
        raise refuse(file, f"{key}.precision", f"{item.precision} should be from 0 to 9 decimals")


def _check_levels(layers: Mapping[str, Layer]) -> None:
    """Check that levels are distinct and that exactly one layer is the finest."""
    owners: dict[str, str] = {}
    finest: list[str] = []
    for key, layer in layers.items():
        if layer.kind != "territory":
            continue
        level = str(layer.level)
        if level in owners:
            raise refuse(f"layers/{key}.toml", "level", f"{level!r} is already that of {owners[level]!r}")
        owners[level] = key
        if layer.source is not None:
            finest.append(key)
    if len(finest) != 1:
        found = ", ".join(finest) or "none"
        raise DeclarationError(
            f"layers/: exactly one territory layer should have outlines (`source`); found: {found}"
        )
