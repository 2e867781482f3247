"""Words of the pages, French first, and numbers as readers of the language write them."""

from collections.abc import Iterable, Mapping
from typing import Final

from tileserver.store.manifest import SourceEntry, Title
from tileserver.store.status import Status
from tileserver.web.profile.model import Value
from tileserver.web.query import Language

NARROW: Final = "\u202f"
"""Between thousands in French, where no line may break."""

STATUS: Final[Mapping[str, Title]] = {
    Status.OK.slug: Title("complet", "complete"),
    Status.ESTIMATED.slug: Title("estimé", "estimated"),
    Status.PARTIAL.slug: Title("partiel", "partial"),
    Status.SECRET.slug: Title("secret statistique", "withheld"),
    Status.MISSING.slug: Title("non disponible", "not available"),
    Status.NOT_APPLICABLE.slug: Title("sans objet", "not applicable"),
}

STATUS_TOLD: Final[Mapping[str, Title]] = {
    Status.OK.slug: Title("toutes les données sont connues", "all the data are known"),
    Status.ESTIMATED.slug: Title(
        "réparti depuis un autre zonage ou une autre liste de communes",
        "shared out from another zoning or another list of communes",
    ),
    Status.PARTIAL.slug: Title(
        "somme des seules données connues, dont la part est indiquée",
        "sum of the known data alone, whose share is given",
    ),
    Status.SECRET.slug: Title(
        "le producteur ne diffuse pas ce chiffre, pour qu’on ne reconnaisse personne",
        "the producer withholds the figure, so that nobody can be recognised",
    ),
    Status.MISSING.slug: Title("la source ne donne pas ce chiffre ici", "the source gives no figure here"),
    Status.NOT_APPLICABLE.slug: Title("le chiffre n’a pas de sens ici", "the figure has no meaning here"),
}

THEMES: Final[Mapping[str, Title]] = {
    "people": Title("Population et revenus", "People and incomes"),
    "labour": Title("Emploi", "Employment"),
    "economy": Title("Établissements", "Establishments"),
    "projects": Title("Programmes et projets", "Programmes and projects"),
    "land": Title("Sol et friches", "Land and brownfields"),
    "zonings": Title("Zonages", "Zonings"),
    "": Title("Autres chiffres", "Other figures"),
}


def say(title: Title | Mapping[str, str] | None, lang: Language) -> str:
    """Choose the language of a text."""
    if title is None:
        return ""
    if isinstance(title, Title):
        return title.en if lang == "en" else title.fr
    return title[lang]


def number(value: float, decimals: int, lang: Language) -> str:
    """Write a number with so many decimals."""
    text = f"{value:,.{decimals}f}"
    if lang == "en":
        return text.replace("-", "−")
    return text.replace(",", NARROW).replace(".", ",").replace("-", "−")


def plain(value: float, lang: Language) -> str:
    """Write a number with the decimals that it has, six at most."""
    text = f"{value:.6f}".rstrip("0").partition(".")[2]
    return number(value, len(text), lang)


def percent(share: float, lang: Language, decimals: int = 0) -> str:
    """Write a share as a percentage; a tiny one is not written as none."""
    shown = 100 * share
    if shown == 0:
        return f"0{_sign(lang)}"
    least = 10.0**-decimals
    if 0 < shown < least / 2:
        return f"< {number(least, decimals, lang)}{_sign(lang)}"
    if share < 1 and round(shown, decimals) >= 100:
        return f"> {number(100 - least, decimals, lang)}{_sign(lang)}"
    return f"{number(shown, decimals, lang)}{_sign(lang)}"


def _sign(lang: Language) -> str:
    return "%" if lang == "en" else "\u00a0%"


def quantity(value: float, decimals: int, unit: str, lang: Language) -> str:
    """Write a number with its unit."""
    text = number(value, decimals, lang)
    if not unit:
        return text
    return text + ("" if unit == "%" and lang == "en" else "\u00a0") + unit


def status(value: Value, lang: Language) -> str:
    """Say the status of a figure in a word or two, with the share known of a partial one."""
    word = say(STATUS[value.status], lang)
    if value.status == Status.PARTIAL.slug:
        known = percent(value.known, lang)
        return f"{word}\u00a0: {known} connus" if lang == "fr" else f"{word}: {known} known"
    return word


def credit_lines(names: Iterable[str], sources: Mapping[str, SourceEntry], lang: Language) -> list[str]:
    """Write the sources of these names, a line each: producer, title, date, licence."""
    return [
        f"{source.producer}, {say(source.title, lang)}, {source.date} – {source.licence}"
        for source in (sources[name] for name in names if name in sources)
    ]


def producers(names: Iterable[str], sources: Mapping[str, SourceEntry]) -> str:
    """Name the producers of some sources, each once."""
    return ", ".join(dict.fromkeys(sources[name].producer for name in names if name in sources))


def ordinal(rank: int, lang: Language) -> str:
    """Write a rank."""
    if lang == "fr":
        return f"{number(rank, 0, lang)}ᵉ" if rank > 1 else "1ᵉʳ"
    tail = "th" if rank % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{number(rank, 0, lang)}{tail}"
