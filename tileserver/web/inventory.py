"""What lies in a territory: funded projects, and land. Lists with counts, sums and sources."""

from collections.abc import Mapping
from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError, RequestError
from tileserver.tiles.address import shown
from tileserver.web.answer import cache_control
from tileserver.web.contracts import LayerLike
from tileserver.web.filtering import Mask, masks, read_filter
from tileserver.web.inventory_answer import WRITERS, Asked
from tileserver.web.inventory_rows import Page, find
from tileserver.web.negotiation import choose_media_type
from tileserver.web.query import parameters
from tileserver.web.respond import JSON, VARY_CODING, respond
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live, snapshot
from tileserver.web.values import CSV

Subject = Literal["projects", "land"]

PARAMETERS: Final = ("level", "code", "layer", "filter", "filter-lang", "sort", "limit", "offset", "f")

GEOJSON: Final = "application/geo+json"
FORMATS: Final[Mapping[str, str]] = {"json": JSON, "csv": CSV, "geojson": GEOJSON}
OFFERED: Final[Mapping[str, str]] = {JSON: "json", "text/csv": "csv", GEOJSON: "geojson"}

ROWS: Final = 100
"""Rows of a page, unless ``limit`` says otherwise."""

MOST_ROWS: Final = 10_000
MOST_OFFSET: Final = 9_999_999


async def projects(request: Request) -> Response:
    """Serve ``/projects``: the funded projects of a territory, or of the whole country."""
    return await _inventory(request, "projects")


async def land(request: Request) -> Response:
    """Serve ``/land``: the brownfield sites of a territory, or of the whole country."""
    return await _inventory(request, "land")


async def _inventory(request: Request, subject: Subject) -> Response:
    shot = snapshot(request)
    query = parameters(request, *PARAMETERS, "v")
    layers = read_layers(shot, subject, query.get("layer"))
    asked = read_asked(shot, query)
    headers = {"Cache-Control": cache_control(query.get("v"), shot.digest)}
    form = _form(request, query, headers)
    wanted = read_filter(query)
    chosen: list[Mask] | list[None] = [None] * len(layers)
    if wanted is not None:
        chosen = await masks(live(request), shot, wanted, layers)

    def make() -> bytes:
        pairs = zip(layers, chosen, strict=True)
        found = [find(layer, asked.level, asked.code, mask) for layer, mask in pairs]
        return WRITERS[form](shot, asked, found)

    names = tuple(layer.entry.id for layer in layers)
    key = (shot.digest, subject, names, asked, form, wanted and wanted.key)
    return await respond(request, key, make, FORMATS[form], headers)


def read_layers(shot: Snapshot, subject: Subject, name: str | None) -> list[LayerLike]:
    """Return the layers of a subject in drawing order, or the one that is named among them."""
    layers = [
        layer
        for layer in sorted(shot.store.layers.values(), key=lambda layer: layer.entry.order)
        if layer.entry.inventory is not None and layer.entry.inventory.subject == subject
    ]
    there = ", ".join(layer.entry.id for layer in layers)
    if not layers:
        raise NotFoundError(f"this store has no layer of {subject}; declare one with `inventory`")
    if name is None:
        return layers
    named = [layer for layer in layers if layer.entry.id == name]
    if not named:
        raise NotFoundError(f"layer {shown(name)} is none of {subject}; there are {there}")
    return named


def read_asked(shot: Snapshot, query: Mapping[str, str]) -> Asked:
    """Read which territory is asked for and which page; raise `RequestError` or `NotFoundError`."""
    page = Page(
        query.get("sort"),
        _number(query, "limit", ROWS, MOST_ROWS),
        _number(query, "offset", 0, MOST_OFFSET),
    )
    level, code = query.get("level"), query.get("code")
    if (level is None) != (code is None):
        raise RequestError("level and code go together: which territory, or neither for the whole country")
    if level is None or code is None:
        return Asked(None, None, None, page)
    attributes = shot.level(level).attributes
    codes = attributes.column("code").to_pylist()
    if code not in codes:
        raise NotFoundError(f"there is no territory {shown(code)} at level {level}")
    return Asked(level, code, attributes.column("name")[codes.index(code)].as_py(), page)


def _number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 7 and int(text) <= most):
        raise RequestError(f"{name} is {shown(text)}; it is a whole number from 0 to {most}")
    return int(text)


def _form(request: Request, query: Mapping[str, str], headers: dict[str, str]) -> str:
    """Return the form that ``f`` asks for, or else the Accept header, on which the answer then varies."""
    form = query.get("f")
    if form is None:
        headers["Vary"] = f"{VARY_CODING}, Accept"
        return OFFERED[choose_media_type(request.headers.get("accept"), tuple(OFFERED))]
    if form not in FORMATS:
        raise RequestError(f"f is {shown(form)}; it is one of {' '.join(FORMATS)}")
    return form
