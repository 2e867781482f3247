"""Sites found as JSON, CSV and GeoJSON."""

import csv
import io
from typing import Any, Final

import msgspec

from tileserver.web.find.model import Site, Sites

_HEAD: Final = ("rank", "code", "name", "lon", "lat")


def write_json(found: Sites) -> bytes:
    """Write the answer as it is, in both languages."""
    return msgspec.json.encode(found)


def write_csv(found: Sites) -> bytes:
    """Write a row a site: those in order, then those of which something is not known, which have no rank."""
    listed = [*found.sites, *found.unranked]
    names = list(dict.fromkeys(name for site in listed for name in site.properties))
    more = [column.id for column in found.columns if column.id not in names]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    writer.writerow([*_HEAD, *names, *more, "known", "sources"])
    sources = " ".join(found.sources)
    for number, site in enumerate(listed):
        told = _figures(found, site)
        writer.writerow(
            [
                *(getattr(site, name) for name in _HEAD),
                *(site.properties.get(name) for name in names),
                *(told[name] for name in more),
                "yes" if number < len(found.sites) else "no",
                sources,
            ]
        )
    return text.getvalue().encode()


def write_geojson(found: Sites) -> bytes:
    """Write a feature a site that passes; what the answer is stands beside them (RFC 7946 §6.1)."""
    about = msgspec.to_builtins(found)
    del about["sites"], about["unranked"]
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [site.lon, site.lat]},
            "properties": {"rank": site.rank, "code": site.code, "name": site.name}
            | site.properties
            | _figures(found, site),
        }
        for site in found.sites
    ]
    return msgspec.json.encode({"type": "FeatureCollection", **about, "features": features})


def _figures(found: Sites, site: Site) -> dict[str, Any]:
    return {column.id: cell.value for column, cell in zip(found.columns, site.cells, strict=True)}
