"""What the properties of a layer need of its file, and which are made instead."""

from collections.abc import Mapping

from layers.levels import outline_sources
from layers.spec import Layer, Property


def extras_of(layer: Layer) -> tuple[str, ...]:
    """Return the columns that tell apart the rows of a layer whose codes repeat."""
    if layer.key_extra is None:
        return ()
    return (layer.key_extra,) if isinstance(layer.key_extra, str) else layer.key_extra


def level_property(layer: Layer, level: str) -> str | None:
    """Return the property of a layer that is the territory of `level` under each point."""
    return next((item.id for item in layer.properties if item.level == level), None)


def property_sources(item: Property, layers: Mapping[str, Layer]) -> list[str]:
    """Return the sources, besides that of its own layer, that a property rests on."""
    found: list[str] = []
    if item.level is not None:
        found += outline_sources(layers)
        found += [
            layer.membership.source
            for layer in layers.values()
            if layer.level == item.level and layer.membership is not None
        ]
    others = [item.inside] if item.inside is not None else []
    for listed in (item.nearest, item.within):
        others += [] if listed is None else listed.layers
    for other in others:
        source = layers[other].source
        found += [] if source is None else [source]
        found += [areas.source for areas in layers[other].areas]
    return found


def file_columns(layer: Layer) -> list[str]:
    """Return the columns of the file that the properties and the place of a layer are read from."""
    found = [item.column for item in layer.properties]
    if layer.place is not None:
        found += [layer.place.code, layer.place.name]
    return list(dict.fromkeys(column for column in found if column is not None))
