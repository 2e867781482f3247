"""What layers are made from another: the names of territories, and groups of points."""

from collections.abc import Mapping
from typing import Final, Literal

from layers.spec import Layer

DerivedRole = Literal["labels", "clusters"]

CLUSTER_FIELDS: Final = ("count", "expansion_zoom")
"""Fields of every layer of groups, besides code and name."""


def derived_id(layer: str, role: DerivedRole) -> str:
    """Name the layer that is made from `layer`."""
    return f"{layer}_{role}"


def derived_ids(key: str, layer: Layer) -> tuple[str, ...]:
    """List the layers that are made from the layer `key`."""
    if layer.kind == "territory":
        return (derived_id(key, "labels"),)
    return () if layer.clusters is None else (derived_id(key, "clusters"),)


def with_derived(layers: Mapping[str, Layer]) -> tuple[str, ...]:
    """List the ids of all layers of a store in drawing order: each, then what is made from it."""
    return tuple(name for key, layer in layers.items() for name in (key, *derived_ids(key, layer)))


def known_count(name: str) -> str:
    """Name the field that tells how many members of a group have a value of the summed property."""
    return f"{name}_count"
