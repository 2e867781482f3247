"""Pictures of the map alone: edge to edge, in the colours of the legend, small on the wire."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.render.frame import fitting
from tileserver.render.frame import place as placed
from tileserver.web.app import create_app

QUERY = "level=departement&indicator=density"


@pytest.fixture(scope="module")
def server(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = Settings(store=demo_store, page=tmp_path_factory.mktemp("none"))
    with serving(create_app(settings)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_it_is_the_map_from_edge_to_edge_in_the_colours_of_the_legend(server: httpx.Client) -> None:
    """As PNG to the bit, as WebP nearly; each territory at the place of its name."""
    bounds = server.get("/layers").json()["views"][0]["bounds"]
    frame = fitting(bounds, 400, 380, 0)
    legend = server.get("/styles/choropleth/departement/density.json").json()["metadata"]["legend"]
    told = server.get("/indicators/density?level=departement").json()
    values = dict(zip(told["codes"], told["values"], strict=True))
    files = {form: server.get(f"/view/400x380.{form}?{QUERY}") for form in ("png", "webp")}
    assert [each.headers["content-type"] for each in files.values()] == ["image/png", "image/webp"]
    assert len(files["webp"].content) < len(files["png"].content)
    pixels = {
        form: np.asarray(Image.open(BytesIO(each.content)).convert("RGB")).astype(int)
        for form, each in files.items()
    }
    seen = 0
    for feature in server.get("/layers/departements/labels").json()["features"]:
        x, y = (share * 512 * 2**frame.zoom for share in placed(*feature["geometry"]["coordinates"]))
        column, row = int(x - frame.x), int(y - frame.y)
        if not (3 < column < 396 and 3 < row < 376):
            continue
        number = int((values[feature["properties"]["code"]] >= np.array(legend["breaks"])).sum())
        colour = legend["classes"][number]["colour"]
        wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        assert pixels["png"][row, column].tolist() == wanted
        assert abs(pixels["webp"][row, column] - wanted).max() < 24
        seen += 1
    assert seen >= 5


def test_what_is_not_there_is_refused_in_a_sentence(server: httpx.Client) -> None:
    count = len(server.get("/layers").json()["views"])
    answer = server.get(f"/view/100x100.webp?view={count}")
    assert answer.status_code == 400
    assert f"from 0 to {count - 1}" in answer.json()["detail"]
    assert server.get("/view/100x100.gif").status_code == 404
    assert server.get("/view/10x100.png").status_code == 400
