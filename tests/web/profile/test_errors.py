"""Pages that say what is wrong lead to the rest of the site, however deep the address lies."""

import asyncio
import re
from urllib.parse import urljoin

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tileserver.errors import NotFoundError
from tileserver.web.profile.errors import telling_people


@telling_people
async def nothing(_request: Request) -> Response:
    """Find nothing."""
    raise NotFoundError("there is no such thing")


async def asked(path: str, prefix: str = "") -> str:
    """Ask as a browser; give where the page's link to the territories leads."""
    app = Starlette(routes=[Route("/{path:path}", nothing)])
    transport = httpx.ASGITransport(app, root_path=prefix)
    async with httpx.AsyncClient(transport=transport, base_url="https://x.example") as client:
        answer = await client.get(f"{prefix}{path}", headers={"accept": "text/html"})
    assert answer.status_code == 404
    [link] = re.findall(r'<p><a href="([^"]*)"', answer.text)
    return str(urljoin(f"https://x.example{prefix}{path}", link))


@pytest.mark.parametrize("path", ["/at", "/a/b", "/a/b/c", "/a%2Fb", "/a/b%2Fc", "/a?q=b/c"])
def test_links_lead_to_the_root_of_the_site_as_a_browser_counts(path: str) -> None:
    """A slash that the address has as ``%2F`` is none to a browser."""
    assert asyncio.run(asked(path)) == "https://x.example/territories"


@pytest.mark.parametrize("path", ["/at", "/a/b/c"])
def test_below_a_prefix_links_stay_below_it(path: str) -> None:
    assert asyncio.run(asked(path, "/below/here")) == "https://x.example/below/here/territories"
