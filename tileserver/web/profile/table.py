"""A profile as one table for spreadsheets: a row a figure."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from tileserver.web.profile.model import Inventory, Profile, Trade, Value
from tileserver.web.profile.words import say
from tileserver.web.query import Language

COLUMNS: Final = (
    "section", "id", "title", "period", "measure", "unit", "value", "status", "known",
    "region", "nation", "rank", "ranked", "sources",
)  # fmt: skip

Row = dict[str, Any]


def write_table(profile: Profile, lang: Language) -> bytes:
    """Write the figures of a profile; what is not known is an empty cell, and its status says why."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")  # RFC 4180
    writer.writeheader()
    for rows in (_figures, _labour, _inventories, _zonings, _related):
        writer.writerows(rows(profile, lang))
    return text.getvalue().encode()


def _cells(value: Value) -> Row:
    return {"value": value.value, "status": value.status, "known": value.known}


def _figures(profile: Profile, lang: Language) -> Iterator[Row]:
    for figure in profile.figures:
        shared = {
            "section": "figure",
            "id": figure.id,
            "title": say(figure.title, lang),
            "unit": say(figure.unit, lang),
            "sources": " ".join(figure.sources),
        }
        for moment in figure.series:
            region = None if moment.region is None else moment.region.value
            yield shared | _cells(moment.value) | {
                "period": moment.period, "region": region, "nation": moment.nation
            }  # fmt: skip
        if figure.series:
            continue
        region = None if figure.region is None else figure.region.value.value
        yield (
            shared
            | _cells(figure.value)
            | {
                "period": figure.period or figure.date,
                "region": region,
                "nation": figure.nation,
                "rank": figure.rank,
                "ranked": figure.ranked,
            }
        )


def _labour(profile: Profile, lang: Language) -> Iterator[Row]:
    if profile.labour is None:
        return
    sources = " ".join(profile.labour.sources)
    for year in profile.labour.years:
        of_families = [trade for family in year.families for trade in family.hardest]
        trades = {trade.code: trade for trade in (*of_families, *year.most, *year.hardest)}
        ranks = {trade.code: trade.rank for trade in year.hardest}
        for trade in [*([year.total] if year.total else []), *trades.values()]:
            for row in _of_trade(trade, ranks.get(trade.code), year.ranked):
                yield row | {"section": "labour", "period": year.year, "sources": sources}
    del lang


def _of_trade(trade: Trade, rank: int | None, ranked: int) -> Iterator[Row]:
    of = {"id": trade.code, "title": trade.name}
    for measure, value in (
        ("projects", trade.projects),
        ("difficult", trade.difficult),
        ("seasonal", trade.seasonal),
    ):
        yield of | {"measure": measure} | _cells(value)
    yield of | {
        "measure": "share_difficult",
        "value": trade.share_difficult,
        "nation": trade.nation_difficult,
        "rank": rank,
        "ranked": None if rank is None else ranked,
    }
    yield of | {"measure": "share_lasting", "value": trade.share_lasting}


def _inventories(profile: Profile, lang: Language) -> Iterator[Row]:
    named: tuple[tuple[str, tuple[Inventory, ...]], ...] = (
        ("projects", profile.projects),
        ("land", profile.land),
    )
    for section, inventories in named:
        for found in inventories:
            of = {
                "section": section,
                "id": found.layer,
                "title": say(found.title, lang),
                "sources": " ".join(found.sources),
            }
            yield of | {"measure": "count", "value": found.count}
            for total in found.totals:
                yield of | {
                    "measure": say(total.title, lang), "unit": say(total.unit, lang), "value": total.value
                }  # fmt: skip


def _zonings(profile: Profile, lang: Language) -> Iterator[Row]:
    for zoning in profile.zonings:
        of = {
            "section": "zoning",
            "id": zoning.layer,
            "title": say(zoning.title, lang),
            "sources": " ".join(zoning.sources),
        }
        yield of | _cells(zoning.share) | {"measure": "share"}
        yield of | {"measure": "inside", "unit": "km²", "value": zoning.km2, "status": zoning.share.status}
    for programme in profile.programmes:
        yield {
            "section": "programme",
            "id": programme.layer,
            "title": say(programme.title, lang),
            "measure": "count",
            "value": programme.count,
            "sources": " ".join(programme.sources),
        }


def _related(profile: Profile, lang: Language) -> Iterator[Row]:
    del lang
    for section, related in (("within", profile.within), ("part", profile.parts)):
        for group in related:
            for link in group.territories:
                yield {
                    "section": section,
                    "id": link.code,
                    "title": link.name,
                    "measure": group.level,
                    "unit": "communes",
                    "value": link.shared,
                }
