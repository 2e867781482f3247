"""Pictures of maps: what they show is what the styles say, pixel by pixel."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.render.paths import polygon_path
from tileserver.render.picture import Plan, plan
from tileserver.store.reader import open_store
from tileserver.web.app import create_app
from tileserver.web.mapstate import read_state
from tileserver.web.picture import SWITCHES, draw_up
from tileserver.web.snapshot import Snapshot

SIZE = (600, 500)


@pytest.fixture(scope="module")
def shot(demo_store: Path) -> Snapshot:
    return Snapshot(open_store(demo_store, verify=False))


@pytest.fixture(scope="module")
def server(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = Settings(store=demo_store, page=tmp_path_factory.mktemp("none"))
    with serving(create_app(settings)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def fetch(server: httpx.Client, query: str, size: tuple[int, int] = SIZE) -> Image.Image:
    answer = server.get(f"/static/{size[0]}x{size[1]}.png?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    return Image.open(BytesIO(answer.content)).convert("RGB")


def pixel(image: Image.Image, place: tuple[float, float]) -> tuple[int, int, int]:
    red, green, blue = np.asarray(image)[int(place[1]), int(place[0])].tolist()
    return red, green, blue


def planned(shot: Snapshot, query: str) -> Plan:
    asked = dict(parse_qsl(query))
    switches = {name: asked.pop(name, "1") == "1" for name in SWITCHES}
    return plan(draw_up(shot, read_state(shot, asked), SIZE, None, switches))


def places(shot: Snapshot, level: str, made: Plan) -> dict[str, tuple[float, float]]:
    """Where the name of each territory would stand on the picture, by code; those off the map left out."""
    labels = shot.label_layer(shot.level(level).entry.id)
    xy = labels.points.xy / made.frame.units(labels.points.zoom) - (made.frame.x, made.frame.y)
    codes = labels.attributes.column("code").to_pylist()
    wide, high = made.frame.width - 3, made.frame.height - 3
    return {
        code: (x + made.x, y + made.y)
        for code, (x, y) in zip(codes, xy.tolist(), strict=True)
        if 3 < x < wide and 3 < y < high
    }


def values(server: httpx.Client, level: str, indicator: str) -> dict[str, Any]:
    told = server.get(f"/indicators/{indicator}?level={level}").json()
    return dict(zip(told["codes"], told["values"], strict=True))


@pytest.mark.parametrize("query", ["", "method=equal&classes=4&palette=OrRd&theme=dark", "title=0&legend=0"])
def test_territories_have_the_colours_of_the_legend(server: httpx.Client, shot: Snapshot, query: str) -> None:
    """Each at the place of its name, inside it."""
    asked = f"level=departement&indicator=density&{query}"
    look = {key: text for key, text in parse_qsl(query) if key in ("method", "classes", "palette")}
    legend = server.get(f"/styles/choropleth/departement/density.json?{urlencode(look)}").json()["metadata"]
    classes, breaks = legend["legend"]["classes"], np.array(legend["legend"]["breaks"])
    figures = values(server, "departement", "density")
    image = fetch(server, asked)
    seen = 0
    for code, place in places(shot, "departement", planned(shot, asked)).items():
        expected = classes[int((figures[code] >= breaks).sum())]["colour"]
        assert "#" + "".join(f"{part:02x}" for part in pixel(image, place)) == expected, code
        seen += 1
    assert seen >= 5


def test_circles_stand_on_their_territories(server: httpx.Client, shot: Snapshot) -> None:
    """The largest has the colour of the scale over the ground, and the legend shows its values."""
    asked = "level=region&indicator=population"
    figures = values(server, "region", "population")
    there = places(shot, "region", planned(shot, asked))
    largest = max(there, key=lambda code: figures[code] or 0)
    image = fetch(server, asked)
    red, green, blue = pixel(image, there[largest])
    assert blue > green > red


def test_a_filter_dims_and_a_selection_is_outlined(server: httpx.Client, shot: Snapshot) -> None:
    asked = "level=region&indicator=density"
    figures = values(server, "region", "density")
    there = places(shot, "region", planned(shot, asked))
    dense = max(there, key=lambda code: figures[code] or 0)
    plain = fetch(server, asked)
    dimmed = fetch(server, f"{asked}&filter=density%3C{figures[dense]}")
    assert min(pixel(dimmed, there[dense])) > 180 > min(pixel(plain, there[dense]))
    chosen = fetch(server, f"{asked}&selected={dense}")
    assert np.count_nonzero(np.asarray(plain) != np.asarray(chosen)) > 300


def test_sources_cannot_be_left_out(server: httpx.Client) -> None:
    """However small a picture is, and whatever is switched off."""
    picture = np.asarray(fetch(server, "title=0&legend=0", (200, 150)))
    assert (picture[-20:] < 140).all(axis=2).any()


def test_a_picture_is_kept_by_its_tag(server: httpx.Client) -> None:
    """Equal states are one picture; a client that has it is told so before anything is drawn."""
    one = server.get("/static/64x64.png?level=region&indicator=density")
    other = server.get("/static/64x64.png?indicator=density&level=region&lang=fr")
    assert one.headers["etag"] == other.headers["etag"]
    assert "vary" not in one.headers

    tag = {"If-None-Match": one.headers["etag"]}
    assert server.get("/static/64x64.png?level=region&indicator=density", headers=tag).status_code == 304


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("63x100.png", 400, "64 to 2000 a side"),
        ("100x2001.png", 400, "64 to 2000 a side"),
        ("axb.png", 404, "as in 800x600.png"),
        (f"{'9' * 5000}x100.png", 404, "as in 800x600.png"),
        ("100x100.png?level=canton", 400, "there is no level"),
        ("100x100.png?legend=maybe", 400, "legend is 'maybe'"),
        ("100x100.png?zoom=3", 400, "query parameter 'zoom' is not known"),
    ],
)
def test_what_no_picture_can_be_is_refused(
    server: httpx.Client, path: str, status: int, sentence: str
) -> None:
    answer = server.get(f"/static/{path}")
    assert answer.status_code == status
    assert sentence in answer.json()["detail"]


def test_the_path_of_an_outline_leads_through_its_vertices(shot: Snapshot) -> None:
    """Read back step by step, as a renderer does."""
    layer: Any = shot.level("region")
    level = layer.level(6)
    words = polygon_path(level, np.array([0, 2]), (100, 50)).replace("z", " z ").replace("m", " m ").split()
    found, at, begun, place = [], (0, 0), (0, 0), 0
    while place < len(words):
        if words[place] == "z":
            at, place = begun, place + 1
            continue
        moves = words[place] == "m"
        place += moves
        at = (at[0] + int(words[place]), at[1] + int(words[place + 1]))
        begun, place = at if moves else begun, place + 2
        found.append(at)
    expected = []
    for row in (0, 2):
        first, last = (int(level.ring_offsets[level.polygon_offsets[at]]) for at in (row, row + 1))
        expected.append(level.xy[level.vertex_offsets[first] : level.vertex_offsets[last]] - (100, 50))
    assert np.array_equal(np.array(found), np.concatenate(expected))
