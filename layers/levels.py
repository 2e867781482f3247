"""The levels of territories: the columns of the membership table, the finest first."""

from collections.abc import Mapping

from layers.spec import Layer


def territory_layers(layers: Mapping[str, Layer]) -> dict[str, Layer]:
    """Return the territory layers by id, in declared order."""
    return {key: layer for key, layer in layers.items() if layer.kind == "territory"}


def finest_layer(layers: Mapping[str, Layer]) -> tuple[str, Layer]:
    """Return the id and the layer that has outlines of its own (the communes).

    A checked catalogue has exactly one; StopIteration is a programming error.
    """
    return next((key, layer) for key, layer in territory_layers(layers).items() if layer.source is not None)


def outline_sources(layers: Mapping[str, Layer]) -> tuple[str, ...]:
    """Return the ids of the sources that the outlines rest on, the layer's own first."""
    layer = finest_layer(layers)[1]
    detail = () if layer.detail is None else (layer.detail.source, layer.detail.movements)
    return (str(layer.source), *detail)


def level_columns(layers: Mapping[str, Layer]) -> tuple[str, ...]:
    """Return the columns of the membership table: the finest level, then the others upwards.

    Layers are drawn from the widest to the finest, so the declared order is read backwards.
    """
    finest = finest_layer(layers)[1]
    others = [
        layer.level
        for layer in reversed(territory_layers(layers).values())
        if layer.level is not None and layer.level != finest.level
    ]
    return (str(finest.level), *others)
