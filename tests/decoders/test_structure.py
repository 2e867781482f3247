"""The strict reader: held to Mapbox's fixtures, and to tiles that break one rule each."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.decoders.by_hand import HOLE, LINE, POINT, SQUARE, body, feature, put, run, tile
from tests.decoders.readers import ROOT
from tests.decoders.structure import read

FIXTURES = ROOT / "node_modules" / "@mapbox" / "mvt-fixtures" / "fixtures"

UNDECIDABLE = {
    "016": "declared valid for its explicit type UNKNOWN, but its writer leaves a default out: its bytes "
    "are those of 003, declared invalid for having no type",
    "057": "declared valid though its MoveTo has 2^29 - 1 pairs to come and one is there, as in 051, which "
    "is declared invalid; it is there to try memory, and §4.3.3.1 says MUST",
}
"""Fixtures on which the reader does not agree with the validity that they declare, and why."""


def test_every_fixture_is_judged_as_it_declares_but_for_those_that_bytes_cannot_tell() -> None:
    if not FIXTURES.is_dir():
        pytest.skip("@mapbox/mvt-fixtures is not installed: run `make setup`")
    folders = sorted(FIXTURES.iterdir())
    assert len(folders) >= 74
    disagreed = {}
    for folder in folders:
        declared = json.loads((folder / "info.json").read_text(encoding="utf-8"))["validity"]["v2"]
        _, findings = read((folder / "tile.mvt").read_bytes())
        errors = [item.rule for item in findings if item.level == "error"]
        if declared == bool(errors):
            disagreed[folder.name] = errors
    assert set(disagreed) == set(UNDECIDABLE), disagreed
    assert fixture("016") == fixture("003")


def fixture(number: str) -> bytes:
    return (FIXTURES / number / "tile.mvt").read_bytes()


def tagged(*tags: int, keys: tuple[bytes, ...] = (b"k",), value: bytes = b"\x28\x05") -> bytes:
    return tile(feature(*POINT, tags=tags), keys=keys, values=(value,))


def drawn(kind: int, *commands: int) -> bytes:
    return tile(feature(*commands, kind=kind))


GOOD = {
    "a point": drawn(1, *POINT),
    "points, two in one place": drawn(1, 25, 50, 34, 0, 0, 1, 1),
    "lines": drawn(2, *LINE, *LINE),
    "a square with a hole": drawn(3, *SQUARE, *HOLE),
    "two squares": drawn(3, *SQUARE, 9, 60, 0, *SQUARE[3:]),
    "an integer": tagged(0, 0),
    "a text": tagged(0, 0, value=put(1, "é".encode())),
}


@pytest.mark.parametrize("data", GOOD.values(), ids=GOOD)
def test_a_good_tile_has_no_finding(data: bytes) -> None:
    assert read(data)[1] == []


ERRORS = {
    "field 3 wants 200 bytes": b"\x1a\xc8\x01\x0a",
    "a varint that does not end": b"\x1a\xff",
    "a varint of more than 64 bits": b"\x1a" + b"\xff" * 9 + b"\x7f",
    "field number 0": b"\x02\x00",
    "wire type 3 in field 3": b"\x1b",
    "unknown field 4": tile(feature(*POINT)) + put(4, b""),
    "layers has wire type 0": put(3, 1),
    "two layers called 'a'": tile(feature(*POINT)) * 2,
    "no name": put(3, put(15, 2) + put(2, feature(*POINT)) + put(5, 4096)),
    "name is not UTF-8": put(3, body(feature(*POINT), name=b"\xff") + put(5, 4096)),
    "no version": put(3, put(1, b"a") + put(2, feature(*POINT)) + put(5, 4096)),
    "version 3": put(3, put(15, 3) + body(feature(*POINT))[2:] + put(5, 4096)),
    "version given 2 times": put(3, body(feature(*POINT)) + put(15, 2) + put(5, 4096)),
    "extent 0": put(3, body(feature(*POINT)) + put(5, 0)),
    "key 0 is not UTF-8": tagged(0, 0, keys=(b"\xff",)),
    "0 of the value's fields set": tagged(0, 0, value=b""),
    "2 of the value's fields set": tagged(0, 0, value=b"\x28\x05\x38\x01"),
    "unknown field 8": tagged(0, 0, value=b"\x28\x05\x40\x01"),
    "double has wire type 0": tagged(0, 0, value=b"\x18\x05"),
    "no geometry type": tile(put(4, run(*POINT))),
    "geometry type 4": drawn(4, *POINT),
    "no geometry": tile(put(3, 1)),
    "geometry without commands": drawn(1),
    "geometry given 2 times": tile(feature(*POINT) + put(4, run(*POINT))),
    "geometry: 4294967296 in a run of integers of 32 bits": drawn(1, 9, 1 << 32, 0),
    "an odd number of tags": tagged(0, 0, 0),
    "a key twice in a feature": tagged(0, 0, 0, 0),
    "tag 1, 0 beyond 1 keys and 1 values": tagged(1, 0),
    "tag 0, 1 beyond 1 keys and 1 values": tagged(0, 1),
    "unknown command 3": drawn(1, 11, 0, 0),
    "MoveTo of 0": drawn(1, 1),
    "MoveTo of 2": drawn(2, 17, 4, 4, 4, 4, 10, 2, 2),
    "MoveTo after the only MoveTo of a point feature": drawn(1, *POINT, *POINT),
    "MoveTo of 3 lacks parameters": drawn(1, 25, 50, 34, 1),
    "LineTo of 0": drawn(2, 9, 4, 4, 2),
    "LineTo of 1": drawn(3, 9, 0, 0, 10, 20, 0, 15),
    "LineTo of no length": drawn(2, *LINE[:3], 18, 0, 0, 16, 0),
    "LineTo where MoveTo belongs": drawn(2, 10, 4, 4),
    "ClosePath where MoveTo belongs": drawn(2, *LINE, 15),
    "ClosePath of 2": drawn(3, *SQUARE[:-1], 23),
    "ends after MoveTo": drawn(2, *LINE[:3]),
    "ends after LineTo": drawn(3, *SQUARE[:-1]),
    "ring repeats its first position": drawn(3, 9, 0, 0, 34, 20, 0, 0, 20, 19, 0, 0, 19, 15),
    "ring without area": drawn(3, 9, 0, 0, 18, 20, 0, 20, 0, 15),
    "first ring is an interior one": drawn(3, *HOLE),
}

WARNINGS = {
    "no layer": b"",
    "a varint longer than it need be": tile(b"\x08\x87\x00" + feature(*POINT)[2:]),
    "version 1": put(3, put(15, 1) + body(feature(*POINT))[2:] + put(5, 4096)),
    "version is not the first field": put(3, put(5, 4096) + body(feature(*POINT))),
    "no extent": put(3, body(feature(*POINT))),
    "no feature": tile(),
    "an id twice": tile(feature(*POINT), feature(*POINT)),
    "a key twice": tagged(0, 0, keys=(b"k", b"k")),
    "a value twice": tile(feature(*POINT, tags=(0, 0)), keys=(b"k",), values=(b"\x28\x05",) * 2),
    "a key that no feature uses": tagged(0, 0, keys=(b"k", b"l")),
    "a value that no feature uses": tile(feature(*POINT), values=(b"\x28\x05",)),
    "a number that is not finite": tagged(0, 0, value=b"\x15\x00\x00\x80\x7f"),
    "2 for a boolean": tagged(0, 0, value=b"\x38\x02"),
    "unknown geometry type": drawn(0, *POINT),
    "a position more than a tile away": drawn(1, 9, 2 * 8193, 0),
    "a position beyond int32": drawn(1, 17, 0xFFFFFFFE, 0, 2, 0),
    "a parameter of -2^31": drawn(1, 9, 0xFFFFFFFF, 0),
}


@pytest.mark.parametrize(("rule", "data"), ERRORS.items(), ids=ERRORS)
def test_a_broken_must_is_an_error(rule: str, data: bytes) -> None:
    assert any(item.rule.startswith(rule) for item in read(data)[1] if item.level == "error")


@pytest.mark.parametrize(("rule", "data"), WARNINGS.items(), ids=WARNINGS)
def test_a_broken_should_is_a_warning_and_no_error(rule: str, data: bytes) -> None:
    findings = read(data)[1]
    assert any(item.rule.startswith(rule) for item in findings)
    assert all(item.level == "warning" for item in findings)


def test_a_finding_says_where_and_one_broken_feature_does_not_hide_the_next() -> None:
    layers, findings = read(tile(put(3, 1) + b"\x22\x05\x09", feature(*POINT, identifier=8), feature(1)))
    assert [item.where for item in findings if item.level == "error"] == [
        "tile, layer 0 'a', feature 0",
        "tile, layer 0 'a', feature 0",
        "tile, layer 0 'a', feature 2",
    ]
    assert [f.id for f in layers[0].features] == [None, 8, 7]
    assert layers[0].features[1].parts == [[(25, 17)]]


def test_values_keep_their_type() -> None:
    encoded = {
        b"\x0a\x01x": "x",
        b"\x15\x00\x00\xc0\x3f": 1.5,
        b"\x19\x00\x00\x00\x00\x00\x00\x04\x40": 2.5,
        b"\x20" + b"\xff" * 9 + b"\x01": -1,
        b"\x28\x05": 5,
        b"\x30\x05": -3,
        b"\x38\x01": True,
    }
    for value, expected in encoded.items():
        layers, findings = read(tagged(0, 0, value=value))
        assert not findings
        (found,) = layers[0].features[0].properties.values()
        assert (type(found), found) == (type(expected), expected)


@given(st.sampled_from([*GOOD.values(), *ERRORS.values()]), st.data())
@settings(max_examples=400, deadline=None)
def test_whatever_the_bytes_findings_are_all_that_comes_of_them(data: bytes, draw: st.DataObject) -> None:
    broken = bytearray(data)
    for _ in range(draw.draw(st.integers(0, 4))):
        if broken:
            broken[draw.draw(st.integers(0, len(broken) - 1))] = draw.draw(st.integers(0, 255))
    cut = bytes(broken[: draw.draw(st.integers(0, len(broken)))])
    layers, findings = read(cut)
    assert layers or any(item.rule == "no layer" for item in findings)
