"""How many projects or sites there are in each territory, as a column: all, of one kind, with one word."""

from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import Field, Title
from tileserver.store.status import Status
from tileserver.tiles.address import shown
from tileserver.web.contracts import LayerLike
from tileserver.web.find.columns import Column
from tileserver.web.inventory_rows import properties
from tileserver.web.profile.funded import own_notes, text_of
from tileserver.web.profile.names import fold
from tileserver.web.snapshot import Snapshot

ALL: Final = "all"
WORD: Final = "word"

_SUBJECTS: Final = {
    "projects": (Title("Projets financés", "Funded projects"), Title("projets", "projects")),
    "land": (Title("Foncier", "Land"), Title("sites", "sites")),
}


def inventory_column(shot: Snapshot, layer: LayerLike, name: str) -> Column:
    """Make ``{projects|land}.{layer|all}``, with ``.{property}.{value}`` or ``.word.{text}`` behind it.

    A count is what the inventory lists: none where it lists none. Notes say where that is a sample.
    """
    title, pairs = chosen_rows(shot, name)
    counted: Counter[str | None] = Counter()
    for each, rows in pairs:
        codes = _territories(each, str(layer.entry.level))
        counted.update(code for code, chosen in zip(codes, rows.tolist(), strict=True) if chosen)
    codes = layer.attributes.column("code").to_pylist()
    _, unit = _SUBJECTS[name.partition(".")[0]]
    return Column(
        id=name,
        title=title,
        unit=unit,
        precision=0,
        count=True,
        values=np.array([counted[code] for code in codes], np.float64),
        status=np.full(len(codes), Status.OK, np.uint8),
        known=np.ones(len(codes)),
        sources=tuple(dict.fromkeys(source for each, _ in pairs for source in each.entry.sources)),
        notes=tuple(note for each, _ in pairs for note in own_notes(shot, each)),
        whole=True,
    )


def chosen_rows(shot: Snapshot, name: str) -> tuple[Title, list[tuple[LayerLike, NDArray[np.bool_]]]]:
    """Return what a name stands for: its title, its layers, and which rows of each, bool (n)."""
    subject, _, rest = name.partition(".")
    of, _, condition = rest.partition(".")
    key, _, value = condition.partition(".")
    layers = layers_of(shot, subject, of)
    if condition and not value:
        raise RequestError(f"{shown(name)} is written as in {subject}.{of}.{key}.value")
    if condition and key != WORD:
        layers = [each for each in layers if key in {field.id for field in _kinds(each)}]
        if not layers:
            raise NotFoundError(f"{shown(name)}: no layer of {subject} has a property {shown(key)}")
    title = _SUBJECTS[subject][0] if of == ALL else layers[0].entry.title
    told = title if not condition else _narrowed(title, layers[0], key, value)
    return told, [(each, _rows(shot, each, key, value)) for each in layers]


def layers_of(shot: Snapshot, subject: str, name: str) -> list[LayerLike]:
    """Return the layers of a subject that a name stands for, in drawing order."""
    layers = [
        layer
        for layer in sorted(shot.store.layers.values(), key=lambda layer: layer.entry.order)
        if layer.entry.inventory is not None and layer.entry.inventory.subject == subject
    ]
    there = ", ".join((ALL, *(layer.entry.id for layer in layers)))
    found = layers if name == ALL else [layer for layer in layers if layer.entry.id == name]
    if not found:
        raise NotFoundError(f"{shown(name)} is none of {subject}; there are {there}")
    return found


def _kinds(layer: LayerLike) -> list[Field]:
    """Return the fields by whose values rows can be told apart."""
    return [field for field in properties(layer) if field.level is None and field.type != "number"]


def _territories(layer: LayerLike, level: str) -> list[str | None]:
    at = next((field.id for field in layer.entry.fields if field.level == level), None)
    if at is None:
        raise NotFoundError(f"layer {layer.entry.id} is not known by {level}")
    codes: list[str | None] = layer.attributes.column(at).to_pylist()
    return codes


def _rows(shot: Snapshot, layer: LayerLike, key: str, value: str) -> NDArray[np.bool_]:
    if not key:
        return np.ones(layer.entry.count, bool)
    if key == WORD:
        texts = shot.once(f"texts of {layer.entry.id}", lambda _: _texts(layer))
        return np.array([f" {fold(value)}" in text for text in texts], bool)
    values = layer.attributes.column(key).to_pylist()
    return np.array([each is not None and text_of(each) == value for each in values], bool)


def _texts(layer: LayerLike) -> list[str]:
    """Write all that is told of each row in words, as words are compared."""
    names = ["name", *(field.id for field in _kinds(layer) if field.type == "string")]
    rows = zip(*(layer.attributes.column(name).to_pylist() for name in names), strict=True)
    return [f" {fold(' '.join(str(cell) for cell in row if cell is not None))} " for row in rows]


def _narrowed(title: Title, layer: LayerLike, key: str, value: str) -> Title:
    if key == WORD:
        return Title(f"{title.fr} : mot « {value} »", f"{title.en}: word “{value}”")
    field = next(field for field in layer.entry.fields if field.id == key)
    return Title(
        f"{title.fr} : {field.title.fr.lower()} « {value} »",
        f"{title.en}: {field.title.en.lower()} “{value}”",
    )
