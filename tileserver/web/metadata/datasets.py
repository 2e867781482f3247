"""The collections as datasets: the producers, licences and dates of their sources, and their files."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tileserver.store.manifest import LayerEntry, SourceEntry
from tileserver.web.ogc.collections import ITEM_TYPES, LICENCES, collection_layers
from tileserver.web.ogc.document import Place

_DATE: Final = re.compile(r"(?<!\d)(\d{4})(?:-(0[1-9]|1[0-2]))?(?:-(0[1-9]|[12]\d|3[01]))?(?!\d)", re.ASCII)

FORMS: Final = {"csv": "CSV", "json": "GeoJSON", "parquet": "GeoParquet", "fgb": "FlatGeobuf"}
"""The forms in which a whole collection is there, and their names."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file of a dataset: ``form`` is a key of `FORMS`."""

    form: str
    name: str
    media_type: str
    url: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A collection with its sources."""

    entry: LayerEntry
    sources: tuple[SourceEntry, ...]
    page: str
    downloads: tuple[Download, ...]
    tilejson: str

    @property
    def producers(self) -> tuple[str, ...]:
        """The producers of the sources, each once, that of the outlines first."""
        return tuple(dict.fromkeys(source.producer for source in self.sources))

    @property
    def licences(self) -> tuple[str, ...]:
        """The licences of the sources, each once."""
        return tuple(dict.fromkeys(source.licence for source in self.sources))

    @property
    def dates(self) -> tuple[str, ...]:
        """The dates of the sources, as ``2024``, ``2024-03`` or ``2024-03-31``, in order."""
        return tuple(sorted(date for source in self.sources if (date := date_of(source.date)) is not None))


def datasets(place: Place) -> list[Dataset]:
    """List the collections as datasets."""
    return [_dataset(place, layer.entry) for layer in collection_layers(place.shot)]


def _dataset(place: Place, entry: LayerEntry) -> Dataset:
    base = f"{place.site}/ogc/collections/{entry.id}"
    urls = {form: f"{base}/items?f={form}" for form in FORMS}
    urls["json"] = f"{place.site}/export/{entry.id}.geojson"  # all at once: items are by pages
    downloads = tuple(Download(form, name, ITEM_TYPES[form], urls[form]) for form, name in FORMS.items())
    sources = tuple(place.shot.named_sources(entry.sources))
    return Dataset(entry, sources, base, downloads, f"{place.site}/tiles/{entry.id}.json")


def date_of(text: str) -> str | None:
    """Read the first date of a text as a source writes it."""
    found = _DATE.search(text)
    return None if found is None else "-".join(part for part in found.groups() if part)


def licence_url(licence: str) -> str | None:
    """Give the address of a licence, where it is one that is known."""
    return next((url for beginning, url in LICENCES.items() if licence.startswith(beginning)), None)


def single(values: Iterable[str]) -> str | None:
    """Give the value that all are; None where they differ, or there is none."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
