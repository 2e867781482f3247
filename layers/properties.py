"""What the properties of a layer need of its file, and which are made instead."""

from layers.spec import Layer


def extras_of(layer: Layer) -> tuple[str, ...]:
    """Return the columns that tell apart the rows of a layer whose codes repeat."""
    if layer.key_extra is None:
        return ()
    return (layer.key_extra,) if isinstance(layer.key_extra, str) else layer.key_extra


def level_property(layer: Layer, level: str) -> str | None:
    """Return the property of a layer that is the territory of `level` under each point."""
    return next((item.id for item in layer.properties if item.level == level), None)


def file_columns(layer: Layer) -> list[str]:
    """Return the columns of the file that the properties and the place of a layer are read from."""
    found = [item.column for item in layer.properties]
    if layer.place is not None:
        found += [layer.place.code, layer.place.name]
    return list(dict.fromkeys(column for column in found if column is not None))
