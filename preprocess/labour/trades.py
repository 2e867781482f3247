"""The trades of all years, their families and their totals, numbered."""

import pandas as pd

from layers.labour_spec import TOTAL, Labour
from preprocess.findings import Finding
from preprocess.labour.cells import finding
from preprocess.sources import Sources

TOTAL_NAME = "Tous métiers"


def number_trades(labour: Labour, cells: pd.DataFrame) -> pd.DataFrame:
    """Return the trades by number: ``nomenclature, kind, code, name, family``.

    ``kind`` is ``total``, ``family`` or ``trade``, in that order; codes of different nomenclatures are
    different trades, whatever they look like. The name is that of the latest year.
    """
    nomenclature = cells["year"].map(dict(enumerate(year.nomenclature for year in labour.years)))
    told = cells.assign(nomenclature=nomenclature).sort_values("year", ascending=False, kind="stable")
    trades = told[["nomenclature", "trade", "trade_name", "family"]].drop_duplicates(
        ["nomenclature", "trade"]
    )
    trades = trades.set_axis(["nomenclature", "code", "name", "family"], axis=1).assign(kind="trade")
    families = told.loc[told["family"] != "", ["nomenclature", "family", "family_name"]]
    families = families.drop_duplicates(["nomenclature", "family"])
    families = families.set_axis(["nomenclature", "code", "name"], axis=1).assign(kind="family", family="")
    used = sorted({year.nomenclature for year in labour.years})
    totals = pd.DataFrame({"nomenclature": used, "code": TOTAL, "name": TOTAL_NAME})
    every = pd.concat([totals.assign(kind="total", family=""), families, trades], ignore_index=True)
    every["name"] = every["name"].fillna(every["code"])
    rank = every["kind"].map({"total": 0, "family": 1, "trade": 2})
    ordered = every.assign(rank=rank).sort_values(["rank", "nomenclature", "code"], ignore_index=True)
    return ordered[["nomenclature", "kind", "code", "name", "family"]]


def check_trades(labour: Labour, trades: pd.DataFrame, folder: Sources) -> list[Finding]:
    """Name the trades that the official list of their nomenclature does not know."""
    findings = []
    for key, nomenclature in labour.nomenclatures.items():
        if nomenclature.source is None or nomenclature.code is None:
            continue
        known = set(folder.table(nomenclature.source, [nomenclature.code])[nomenclature.code].dropna())
        own = trades[(trades["nomenclature"] == key) & (trades["kind"] == "trade")]
        strange = sorted(set(own["code"]) - known)
        if strange:
            text = f"Not in the list of {key}: {', '.join(strange)}; kept under the names of the survey."
            findings.append(finding("labour-unknown-trade", nomenclature.source, "", text))
    return findings
