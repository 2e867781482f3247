"""The page of a profile: its figures by theme, its charts, its outline."""

from dataclasses import dataclass
from typing import Final

from tileserver.web.profile import charts
from tileserver.web.profile.model import Figure, Labour, Profile
from tileserver.web.profile.outline import draw_outline, map_at
from tileserver.web.profile.pages import Links, render
from tileserver.web.profile.places import Place
from tileserver.web.profile.words import THEMES, number
from tileserver.web.query import Language
from tileserver.web.snapshot import Snapshot

HEADLINES: Final = (
    "population", "density", "unemployment_rate", "median_living_standard", "establishments_50_plus",
    "friche_usual_area_ha", "funded_projects",
)  # fmt: skip
"""Indicators that open the page, where the store has them and the territory a figure."""

_AT_LEAST: Final = 3
"""Periods that make a line."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The figures of one theme."""

    id: str
    figures: list[Figure]


def write_page(
    shot: Snapshot, place: Place, profile: Profile, lang: Language, links: Links, social: str = ""
) -> bytes:
    """Write the page of a profile; `social` is what its head says to other sites."""
    by_theme: dict[str, list[Figure]] = {}
    for figure in profile.figures:
        by_theme.setdefault(figure.theme if figure.theme in THEMES else "", []).append(figure)
    order = [theme for theme in THEMES if theme in by_theme]
    figures = {figure.id: figure for figure in profile.figures}
    headlines = [figures[name] for name in HEADLINES if name in figures]
    other = "fr" if lang == "en" else "en"
    return render(
        "profile.html",
        lang,
        links,
        f"?lang={other}",
        profile=profile,
        social=social,
        headlines=[figure for figure in headlines if figure.value.value is not None],
        themes=[Theme(theme, by_theme[theme]) for theme in order],
        themes_told=THEMES,
        region=next((figure.region for figure in profile.figures if figure.region), None),
        outline=draw_outline(shot, place),
        map_at=map_at(profile.bounds),
        lines={figure.id: _lines(figure, lang) for figure in profile.figures if _makes_a_line(figure)},
        years=None if profile.labour is None else _years(profile.labour, lang),
        latest=None if profile.labour is None else profile.labour.years[-1],
    )


def _makes_a_line(figure: Figure) -> bool:
    return sum(moment.value.value is not None for moment in figure.series) >= _AT_LEAST


def _lines(figure: Figure, lang: Language) -> str:
    data = [charts.Line("own", [moment.value.value for moment in figure.series])]
    if figure.region is not None:
        regional = [None if each.region is None else each.region.value for each in figure.series]
        data.insert(0, charts.Line("region", regional))
    if any(moment.nation is not None for moment in figure.series):
        data.insert(0, charts.Line("nation", [moment.nation for moment in figure.series]))
    periods = [moment.period for moment in figure.series]
    return charts.lines(periods, data, figure.breaks, lambda value, places: number(value, places, lang))


def _years(labour: Labour, lang: Language) -> str:
    """Draw all projects by year, the difficult ones filled."""
    data = [
        charts.Column(
            label=year.year,
            value=None if year.total is None else year.total.projects.value,
            part=None if year.total is None else year.total.difficult.value,
            begins_anew=year.year in labour.breaks,
        )
        for year in labour.years
    ]
    return charts.columns(data, lambda value, places: number(value, places, lang))
