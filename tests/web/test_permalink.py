"""Short links lead to the map that they were made of, and nothing else does."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tileserver.errors import NotFoundError
from tileserver.web.permalink import MOST_WRITTEN, pack, unpack

STATE = "level=ti&indicator=difficult_projects_share&year=2023&selected=ti-5204&at=7.5/47.06/-0.88"


@given(st.text(min_size=1, max_size=400))
def test_what_is_packed_is_unpacked(text: str) -> None:
    assert unpack(pack(text)) == text


def test_a_link_is_short() -> None:
    assert len(pack(STATE)) < len(STATE) / 2


@pytest.mark.parametrize(
    "text", ["", "1", "2abc", "1!!", pack(STATE)[:-3], "1AAAA", pack("x" * (MOST_WRITTEN + 1))]
)
def test_what_is_no_link_is_not_found(text: str) -> None:
    with pytest.raises(NotFoundError, match="no link to a map"):
        unpack(text)


def test_the_address_of_a_map_and_back(client: httpx.Client) -> None:
    url = client.get("/s?level=region&lang=en").json()["url"]
    answer = httpx.get(url)
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("/?level=region&lang=en")
    assert client.get("/s?level=nowhere").status_code == 400
    assert client.get("/s").json()["url"].endswith("/")


def test_a_link_that_leads_elsewhere_is_not_followed(client: httpx.Client) -> None:
    for query in ("next=https://example.org", "level=ti&x=1"):
        assert client.get(f"/s/{pack(query)}").status_code == 404
    answer = client.get(f"/s/{pack('level=ti%0d%0aSet-Cookie: a=b')}")
    assert "set-cookie" not in answer.headers
