"""What a property promises: exactly one origin, and what that origin needs of the layer and of the others."""

from collections.abc import Mapping

from layers.indicator_spec import Indicator
from layers.levels import finest_layer
from layers.properties import level_property
from layers.refusals import check_known, refuse
from layers.spec import Inventory, Layer, Property, Source

ORIGINS = ("column", "level", "inside", "nearest", "within")
MADE_TYPES = {"level": "string", "inside": "boolean", "nearest": "number", "within": "integer"}


def check_properties(
    file: str, layer: Layer, layers: Mapping[str, Layer], sources: Mapping[str, Source]
) -> None:
    """Check the properties of a layer, and the place of its points, against the other declarations."""
    for number, item in enumerate(layer.properties):
        key = f"properties[{number}]"
        origin = _origin(file, key, item)
        _check_clean(file, key, item)
        if origin != "column":
            _check_made(file, key, item, origin, layer)
            _check_others(file, key, item, layers)
    if layer.inventory is not None:
        _check_inventory(file, layer, layer.inventory)
    if layer.place is not None:
        if layer.kind != "points":
            raise refuse(file, "place", "only a points layer has it; remove it")
        if layer.place.movements is not None:
            _check_movements(file, layer, layer.place.movements, sources)


def check_counted(indicators: Mapping[str, Indicator], layers: Mapping[str, Layer]) -> None:
    """Check that points which an indicator counts know the commune that they lie in."""
    finest = str(finest_layer(layers)[1].level)
    for key, indicator in indicators.items():
        if indicator.points is not None and level_property(layers[indicator.points.layer], finest) is None:
            name = indicator.points.layer
            raise refuse(
                f"indicators/{key}.toml", "points.layer", f"{name!r} has no property with level = {finest!r}"
            )


def _check_inventory(file: str, layer: Layer, inventory: Inventory) -> None:
    if layer.kind != "points":
        raise refuse(file, "inventory", "only a points layer has it; remove it")
    properties = {item.id: item for item in layer.properties}
    if not any(item.level for item in layer.properties):
        raise refuse(file, "inventory", "needs properties with a `level`: the territories of each point")
    for key, names in (("counts", inventory.counts), ("totals", inventory.totals)):
        for number, name in enumerate(names):
            check_known(file, f"inventory.{key}[{number}]", name, properties, "property")
            if key == "totals" and properties[name].type not in ("integer", "number"):
                raise refuse(file, f"inventory.totals[{number}]", f"{name!r} is no number")


def _origin(file: str, key: str, item: Property) -> str:
    found = [name for name in ORIGINS if getattr(item, name) is not None]
    if len(found) != 1:
        said = " and ".join(f"`{name}`" for name in found) or "none of them"
        raise refuse(file, key, f"{item.id!r} needs one of {', '.join(ORIGINS)}; it has {said}")
    return found[0]


def _check_clean(file: str, key: str, item: Property) -> None:
    if item.clean is not None and item.column is None:
        raise refuse(file, f"{key}.clean", "only a `column` can be cleaned")
    if (item.clean == "outlier") != (item.usual is not None):
        raise refuse(file, f"{key}.usual", 'goes with clean = "outlier", and that with it')
    if item.usual is not None and item.usual.least > item.usual.most:
        raise refuse(file, f"{key}.usual", f"least {item.usual.least:g} is more than most; swap them")
    wanted = {"outlier": "boolean", "hectares": "number", "year": "integer"}.get(item.clean or "", "string")
    if item.clean is not None and item.type != wanted:
        raise refuse(file, f"{key}.type", f"clean = {item.clean!r} gives a {wanted}, not a {item.type}")


def _check_made(file: str, key: str, item: Property, origin: str, layer: Layer) -> None:
    if layer.kind != "points":
        raise refuse(file, f"{key}.{origin}", "only the features of a points layer have it")
    if item.type != MADE_TYPES[origin]:
        raise refuse(file, f"{key}.type", f"`{origin}` gives a {MADE_TYPES[origin]}, not a {item.type}")


def _check_others(file: str, key: str, item: Property, layers: Mapping[str, Layer]) -> None:
    if item.level is not None:
        levels = [str(other.level) for other in layers.values() if other.level is not None]
        check_known(file, f"{key}.level", item.level, levels, "level")
    if item.inside is not None:
        _check_kind(file, f"{key}.inside", item.inside, "zoning", layers)
    for name, listed, kind in (("nearest", item.nearest, "zoning"), ("within", item.within, "points")):
        if listed is not None and not listed.layers:
            raise refuse(file, f"{key}.{name}.layers", f"names no layer; list those of kind {kind!r}")
        for number, other in enumerate(() if listed is None else listed.layers):
            _check_kind(file, f"{key}.{name}.layers[{number}]", other, kind, layers)


def _check_kind(file: str, key: str, name: str, kind: str, layers: Mapping[str, Layer]) -> None:
    check_known(file, key, name, layers, "layer")
    if layers[name].kind != kind:
        raise refuse(file, key, f"{name!r} is a layer of kind {layers[name].kind!r}; it should be {kind!r}")


def _check_movements(file: str, layer: Layer, movements: str, sources: Mapping[str, Source]) -> None:
    check_known(file, "place.movements", movements, sources, "source")
    if layer.place is None or layer.place.code is None:
        raise refuse(file, "place.movements", "carries the codes of `place.code`, which is not there")
    if sources[str(layer.source)].edition is None:
        raise refuse(
            f"sources/{layer.source}.toml", "edition", "`place.movements` needs the year of its commune list"
        )
