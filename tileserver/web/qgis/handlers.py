"""The handlers of QGIS's documents, and of the page that shows how to use them."""

from math import log, pi, radians, tan
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from styles.qgis import documents
from styles.sld import MEDIA_TYPE as SLD
from styles.sld import sld
from styles.words import say
from tileserver.web.access import key_query
from tileserver.web.answer import cache_control
from tileserver.web.contracts import LayerLike
from tileserver.web.figures import words
from tileserver.web.links import base_url
from tileserver.web.profile.errors import telling_people
from tileserver.web.profile.pages import HEADERS, HTML, Links, choose_language, render
from tileserver.web.qgis import layers
from tileserver.web.qgis.told import Asked
from tileserver.web.query import Language, language, parameters
from tileserver.web.respond import VARY_CODING, respond
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live, snapshot
from tileserver.web.styling import LOOK, read_look

QLR: Final = "application/x-qgis-layer-definition"
QGS: Final = "application/x-qgis-project"
QML: Final = "application/x-qgis-style"

ASKED: Final = ("indicator", "year", *LOOK, "lang", "v")
_HALF: Final = 20_037_508.342789244
"""Half the side of EPSG:3857, in metres."""


async def layer(request: Request) -> Response:
    """Serve ``/qgis/{layer}.qlr``: a layer's tiles, styled, and its features."""
    shot, asked = snapshot(request), _read(request)
    return await _layer(request, shot, asked, shot.layer(request.path_params["layer"]))


async def _layer(request: Request, shot: Snapshot, asked: Asked, found: LayerLike) -> Response:
    def make() -> bytes:
        shown = (*layers.tile_layers(shot, found, asked), layers.table_layer(shot, found, asked))
        title = say(words(found.entry.title), asked.language)
        return documents.qlr([documents.Group(title, (*shown, *layers.ground(shot, asked)))])

    return await _send(request, shot, (found.entry.id, asked), make, f"{found.entry.id}.qlr", QLR)


async def whole(request: Request) -> Response:
    """Serve ``/qgis/map.qlr``: all layers, grouped, ordered and styled."""
    shot, asked = snapshot(request), _read(request, "lang", "v")
    return await _send(
        request, shot, ("map", asked), lambda: documents.qlr(layers.whole_map(shot, asked)), "carte.qlr", QLR
    )


async def project(request: Request) -> Response:
    """Serve ``/qgis/project.qgs``: the same as a project, which opens on the first view of the map page."""
    shot, asked = snapshot(request), _read(request, "lang", "v")

    def make() -> bytes:
        bounds = shot.views[0].bounds if shot.views else shot.manifest.bounds
        return documents.project("Territoires d’industrie", layers.whole_map(shot, asked), _metres(bounds))

    return await _send(request, shot, ("project", asked), make, "territoires.qgs", QGS)


async def style(request: Request) -> Response:
    """Serve ``/styles/{layer}.qml``: the style of a layer's tiles, for who has added them already."""
    shot, asked = snapshot(request), _read(request)
    found = shot.layer(request.path_params["layer"])

    def make() -> bytes:
        return documents.qml(layers.layer_style(shot, found, asked))

    return await _send(request, shot, ("qml", found.entry.id, asked), make, f"{found.entry.id}.qml", QML)


async def descriptor(request: Request) -> Response:
    """Serve ``/styles/{layer}.sld``: the style of a layer's features, for other programs than QGIS."""
    shot, asked = snapshot(request), _read(request)
    found = shot.layer(request.path_params["layer"])

    def make() -> bytes:
        return sld(layers.styled(shot, found, asked), asked.language)

    return await _send(request, shot, ("sld", found.entry.id, asked), make, f"{found.entry.id}.sld", SLD)


async def chosen(request: Request) -> Response:
    """Serve ``/qgis/layer.qlr?level=…``: the layer of a level, as the form of the page asks for it."""
    shot, asked = snapshot(request), _read(request, "level", *ASKED)
    found = shot.level(request.query_params.get("level", layers.SHOWN))
    return await _layer(request, shot, asked, found)


@telling_people
async def page(request: Request) -> Response:
    """Serve ``/qgis``: how to, for people."""
    shot = snapshot(request)
    query = parameters(request, "lang", "v")
    spoken = choose_language(request, query)
    base = base_url(request, live(request).settings)
    other = f"{base}/qgis?lang={'fr' if spoken == 'en' else 'en'}"

    def make() -> bytes:
        links = Links(f"{base}/", query.get("lang"))
        return render("qgis.html", spoken, links, other, **_offered(shot, spoken))

    vary = VARY_CODING if "lang" in query else f"{VARY_CODING}, Accept-Language"
    headers = {"Cache-Control": cache_control(query.get("v"), shot.digest), "Vary": vary, **HEADERS}
    key = (shot.digest, "qgis page", spoken, query.get("lang"), base)
    return await respond(request, key, make, HTML, headers)


def _offered(shot: Snapshot, spoken: Language) -> dict[str, list[tuple[str, str]]]:
    """List what can be chosen: levels, indicators, and the other layers."""
    entries = sorted((layer.entry for layer in shot.store.layers.values()), key=lambda entry: entry.order)
    listed = sorted((one for one in shot.manifest.indicators if one.listed), key=lambda one: one.order)
    return {
        "levels": [
            (level, say(words(shot.levels[level].entry.title), spoken))
            for level in layers.LEVELS
            if level in shot.levels
        ],
        "indicators": [(one.id, say(words(one.title), spoken)) for one in listed],
        "overlays": [
            (entry.id, say(words(entry.title), spoken))
            for entry in entries
            if entry.role == "features" and entry.kind != "territory"
        ],
    }


def _read(request: Request, *known: str) -> Asked:
    query = parameters(request, *(known or ASKED))
    return Asked(
        base=base_url(request, live(request).settings),
        language=language(query),
        indicator=query.get("indicator"),
        year=query.get("year"),
        look=read_look(query),
        key=key_query(request),
    )


async def _send(
    request: Request, shot: Snapshot, key: tuple[object, ...], make: Any, name: str, media_type: str
) -> Response:
    headers = {
        "Cache-Control": cache_control(request.query_params.get("v"), shot.digest),
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return await respond(request, (shot.digest, "qgis", *key), make, media_type, headers)


def _metres(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Project west, south, east, north to EPSG:3857."""
    west, south, east, north = bounds

    def across(longitude: float) -> float:
        return longitude / 180 * _HALF

    def up(latitude: float) -> float:
        return log(tan(pi / 4 + radians(latitude) / 2)) / pi * _HALF

    return across(west), up(south), across(east), up(north)
