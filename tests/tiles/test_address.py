"""Tile addresses: only tiles of the world pass, whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tileserver.errors import NotFoundError, RequestError
from tileserver.tiles.address import TileAddress, parse, shown


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_any_text_is_a_tile_of_the_world_or_a_request_error(z: str, x: str, y: str) -> None:
    """No other exception, and no other number."""
    try:
        address = parse(z, x, y)
    except RequestError:
        return
    assert 0 <= address.z <= 18
    assert 0 <= min(address.x, address.y) <= max(address.x, address.y) < 1 << address.z


@given(st.integers(0, 18).flatmap(lambda z: st.tuples(st.just(z), *[st.integers(0, (1 << z) - 1)] * 2)))
def test_every_tile_of_the_world_has_its_plain_address(zxy: tuple[int, int, int]) -> None:
    """And is read back."""
    assert parse(*map(str, zxy)) == TileAddress(*zxy)


@pytest.mark.parametrize(
    "text", ["-1", "+1", "01", "1.0", "1e1", "1_0", "٣", "１", " 1", "1\n", "", "9" * 5000]
)
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    """One tile has one address."""
    with pytest.raises(RequestError, match="y is"):
        parse("5", "1", text)


@pytest.mark.parametrize("address", [("5", "32", "0"), ("5", "0", "32"), ("0", "1", "0"), ("19", "0", "0")])
def test_a_tile_outside_the_world_is_not_found(address: tuple[str, str, str]) -> None:
    """It is well-formed: 404, not 400."""
    with pytest.raises(NotFoundError):
        parse(*address)


def test_a_clients_text_is_shown_short_and_without_control_characters() -> None:
    """A message goes into logs."""
    assert shown("a\nb") == r"'a\nb'"
    assert len(shown("x" * 1000)) < 30
