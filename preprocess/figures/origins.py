"""The figures of the communes, from whatever they come from: columns of files, outlines, zonings, points."""

from dataclasses import replace

import numpy as np
import pandas as pd

from layers.indicator_spec import Indicator, Part
from preprocess.crossing import Crossing, cross
from preprocess.editions import Rule, carry_values
from preprocess.figures.columns import read_part, regroup
from preprocess.figures.context import Context
from preprocess.figures.ground import overlay_series, raster_series
from preprocess.figures.notes import notes
from preprocess.figures.points import points_series
from preprocess.figures.rules import Links
from preprocess.figures.table import Figures, Period, Series, known_figures
from preprocess.figures.zones import share_out_figures, unplaced_zones, zones_of_communes
from preprocess.findings import Finding
from preprocess.labour.series import survey_series
from preprocess.passages import Origin
from tileserver.store.status import Status

CARRIED: dict[str, Rule] = {"sum": "sum", "weighted_mean": "weighted_mean", "none": "none"}


def commune_series(key: str, indicator: Indicator, context: Context) -> tuple[Series, list[Finding]]:
    """Return the figures of the communes by period: rows in the order of ``context.communes``.

    Ratios and expressions have none of their own. ``weight`` of the figures is the declared one. All that
    a file gives and that is not used, and all that a commune lacks, is a finding.
    """
    findings: list[Finding] = []
    if indicator.parts:
        series, findings = _from_parts(key, indicator, context)
    elif indicator.computed is not None:
        series = {None: known_figures(pd.Series(context.area_km2, index=context.communes))}
    elif indicator.overlay is not None:
        series, findings = overlay_series(key, indicator.overlay, context)
    elif indicator.raster is not None:
        series, findings = raster_series(key, indicator.raster, context)
    elif indicator.points is not None:
        series, findings = points_series(key, indicator.points, context)
    elif indicator.survey is not None:
        series = {}  # the survey tells of zones, and of what is made of them
    else:
        raise ValueError(f"{key} has no figures of its own")
    weighted = {
        period: replace(figures, weight=context.weight(indicator.weight, period))
        for period, figures in series.items()
    }
    return weighted, findings


def level_series(
    key: str, indicator: Indicator, level: str, codes: pd.Index, context: Context
) -> tuple[Series, list[Finding]]:
    """Return the figures that a producer gives for the territories of a level, in the order of `codes`."""
    if indicator.survey is not None:
        return survey_series(indicator.survey, level, codes, context.labour[0], context.catalog), []
    found: dict[Period, Figures] = {}
    findings: list[Finding] = []
    for part in (part for part in indicator.parts if part.level == level):
        figures, noted = read_part(indicator, part, context.folder)
        findings += noted + _unknown(key, part, figures, codes, f"territory of level {level}")
        _put(found, part.period, _placed(figures, codes), key, part.source, findings)
    return found, findings


def _from_parts(key: str, indicator: Indicator, context: Context) -> tuple[Series, list[Finding]]:
    """Put the parts of a period one after the other; a commune that two parts give keeps the first."""
    found: dict[Period, Figures] = {}
    findings: list[Finding] = []
    finest = context.membership.columns[0]
    parts = [part for part in indicator.parts if part.level in (None, finest)]
    for part in parts:
        figures, noted = read_part(indicator, part, context.folder)
        findings += noted
        if indicator.share_out is None:
            figures, noted = _by_commune(key, indicator, part, figures, context)
        else:
            figures, noted = _by_zone(key, indicator, part, figures, context)
        findings += noted
        _put(found, part.period, figures, key, part.source, findings)
    ordered = {period: found[period] for period in sorted(found, key=lambda period: period or "")}
    return ordered, findings + _lacking(key, parts, ordered)


def _by_commune(
    key: str, indicator: Indicator, part: Part, figures: Figures, context: Context
) -> tuple[Figures, list[Finding]]:
    figures, findings = regroup(figures, indicator, key, part.source)
    crossing, noted = _crossing(part, figures.codes, context)
    findings += noted
    if crossing is not None:
        figures, noted = carry_values(figures, crossing, CARRIED[indicator.rule], label=key)
        findings += noted
        _link(key, _divided(crossing, context.communes), context)
    findings += _unknown(key, part, figures, context.communes, "commune")
    return _placed(figures, context.communes), findings


def _by_zone(
    key: str, indicator: Indicator, part: Part, figures: Figures, context: Context
) -> tuple[Figures, list[Finding]]:
    assert indicator.share_out is not None  # noqa: S101 - told by the caller
    zone, findings = zones_of_communes(indicator.share_out, context)
    if part == indicator.parts[0]:
        findings += unplaced_zones(key, part.source, figures, zone)
        unit = pd.Index(zone.dropna().unique()).get_indexer(pd.Index(zone.fillna("")))
        _link(key, Links(unit[unit >= 0].astype(np.int64), np.flatnonzero(unit >= 0)), context)
    weight = context.weight(indicator.share_out.weight, part.period)
    return share_out_figures(figures, zone, weight, adds_up=indicator.rule == "sum"), findings


def _crossing(part: Part, codes: pd.Index, context: Context) -> tuple[Crossing | None, list[Finding]]:
    """Return the way of the codes of a file to the reference edition, None where they are on it."""
    edition = context.catalog.sources[part.source].edition
    if edition is None or edition == context.edition:
        return None, []
    name = (part.source, part.key, part.key_prefix)
    known = context.crossings.get(name)
    if known is not None and known.codes.equals(codes):
        return known, []
    made = cross(context.history, Origin(part.source, edition), codes, context.population)
    context.crossings[name] = made
    return made, list(made.findings)


def _divided(crossing: Crossing, communes: pd.Index) -> Links:
    """Link the heirs of each commune that was divided."""
    part = np.isin(crossing.old, crossing.old[crossing.share < 1])
    commune = communes.get_indexer(crossing.reached[crossing.new[part]])
    return Links(crossing.old[part][commune >= 0], commune[commune >= 0].astype(np.int64))


def _link(key: str, links: Links, context: Context) -> None:
    """Remember which communes have parts of one figure; parts of several columns are apart."""
    before = context.links.get(key)
    if before is not None:
        apart = int(before.unit.max(initial=-1)) + 1
        links = Links(
            np.concatenate([before.unit, links.unit + apart]), np.concatenate([before.commune, links.commune])
        )
    context.links[key] = links


def _placed(figures: Figures, codes: pd.Index) -> Figures:
    """Put figures in the order of `codes`; *missing* where there is none."""
    row = figures.codes.get_indexer(codes)
    there = row >= 0
    return Figures(
        codes=codes,
        value=np.where(there, figures.value[row], np.nan),
        status=np.where(there, figures.status[row], Status.MISSING).astype(np.uint8),
        known=np.where(there, figures.known[row], 0.0),
        weight=np.ones(len(codes)),
    )


def _put(
    found: dict[Period, Figures],
    period: Period,
    figures: Figures,
    key: str,
    source: str,
    findings: list[Finding],
) -> None:
    """Add the figures of a part to those of its period: what an earlier part gives stays."""
    if period not in found:
        found[period] = figures
        return
    before = found[period]
    given = before.status != Status.MISSING
    twice = [str(code) for code in before.codes[given & (figures.status != Status.MISSING)]]
    findings += notes(
        "given-twice",
        source,
        twice,
        lambda code: f"{key} of {code} was already given by an earlier file; this value was left out.",
        f"{key}: {len(twice)} values were already given by an earlier file and were left out",
        key=key,
    )
    found[period] = Figures(
        codes=before.codes,
        value=np.where(given, before.value, figures.value),
        status=np.where(given, before.status, figures.status).astype(np.uint8),
        known=np.where(given, before.known, figures.known),
        weight=before.weight,
    )


def _unknown(key: str, part: Part, figures: Figures, codes: pd.Index, what: str) -> list[Finding]:
    """Tell of the codes that a file gives and that are not on the map."""
    lost = figures.codes.difference(codes)
    values = pd.Series(figures.value, index=figures.codes)
    return notes(
        "unknown-code",
        part.source,
        [str(code) for code in lost],
        lambda code: f"{key}: {code} is no {what} on the map; its value ({values[code]:g}) counts nowhere.",
        f"{key}: {len(lost)} codes are no {what} on the map; their values ({values[lost].sum():g} together) "
        "count nowhere",
        key=key,
    )


def _lacking(key: str, parts: list[Part], series: Series) -> list[Finding]:
    """Tell of the communes that have no figure in the last period; the statuses tell of every one."""
    if not parts:
        return []
    figures = series[max(series, key=lambda period: period or "")]
    findings: list[Finding] = []
    for status, rule, what in (
        (Status.MISSING, "commune-without-value", "has no {key} in any of its files."),
        (Status.SECRET, "commune-secret", "has a {key} that its producer withholds."),
    ):
        codes = [str(code) for code in figures.codes[figures.status == status]]
        text = what.format(key=key)
        findings += notes(
            rule,
            parts[-1].source if len(parts) == 1 else parts[0].source,
            codes,
            lambda code, text=text: f"Commune {code} {text}",  # type: ignore[misc]  # bound in the loop
            f"{len(codes)} communes: each {text.removesuffix('.')}",
            key=key,
            severity="warning" if status == Status.MISSING else "info",
        )
    return findings
