"""The lists of codes that a partner's codes are held against, level by level."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from layers.catalog import Catalog
from layers.levels import finest_layer, territory_layers
from preprocess.history import History, read_history
from preprocess.sources import Sources
from tileserver.store.reader import open_store


@dataclass(frozen=True, slots=True)
class Lists:
    """Level → its codes; ``finest`` is the level of the communes, ``edition`` that of their list.

    ``history`` tells of other editions; without it a code of one of them is an unknown code.
    """

    codes: Mapping[str, frozenset[str]]
    finest: str
    edition: int | None = None
    history: History | None = None

    def valid(self, level: str, edition: int | None) -> frozenset[str]:
        """Return the codes that a table of `level` may have, on `edition` of the list of communes."""
        if level == self.finest and edition not in (None, self.edition) and self.history is not None:
            return self.history.communes(edition or 0)
        return self.codes.get(level, frozenset())


def lists_of_sources(catalog: Catalog, folder: Sources) -> Lists:
    """Read the codes of every level from the tables that say who belongs to whom."""
    finest_id, finest = finest_layer(catalog.layers)
    codes: dict[str, frozenset[str]] = {}
    communes: set[str] = set()
    for key, layer in territory_layers(catalog.layers).items():
        if key == finest_id or layer.membership is None:
            continue
        asked = [layer.membership.code, *([layer.membership.commune] if layer.membership.commune else [])]
        table = folder.table(layer.membership.source, asked)
        codes[str(layer.level)] = frozenset(table[layer.membership.code].dropna())
        if layer.membership.commune is not None:
            communes |= set(table[layer.membership.commune].dropna())
    history = read_history(catalog, folder, sorted(communes))
    level = str(finest.level)
    return Lists({level: frozenset(communes), **codes}, level, history.edition, history)


def lists_of_store(root: Path, catalog: Catalog) -> Lists:
    """Read the codes of every level of a published store; other editions are not known then."""
    store = open_store(root, verify=False)
    codes = {
        str(entry.level): frozenset(store.layer(entry.id).attributes.column("code").to_pylist())
        for entry in store.manifest.layers
        if entry.kind == "territory"
    }
    layer = finest_layer(catalog.layers)[1]
    return Lists(codes, str(layer.level), catalog.sources[str(layer.source)].edition)
