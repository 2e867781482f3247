"""Feature ids: stable, exact in a browser, never shared."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preprocess.ids import HASHED_FROM, LETTERED_FROM, MAX_ID, feature_id, feature_ids, hashed_id
from tileserver.errors import SourceError


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("01001", 1001),
        ("200069193", 200069193),
        ("2A004", 2**52 + int("2A004", 36)),
        ("ti-0101", 2**52 + int("ti0101", 36)),
        ("31555_16063", 2**52 + int("3155516063", 36)),
    ],
)
def test_ids_never_change_from_one_release_to_the_next(code: str, number: int) -> None:
    assert feature_id(code) == number


def test_the_digest_of_a_code_never_changes_either() -> None:
    assert hashed_id("QN00101M/01053") == 3848017753652200


def test_corsica_does_not_share_its_ids_with_the_tarn_et_garonne_and_the_var() -> None:
    assert len(set(feature_ids("x", ["2A", "2B", "82", "83"]).tolist())) == 4


@given(st.text(min_size=1, max_size=20))
def test_every_code_has_an_id_that_a_browser_keeps_exactly(code: str) -> None:
    assert 0 <= feature_id(code) <= MAX_ID
    assert int(float(feature_id(code))) == feature_id(code)
    assert HASHED_FROM <= hashed_id(code) < LETTERED_FROM


@given(st.sets(st.text(string.ascii_uppercase + string.digits, min_size=5, max_size=5), max_size=30))
def test_codes_of_one_length_never_meet(codes: set[str]) -> None:
    assert len(set(feature_ids("x", sorted(codes)).tolist())) == len(codes)


def test_codes_that_differ_in_zeros_alone_are_refused_by_name() -> None:
    with pytest.raises(SourceError, match=r"layer ti: the codes '01' and '1' give the same feature id 1"):
        feature_ids("layer ti", ["01", "1"])


def test_repeated_codes_are_told_apart_by_their_extra() -> None:
    assert len(set(feature_ids("x", ["QN1", "QN1"], ["01053", "01004"]).tolist())) == 2
    with pytest.raises(SourceError, match="QN1/01053"):
        feature_ids("x", ["QN1", "QN1"], ["01053", "01053"])
