"""What the survey of recruitment projects promises of sources, levels and indicators, checked."""

from collections.abc import Collection, Mapping

from layers.labour_spec import BASSIN, NATION, Labour
from layers.levels import finest_layer, level_columns
from layers.refusals import check_known, refuse
from layers.spec import Layer, Source

FILE = "labour.toml"


def check_labour(
    labour: Labour, sources: Mapping[str, Source], layers: Mapping[str, Layer], indicators: Collection[str]
) -> None:
    """Check the declaration against the others; raise `DeclarationError` at the first fault."""
    check_known(FILE, "weight", labour.weight, indicators, "indicator")
    levels = level_columns(layers)
    check_known(FILE, "place", labour.place, levels, "level")
    if labour.place == finest_layer(layers)[1].level:
        raise refuse(FILE, "place", f"{labour.place!r} is the finest level; name one that zones lie in")
    for taken in (BASSIN, NATION):
        if taken in levels:
            raise refuse("layers/*.toml", "level", f"{taken!r} is a level that the survey itself makes")
    for key, listed in labour.zones.items():
        check_known(FILE, f"zones.{key}.source", listed.source, sources, "source")
        if sources[listed.source].edition is None:
            file = f"sources/{listed.source}.toml"
            raise refuse(file, "edition", "a list of zones by commune needs the year of its commune list")
    for key, nomenclature in labour.nomenclatures.items():
        if (nomenclature.source is None) != (nomenclature.code is None):
            raise refuse(FILE, f"nomenclatures.{key}", "has both `source` and its column `code`, or neither")
        if nomenclature.source is not None:
            check_known(FILE, f"nomenclatures.{key}.source", nomenclature.source, sources, "source")
    if labour.compared is not None:
        check_known(FILE, "compared", labour.compared, labour.zones, "list of zones")
    _check_years(labour, sources)


def _check_years(labour: Labour, sources: Collection[str]) -> None:
    years = [each.year for each in labour.years]
    if not years or years != sorted(set(years)):
        raise refuse(FILE, "years", f"{', '.join(years) or 'none'}; give each year once, the earliest first")
    for number, each in enumerate(labour.years):
        check_known(FILE, f"years[{number}].source", each.source, sources, "source")
        check_known(FILE, f"years[{number}].zones", each.zones, labour.zones, "list of zones")
        check_known(
            FILE, f"years[{number}].nomenclature", each.nomenclature, labour.nomenclatures, "nomenclature"
        )
        for code in (*each.recoded, *each.recoded.values(), *each.outside):
            if len(code) != labour.zone_width:
                raise refuse(FILE, f"years[{number}]", f"zone {code!r} has not {labour.zone_width} figures")
