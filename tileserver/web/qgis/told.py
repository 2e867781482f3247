"""What documents for QGIS say of a layer: titles, credits, names of fields; and what is asked of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from styles.model import Choropleth, Look
from styles.qgis.documents import Credits
from styles.words import Language, say
from tileserver.store.manifest import IndicatorEntry, LayerEntry
from tileserver.web.access import with_key
from tileserver.web.figures import words
from tileserver.web.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Asked:
    """What a document is to show: the language, an indicator and how it is drawn.

    ``base`` is the server's address, ``key`` the query that opens restricted layers (``k=…``), if any.
    """

    base: str
    language: Language
    indicator: str | None
    year: str | None
    look: Look
    key: str = ""

    def address(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """Write the address of a path of the server, with a query and with the key."""
        written = f"?{urlencode(query, safe='@,')}" if query else ""
        return with_key(f"{self.base}/{path}{written}", self.key)


@dataclass(frozen=True, slots=True)
class Mapped:
    """An indicator on the map of a level: the column of its values, and of their statuses if any."""

    indicator: IndicatorEntry
    column: str
    status: str | None
    model: Choropleth


def title_of(entry: LayerEntry, shown: Mapped | None, language: Language) -> str:
    """Name a layer, and what it is coloured by: indicator, period, unit."""
    title = say(words(entry.title), language)
    if shown is None:
        return title
    unit = say(words(shown.indicator.unit), language)
    period = f" {shown.model.period}" if shown.model.period else ""
    return f"{title} – {say(words(shown.indicator.title), language)}{period}" + (f" ({unit})" if unit else "")


def abstract_of(entry: LayerEntry, shown: Mapped | None, language: Language) -> str:
    """Describe a layer and what it is coloured by."""
    told = [say(words(entry.description), language)]
    if shown is not None:
        told.append(say(words(shown.indicator.definition), language))
    return "\n\n".join(told)


def credits_of(shot: Snapshot, entry: LayerEntry, asked: Asked, shown: Mapped | None = None) -> Credits:
    """Name the producers and licences of what is shown, and where its metadata are."""
    # A level carries the figures of all sources; of one map, those of its outlines and its figures count.
    names = (*entry.sources[:1], *shown.indicator.sources) if shown else entry.sources
    sources = shot.named_sources(tuple(dict.fromkeys(names)))
    producers = dict.fromkeys(source.producer for source in sources)
    licences = dict.fromkeys(source.licence for source in sources)
    return Credits(", ".join(producers), tuple(licences), asked.address(f"layers/{entry.id}"))


def aliases_of(entry: LayerEntry, language: Language) -> dict[str, str]:
    """Name the fields for people, with their units."""
    return dict(_alias(entry, language))


def _alias(entry: LayerEntry, language: Language) -> Iterator[tuple[str, str]]:
    for field in entry.fields:
        title = say(words(field.title), language)
        unit = say(words(field.unit), language) if field.unit else ""
        yield field.id, f"{title} ({unit})" if unit else title
