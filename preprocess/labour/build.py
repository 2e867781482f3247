"""The survey put together: files in, the tables of the store and findings out."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.catalog import Catalog
from layers.labour_spec import Labour
from layers.levels import finest_layer, territory_layers
from preprocess.findings import Finding, Severity
from preprocess.history import read_history
from preprocess.labour import shares
from preprocess.labour.cells import SurveyCells, finding, read_cells
from preprocess.labour.figures import add_up, settle
from preprocess.labour.tables import LabourTables
from preprocess.labour.trades import check_trades, number_trades
from preprocess.labour.zones import commune_zones, compare
from preprocess.membership import Nesting
from preprocess.sources import Sources
from tileserver.errors import DeclarationError
from tileserver.store import labour_format as formats

NATION_NAME = "Ensemble des territoires"


def read_labour(
    catalog: Catalog, nesting: Nesting, folder: Sources, people: NDArray[np.float64]
) -> tuple[LabourTables | None, list[Finding]]:
    """Read the survey and carry it to every level, as an earlier build may have; None where none is declared.

    `people`: float64 (n), the weight of each commune, in the order of ``nesting.table``.
    """
    labour = catalog.labour
    if labour is None:
        return None, []
    _, finest = finest_layer(catalog.layers)
    lists = [catalog.sources[listed.source].edition for listed in labour.zones.values()]
    levels = {layer: str(each.level) for layer, each in territory_layers(catalog.layers).items()}
    reference = (finest.detail, catalog.sources[str(finest.source)].edition)
    on = (labour, lists, levels, reference, nesting, people)
    return folder.kept(on, labour_tables, catalog, nesting, people, folder)


def labour_tables(
    catalog: Catalog, nesting: Nesting, people: NDArray[np.float64], folder: Sources
) -> tuple[LabourTables | None, list[Finding]]:
    """Read the survey and carry it to every level; None where none is declared.

    `people`: float64 (n), the weight of each commune, in the order of ``nesting.table``.
    """
    labour = catalog.labour
    if labour is None:
        return None, []
    read = read_cells(labour, folder)
    findings = list(read.findings)
    zones, noted = _zones(catalog, labour, nesting, folder)
    findings += noted
    cells, noted = _on_the_map(labour, read, set(nesting.table[labour.place].dropna()))
    findings += noted
    atoms = shares.make_atoms(cells, zones, nesting.table[labour.place], people)
    number = atoms.reset_index().set_index(list(shares.ATOM))["index"]
    cells["atom"] = number.reindex(pd.MultiIndex.from_frame(cells[list(shares.ATOM)])).to_numpy(np.int64)
    names = cells.sort_values("year", kind="stable").drop_duplicates("zone", keep="last")
    zone_names = names.set_index("zone")["zone_name"].fillna(names.set_index("zone").index.to_series())
    territories = shares.name_territories(nesting.table, _names(catalog, nesting), zone_names, NATION_NAME)
    table = shares.share_out(atoms, nesting.table, zones, people, territories, labour.place)
    findings += shares.about_empty_atoms(atoms, cells, [year.source for year in labour.years])
    trades = number_trades(labour, cells)
    findings += check_trades(labour, trades, folder)
    named = atoms.assign(name=atoms["zone"].map(zone_names).fillna(""))
    packed = _pack(labour, cells, shares.Shares(named, table), trades, territories)
    levels = tuple(dict.fromkeys(territories.table["level"]))
    return LabourTables(packed, levels), findings


def _zones(
    catalog: Catalog, labour: Labour, nesting: Nesting, folder: Sources
) -> tuple[dict[str, pd.Series], list[Finding]]:
    """Return the zone of each commune by each list that some year uses, and findings about all lists."""
    communes = pd.Index(nesting.table.iloc[:, 0], dtype="str")
    history = read_history(catalog, folder, communes)
    zones, findings = {}, list[Finding]()
    for key, listed in labour.zones.items():
        source = catalog.sources[listed.source]
        zones[key], noted = commune_zones(listed, source, communes, history, folder, labour.zone_width)
        findings += noted
    findings += compare(labour, zones)
    used = {year.zones for year in labour.years}
    return {key: found for key, found in zones.items() if key in used}, findings


def _on_the_map(labour: Labour, read: SurveyCells, places: set[str]) -> tuple[pd.DataFrame, list[Finding]]:
    """Leave out the rows of zones or places that are not on the map; say how many projects they have."""
    table = read.table.assign(zones=read.table["year"].map(dict(enumerate(y.zones for y in labour.years))))
    written = table["written"].str.zfill(labour.zone_width)
    findings, kept = [], np.ones(len(table), np.bool_)
    for number, year in enumerate(labour.years):
        of = table["year"] == number
        declared = written.isin(year.outside)
        outside = of & (declared | ~table["place"].isin(places))
        kept &= ~outside.to_numpy()
        for (zone, place), group in table[outside].groupby(["zone", "place"], sort=True):
            known = bool(declared[group.index[0]])
            text = (
                f"{zone} ({group['zone_name'].iloc[0]}) in {place} is not on the map; its {len(group)} rows "
                f"({group['met'].sum():.12g} known projects) were left out."
            )
            rule = "labour-outside" if known else "labour-off-map"
            severity: Severity = "info" if known else "warning"
            findings.append(finding(rule, year.source, str(zone), text, severity=severity))
    return table[kept].reset_index(drop=True), findings


def _names(catalog: Catalog, nesting: Nesting) -> dict[str, dict[str, str]]:
    layers = territory_layers(catalog.layers)
    return {str(layer.level): nesting.names[key] for key, layer in layers.items() if key in nesting.names}


def _pack(
    labour: Labour,
    cells: pd.DataFrame,
    shared: shares.Shares,
    trades: pd.DataFrame,
    territories: shares.Territories,
) -> dict[str, pd.DataFrame]:
    """Make the tables of the store, those of figures and of cells sorted by their keys."""
    years = len(labour.years)
    nomenclature = cells["year"].map(dict(enumerate(year.nomenclature for year in labour.years)))
    own = trades[trades["kind"] == "trade"].reset_index().set_index(["nomenclature", "code"])["index"]
    of = pd.MultiIndex.from_arrays([nomenclature, cells["trade"]])
    numbered = cells.assign(trade=own.reindex(of).to_numpy(np.int64))
    sums = add_up(numbered, shared.table, trades)
    key = formats.key(sums["territory"], len(trades), sums["trade"], years, sums["year"])
    figures = settle(sums).assign(key=key)
    key = formats.key(numbered["atom"], len(trades), numbered["trade"], years, numbered["year"])
    if len(territories.table) * len(trades) * years >= 2**62 or not figures["key"].is_monotonic_increasing:
        raise DeclarationError("labour.toml: too many territories, trades and years for one key")
    found = {
        formats.FIGURE_FILE: figures,
        formats.CELL_FILE: numbered.assign(key=key).sort_values("key", ignore_index=True),
        formats.SHARE_FILE: shared.table,
        formats.ATOM_FILE: shared.atoms,
        formats.TRADE_FILE: trades,
        formats.TERRITORY_FILE: territories.table,
    }
    return {name: found[name][schema.names] for name, schema in formats.FILES.items()}
