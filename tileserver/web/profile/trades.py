"""The recruitment projects of a territory by trade and year."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tileserver.store.labour import LabourStore
from tileserver.web.labour import LEAST_OF_SHARES, read_selection
from tileserver.web.labour_rows import find
from tileserver.web.profile.model import Labour, Trade, TradeFamily, TradeYear, Value
from tileserver.web.profile.places import Place
from tileserver.web.snapshot import Snapshot

HARDEST: Final = 12
MOST: Final = 30
OF_FAMILY: Final = 10
"""Trades that are listed."""

_NATION: Final = {"level": "nation", "code": "all"}

Row = Mapping[str, Any]


def find_labour(shot: Snapshot, place: Place) -> Labour | None:
    """Tell the survey of a territory; None where the store has none, or none at its level."""
    survey = shot.store.labour
    if survey is None or place.level not in survey.entry.levels:
        return None
    known = {(each.level, each.code) for each in survey.territories}
    if (place.level, place.code) not in known:
        return None
    entry = survey.entry
    return Labour(
        title=entry.title,
        definition=entry.definition,
        absent=entry.absent,
        least=LEAST_OF_SHARES,
        years=tuple(_year(survey, place, number) for number in range(len(entry.years))),
        breaks=entry.breaks,
        sources=entry.sources,
    )


def _year(survey: LabourStore, place: Place, number: int) -> TradeYear:
    year = survey.entry.years[number]
    of = {"level": place.level, "code": place.code, "year": year.year}
    nation = _ask(survey, _NATION | {"year": year.year}) if "nation" in survey.entry.levels else []
    told = _Telling(
        shares={row["trade"]: row["share_difficult"] for row in nation},
        families={
            each.code: each.name
            for each in survey.trades
            if each.kind == "family" and each.nomenclature == year.nomenclature
        },
    )
    totals = _ask(survey, of | {"kind": "total"})
    all_trades = _ask(survey, of)
    most = sorted(all_trades, key=lambda row: (row["met"] is None, -(row["met"] or 0.0), row["trade"]))
    ranked = _ask(survey, of | {"sort": "share_difficult"})
    return TradeYear(
        year=year.year,
        nomenclature=year.nomenclature,
        nomenclature_title=survey.entry.nomenclatures[year.nomenclature],
        total=told.trade(totals[0]) if totals else None,
        ranked=len(ranked),
        hardest=told.ranking(ranked)[:HARDEST],
        most=tuple(told.trade(row) for row in most[:MOST]),
        families=tuple(
            _family(told, row, ranked, survey.entry.focus) for row in _ask(survey, of | {"kind": "family"})
        ),
        trades=len(all_trades),
    )


def _family(told: "_Telling", row: Row, ranked: list[Row], focus: str | None) -> TradeFamily:
    """Tell a family of trades; `ranked` are the trades of all families in order."""
    own = [each for each in ranked if each["family"] == row["trade"]]
    return TradeFamily(
        code=row["trade"],
        name=" ".join(row["trade_name"].split()),
        focus=row["trade"] == focus,
        whole=told.trade(row),
        ranked=len(own),
        hardest=told.ranking(own)[:OF_FAMILY],
    )


def _ask(survey: LabourStore, query: Mapping[str, str]) -> list[Row]:
    columns = find(survey, read_selection(survey, query))
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


@dataclass(frozen=True, slots=True)
class _Telling:
    """What is told beside a row: the shares of the nation by trade, the names of families by code."""

    shares: Mapping[str, float | None]
    families: Mapping[str, str]

    def ranking(self, rows: list[Row]) -> tuple[Trade, ...]:
        """Tell rows that are in the order of their shares, with their ranks among each other."""
        shares = [row["share_difficult"] for row in rows]
        return tuple(
            self.trade(row, 1 + shares.index(row["share_difficult"]), shares.count(row["share_difficult"]))
            for row in rows
        )

    def trade(self, row: Row, rank: int | None = None, tied: int = 0) -> Trade:
        """Tell a row."""

        def value(name: str) -> Value:
            return Value(value=row[name], status=row[f"{name}_status"], known=row[f"{name}_known"])

        return Trade(
            code=row["trade"],
            name=" ".join(row["trade_name"].split()),
            family=self.families.get(row["family"] or ""),
            projects=value("met"),
            difficult=value("xmet"),
            seasonal=value("smet"),
            share_difficult=row["share_difficult"],
            share_lasting=row["share_non_seasonal"],
            nation_difficult=self.shares.get(row["trade"]),
            rank=rank,
            tied=tied,
        )
