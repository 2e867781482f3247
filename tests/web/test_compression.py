"""Codings of a body: what goes in comes out, always the same bytes, and no more of them than zlib's."""

import random
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mercantile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.codings import BROWSER, decode
from tileserver.store.reader import open_store
from tileserver.tiles.render import render
from tileserver.tiles.selection import select
from tileserver.web.compression import SMALL, SMALLEST, coding_for, compress
from tileserver.web.negotiation import Coding, choose_coding, choose_media_type

CODINGS: tuple[Coding, ...] = ("br", "zstd", "gzip", "identity")
TEXT = b" ".join(b"%d" % (number * number % 977) for number in range(20_000))


@given(st.binary(max_size=3000), st.sampled_from(CODINGS))
def test_a_coded_body_decodes_to_itself(body: bytes, coding: Coding) -> None:
    assert decode(None if coding == "identity" else coding, compress(body, coding)) == body


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("size", [200, SMALL - 1, SMALL, len(TEXT)])
def test_equal_bodies_are_equal_bytes_in_every_thread(coding: Coding, size: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        packed = set(pool.map(lambda _: compress(TEXT[:size], coding), range(64)))
    assert packed == {compress(TEXT[:size], coding)}


def test_a_browser_gets_zstd_but_for_bodies_not_worth_it() -> None:
    accepted = choose_coding(BROWSER)
    sizes = (0, SMALLEST - 1, SMALLEST, 10**7)
    assert [coding_for(accepted, size) for size in sizes] == ["identity", "identity", "zstd", "zstd"]


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "a/json"), ("", "a/json"), ("*/*", "a/json"), ("b/csv", "b/csv"), ("B/CSV", "b/csv"),
        ("a/json;q=0.5, b/csv", "b/csv"), ("b/*", "b/csv"), ("b/csv;q=0.1, */*", "a/json"),
        ("text/html, */*;q=0.1", "a/json"), ("image/png", "a/json"), ("a/json;q=0, */*", "b/csv"),
        ("," * 5000 + "b/csv", "a/json"), ("b/csv;q=x, a/json;q=0.1", "a/json"),
    ],
)  # fmt: skip
def test_a_media_type_is_what_the_client_accepts_most(accept: str | None, chosen: str) -> None:
    assert choose_media_type(accept, ("a/json", "b/csv")) == chosen


@pytest.mark.france
@pytest.mark.parametrize("zoom", [5, 6, 7, 8, 9, 10, 11, 12])
def test_quick_codings_cost_few_bytes_more_than_slow_ones(france_store: Path, zoom: int) -> None:
    """Summed over (at most two hundred) tiles of communes, against zlib at level 6."""
    layer = open_store(france_store, verify=False).layer("communes")
    columns = select(layer.entry, None, None).columns
    draw = random.Random(zoom)
    addresses = list(mercantile.tiles(-5, 42, 8.3, 51, zoom))
    chosen = draw.sample(addresses, min(200, len(addresses)))
    bodies = [render(layer, zoom, tile.x, tile.y, columns) for tile in chosen]
    by_zlib = sum(len(gzip_6(body)) if len(body) >= SMALLEST else len(body) for body in bodies)
    for accept, most in ((BROWSER, 1.06), ("gzip", 1.08)):
        accepted = choose_coding(accept)
        ours = sum(len(compress(body, coding_for(accepted, len(body)))) for body in bodies)
        assert ours <= most * by_zlib, (accept, ours / by_zlib)


def gzip_6(body: bytes) -> bytes:
    packer = zlib.compressobj(6, wbits=31)
    return packer.compress(body) + packer.flush()
