"""What is counted on the wire, and what is read out of it."""

import gzip
import socket
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import brotli  # type: ignore[import-untyped]
import mapbox_vector_tile
import pytest
import zstandard
from shapely.geometry import box

from tests.benchmarks import content
from tests.benchmarks.content import Content, Difference, Feature
from tests.benchmarks.serving import is_tile, weigh
from tests.benchmarks.wire import Client, Reply, read_head


@contextmanager
def answering(answers: Sequence[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """Serve these answers, one a request, over one connection; give the port and what was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                for answer in answers:
                    asked.append(connection.recv(65536))
                    # in two pieces, so that a head or a body can be cut anywhere
                    connection.sendall(answer[:7])
                    connection.sendall(answer[7:])

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], asked
        thread.join(10)


LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: GZIP\r\n\r\nhello"
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"
EMPTY = b"HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n"


def test_every_byte_received_is_counted_however_the_body_is_framed() -> None:
    with answering([LENGTH, CHUNKS, EMPTY, LENGTH]) as (port, asked), Client(port) as client:
        replies = [client.get(f"/{n}", "br, gzip") for n in range(4)]
    assert [reply.body for reply in replies] == [b"hello", b"abc0123456789", b"", b"hello"]
    assert [reply.received for reply in replies] == [len(LENGTH), len(CHUNKS), len(EMPTY), len(LENGTH)]
    assert [reply.encoding for reply in replies] == ["gzip", "identity", "identity", "gzip"]
    assert [reply.status for reply in replies] == [200, 200, 204, 200]
    assert all(reply.took_ns > 0 for reply in replies)
    assert asked[1].startswith(b"GET /1 HTTP/1.1\r\n")
    assert b"\r\nAccept-Encoding: br, gzip\r\n" in asked[1]


def test_a_server_that_hangs_up_is_an_error_not_a_fast_answer() -> None:
    with (
        answering([LENGTH[:-2]]) as (port, _),
        Client(port) as client,
        pytest.raises(ConnectionError, match="closed"),
    ):
        client.get("/", "gzip")


def test_names_of_fields_are_read_in_lower_case() -> None:
    assert read_head(b"HTTP/1.1 404 Not Found\r\nContent-LENGTH:  3 \r\n\r\n") == (
        404,
        {"content-length": "3"},
    )


def test_bytes_are_summed_over_tiles_and_times_are_over_places() -> None:
    answers = [
        Reply(200, "br", b"abc", 10, 1_000_000),
        Reply(200, "gzip", b"de", 7, 3_000_000),
        Reply(204, "identity", b"", 5, 5_000_000),
    ]
    assert weigh(answers, [1, 1, 3]) == (5, 22, "br+gzip", 5.0)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [(200, b"x", True), (200, b"", True), (204, b"", True), (404, b"x", False)],
)
def test_an_error_is_no_tile(status: int, body: bytes, *, expected: bool) -> None:
    assert is_tile(Reply(status, "identity", body, 1, 1)) is expected


def test_every_coding_that_the_browser_names_is_undone() -> None:
    data = b"territoire " * 50
    assert content.decompress(data, "identity") == data
    assert content.decompress(gzip.compress(data), "gzip") == data
    assert content.decompress(zlib.compress(data), "deflate") == data
    assert content.decompress(brotli.compress(data), "br") == data
    streamed = zstandard.ZstdCompressor().compressobj()  # a frame that does not tell its size
    assert content.decompress(streamed.compress(data) + streamed.flush(), "zstd") == data
    assert content.decompress(b"", "gzip") == b""
    with pytest.raises(KeyError):
        content.decompress(data, "compress")


def tile(codes: Sequence[str], **more: object) -> bytes:
    features = [
        {
            "id": 300 + number,
            "geometry": box(number, 0, number + 1, 9),
            "properties": {"code": code, "density": 1.5, "population": number - 3, **more},
        }
        for number, code in enumerate(codes)
    ]
    data: bytes = mapbox_vector_tile.encode({"name": "communes", "features": features})
    return data


def test_ids_and_attributes_are_read_as_another_encoder_wrote_them() -> None:
    read = content.read(tile(["01001", "2A004"]))
    assert read == {
        "01001": Feature(300, {"code": "01001", "density": 1.5, "population": -3}),
        "2A004": Feature(301, {"code": "2A004", "density": 1.5, "population": -2}),
    }
    assert content.keys_of(read) == {"code", "density", "population"}
    assert content.keys_of(content.read(tile(["01001"], area_km2=2.0))) - content.keys_of(read) == {
        "area_km2"
    }
    assert content.read(b"") == {}


def test_a_feature_without_geometry_does_not_count_and_one_without_id_has_none() -> None:
    code = b"\x1a\x04code" + b"\x22\x05\x0a\x03abc" + b"\x22\x05\x0a\x03xyz"
    drawn = b"\x12\x09\x12\x02\x00\x00\x22\x03\x09\x02\x02"
    empty = b"\x12\x04\x12\x02\x00\x01"
    layer = b"\x0a\x01l" + drawn + empty + code
    assert content.read(b"\x1a" + bytes([len(layer)]) + layer) == {"abc": Feature(None, {"code": "abc"})}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"\x0a\x02\xc3\xa9", "é"),
        (b"\x15\x00\x00\xc0\x3f", 1.5),
        (b"\x19\x00\x00\x00\x00\x00\x00\xf8\x3f", 1.5),
        (b"\x20" + b"\xff" * 9 + b"\x01", -1),
        (b"\x28\xac\x02", 300),
        (b"\x30\x05", -3),
        (b"\x38\x01", 1),
    ],
)
def test_values_of_every_type_are_read(value: bytes, expected: object) -> None:
    layer = b"\x12\x0b\x12\x04\x00\x00\x01\x01\x22\x03\x09\x02\x02" + b"\x1a\x04code\x1a\x01v"
    layer += b"\x22\x03\x0a\x01a" + b"\x22" + bytes([len(value)]) + value
    assert content.read(b"\x1a" + bytes([len(layer)]) + layer)["a"].attributes["v"] == expected


def test_two_features_of_one_code_are_an_error() -> None:
    with pytest.raises(ValueError, match="01001"):
        content.read(tile(["01001", "01001"]))


def made(*codes: str, first: int | None = 1, **attributes: float | str) -> Content:
    ids = range(first, first + len(codes)) if first is not None else [None] * len(codes)
    return {
        code: Feature(number, {"code": code, **attributes}) for code, number in zip(codes, ids, strict=True)
    }


def test_what_one_has_and_the_other_has_not_is_told_apart() -> None:
    ours = made("a", "b", "c")
    assert content.compare(ours, made("a", "b", "d", "e")) == (2, 1, 0, 0)
    assert content.compare(ours, made("a", "b", first=2)) == (0, 1, 2, 0)
    assert content.compare(ours, made("a", "b", "c", first=None)) == (0, 0, 0, 0)
    assert content.total([Difference(2, 1, 1, 0), Difference(1, 0, 0, 4)]) == (3, 1, 1, 4)
    assert content.total([]) == (0, 0, 0, 0)


def test_values_are_the_same_in_whatever_type_they_were_written() -> None:
    ours = made("a", population=3, density=0.1)
    assert content.compare(ours, made("a", population=3.0, density=0.10000000149)).other_values == 0
    assert content.compare(ours, made("a", population=3, density=0.1001)).other_values == 1
    assert content.compare(ours, made("a", population="3", density=0.1)).other_values == 1
    assert content.compare(ours, made("a", population=3)).other_values == 1
