"""Every route, parameter and metric of the server has its place in the operations page."""

import re
from pathlib import Path

import httpx
import pytest

from tileserver.web import inventory, tile_request, values
from tileserver.web.ogc.asked import PARAMETERS as OGC
from tileserver.web.routes import PATHS

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = "\n".join((DOCS / name).read_text(encoding="utf-8") for name in ("operations.md", "ogc.md", "qgis.md"))


def section(title: str) -> str:
    found = re.search(rf"^#+ `{re.escape(title)}`\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return found.group(1).strip() if found else ""


@pytest.mark.parametrize("path", PATHS)
def test_every_route_has_its_heading_and_something_below(path: str) -> None:
    assert section(path)


def test_every_parameter_of_tiles_and_values_is_told() -> None:
    tiles = section("/tiles/{layers}/{z}/{x}/{y}.mvt")
    assert [name for name in (*tile_request.SELECTING, "v") if f"`{name}=`" not in tiles] == []
    told = section("/indicators/{indicator}")
    assert [name for name in ("level", *values.PARAMETERS) if f"`{name}=" not in told] == []
    listed = section("/projects")
    assert [name for name in (*inventory.PARAMETERS, "v") if f"`{name}=" not in listed] == []
    features = section("/ogc/collections/{collectionId}/items")
    assert [name for name in OGC if f"`{name}=" not in features] == []


def test_every_metric_is_told(client: httpx.Client) -> None:
    told = section("/metrics")
    ours = set(re.findall(r"^# TYPE (tileserver_\w+)", client.get("/metrics").text, re.MULTILINE))
    assert len(ours) >= 7
    lacking = {name for name in ours if f"`{name.removesuffix('_created')}" not in told}
    assert {name for name in lacking if not name.endswith("_created")} == set()


def test_the_routes_of_the_page_are_all_there() -> None:
    """A heading of a route that is gone would mislead."""
    headings = re.findall(r"^### `(/[^`]*)`", PAGE, re.MULTILINE)
    assert sorted(headings) == sorted(PATHS)
