"""Downloads from a server that misbehaves: the file that is in place is whole, or the one that was there."""

import gzip
import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from preprocess.fetch.download import Download, Outcome, Patience, Wanted
from preprocess.fetch.record import Place
from tests.preprocess.fetch.server import BODY, Request, Site, serving

SHA = f"sha256:{hashlib.sha256(BODY).hexdigest()}"
OTHER = BODY.replace(b";4\n", b";5\n")
waits: list[float] = []


@pytest.fixture
def site() -> Iterator[Site]:
    waits.clear()
    with serving() as site:
        yield site


def bring(
    site: Site,
    folder: Path,
    *,
    name: str = "a.csv",
    checksum: str | None = None,
    timeout: float = 5.0,
    **patience: float,
) -> Outcome:
    place = Place(folder, "a", f"tables/{name}")
    with httpx.Client(follow_redirects=True, timeout=timeout) as client:
        download = Download(client, Patience(**patience), sleep=waits.append)  # type: ignore[arg-type]  # by name
        return download.fetch(Wanted("a", f"{site.address}/{name}", checksum, place))


def at(folder: Path, name: str = "a.csv") -> bytes:
    return (folder / "tables" / name).read_bytes()


def tidy(folder: Path) -> bool:
    return not list((folder / ".fetch").glob("*.part")) and not list((folder / ".fetch").glob("*.begun"))


def in_turn(*behaviours: Callable[[Request], None]) -> Callable[[Request], None]:
    """Answer each request with the next behaviour, the last for ever."""
    left = list(behaviours)

    def answer(request: Request) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(request)

    return answer


def good(request: Request) -> None:
    request.file(BODY, '"one"')


def test_a_file_comes_whole_and_is_not_sent_again(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = good
    assert bring(site, tmp_path) == Outcome("a", "new", len(BODY))
    assert at(tmp_path) == BODY
    assert bring(site, tmp_path).state == "unchanged"
    assert site.seen[1][1]["if-none-match"] == '"one"'
    assert tidy(tmp_path)
    assert waits == []


def test_a_changed_file_takes_the_place_of_the_old_one(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = in_turn(good, lambda request: request.file(OTHER, '"two"'))
    bring(site, tmp_path)
    assert bring(site, tmp_path).state == "changed"
    assert at(tmp_path) == OTHER


def test_a_file_that_was_altered_here_is_fetched_again(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = good
    bring(site, tmp_path)
    (tmp_path / "tables" / "a.csv").write_bytes(b"edited by hand")
    assert bring(site, tmp_path).state == "changed"
    assert at(tmp_path) == BODY
    assert "if-none-match" not in site.seen[1][1]


def test_what_was_cut_is_gone_on_with(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = in_turn(
        lambda request: request.file(BODY, '"one"', cut=70_000),
        lambda request: request.file(BODY, '"one"', cut=50_000),
        good,
    )
    assert bring(site, tmp_path).state == "new"
    assert at(tmp_path) == BODY
    ranges = [headers.get("range") for _, headers in site.seen]
    assert ranges == [None, "bytes=70000-", "bytes=120000-"]
    assert waits == [1.0, 1.0]  # each brought something


def test_what_was_cut_is_gone_on_with_in_another_run(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = in_turn(
        lambda request: request.file(BODY, '"one"', cut=70_000),
        lambda request: request.reply(status=503),
        good,
    )
    assert bring(site, tmp_path, attempts=1).state == "failed"
    assert bring(site, tmp_path).state == "new"
    assert site.seen[-1][1]["range"] == "bytes=70000-"
    assert at(tmp_path) == BODY


def test_a_file_that_changes_between_attempts_is_begun_again(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = in_turn(
        lambda request: request.file(BODY, '"one"', cut=70_000),
        lambda request: request.file(OTHER, '"two"'),
    )
    assert bring(site, tmp_path).state == "new"
    assert at(tmp_path) == OTHER


def test_a_part_of_another_version_is_not_put_behind(site: Site, tmp_path: Path) -> None:
    """A server that knows ranges and not If-Range gives the rest of another file."""
    span = {"ETag": '"two"', "Content-Range": f"bytes 70000-{len(OTHER) - 1}/{len(OTHER)}"}
    site.pages["/a.csv"] = in_turn(
        lambda request: request.file(BODY, '"one"', cut=70_000),
        lambda request: request.reply(OTHER[70_000:], 206, headers=span),
        lambda request: request.file(OTHER, '"two"'),
    )
    assert bring(site, tmp_path).state == "new"
    assert at(tmp_path) == OTHER


def test_another_part_than_was_asked_for_is_not_put_behind(site: Site, tmp_path: Path) -> None:
    span = {"ETag": '"one"', "Content-Range": f"bytes 0-{len(BODY) - 1}/{len(BODY)}"}
    site.pages["/a.csv"] = in_turn(
        lambda request: request.file(BODY, '"one"', cut=70_000),
        lambda request: request.reply(BODY, 206, headers=span),
        good,
    )
    assert bring(site, tmp_path).state == "new"
    assert at(tmp_path) == BODY


def test_a_server_without_ranges_sends_from_the_start(site: Site, tmp_path: Path) -> None:
    whole = {"ETag": '"one"'}
    site.pages["/a.csv"] = in_turn(
        lambda request: request.reply(BODY, cut=70_000, headers=whole),
        lambda request: request.reply(BODY, headers=whole),
    )
    assert bring(site, tmp_path).state == "new"
    assert at(tmp_path) == BODY


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"one"'}])
def test_without_a_strong_validator_nothing_is_gone_on_with(
    headers: dict[str, str], site: Site, tmp_path: Path
) -> None:
    site.pages["/a.csv"] = in_turn(
        lambda request: request.reply(BODY, cut=70_000, headers=headers),
        lambda request: request.reply(BODY, headers=headers),
    )
    assert bring(site, tmp_path).state == "new"
    assert "range" not in site.seen[1][1]
    assert at(tmp_path) == BODY


def test_a_range_that_is_not_there_is_begun_again(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = in_turn(
        lambda request: request.file(BODY, '"one"', cut=70_000),
        lambda request: request.reply(status=416),
        good,
    )
    assert bring(site, tmp_path).state == "new"
    assert at(tmp_path) == BODY


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_waited_out_longer_each_time(status: int, site: Site, tmp_path: Path) -> None:
    def busy(request: Request) -> None:
        request.reply(status=status)

    site.pages["/a.csv"] = in_turn(busy, busy, busy, good)
    assert bring(site, tmp_path).state == "new"
    assert waits == [1.0, 2.0, 4.0]


def test_the_wait_that_a_server_asks_for_is_kept_within_bounds(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = in_turn(
        lambda request: request.reply(status=503, headers={"Retry-After": "7"}),
        lambda request: request.reply(status=503, headers={"Retry-After": "86400"}),
        lambda request: request.reply(status=503, headers={"Retry-After": "soon"}),
        good,
    )
    assert bring(site, tmp_path).state == "new"
    assert waits == [7.0, 60.0, 4.0]


def test_failures_without_end_are_one_sentence_and_the_old_file_stays(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = in_turn(good, lambda request: request.reply(status=500))
    bring(site, tmp_path)
    outcome = bring(site, tmp_path, attempts=3)
    assert outcome.state == "failed"
    assert outcome.why == (
        f"a: {site.address}/a.csv answered 500 Internal Server Error; given up after 3 attempts in vain"
    )
    assert at(tmp_path) == BODY
    assert site.count("/a.csv") == 4


def test_a_connection_that_always_breaks_is_given_up(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = lambda request: request.file(BODY, '"one"', cut=1)
    outcome = bring(site, tmp_path, most=6)
    assert "cut again and again; given up after 6 attempts" in outcome.why
    assert not (tmp_path / "tables" / "a.csv").exists()


@pytest.mark.parametrize("status", [401, 403, 404, 410, 418])
def test_a_lasting_refusal_is_not_tried_again(status: int, site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = lambda request: request.reply(status=status)
    outcome = bring(site, tmp_path)
    assert outcome.state == "failed"
    assert f"answered {status}" in outcome.why
    assert "correct `download`" in outcome.why
    assert site.count("/a.csv") == 1


def test_fewer_bytes_than_promised_are_no_file(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = lambda request: request.reply(BODY, length=len(BODY) + 9)
    outcome = bring(site, tmp_path, attempts=2)
    assert outcome.state == "failed"
    assert "given up after 2 attempts" in outcome.why
    assert not (tmp_path / "tables" / "a.csv").exists()


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><p>Maintenance", b"\n <html>", b"<?xml version='1.0'?><error/>"]
)
def test_a_web_page_with_200_is_no_file(page: bytes, site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = in_turn(good, lambda request: request.reply(page))
    bring(site, tmp_path)
    outcome = bring(site, tmp_path)
    assert "the server sent a web page in place of the file" in outcome.why
    assert at(tmp_path) == BODY
    assert tidy(tmp_path)


@pytest.mark.parametrize("name", ["a.xlsx", "a.parquet", "a.gpkg", "a.geojson", "a.zip", "a.tif"])
def test_a_file_of_another_kind_is_refused(name: str, site: Site, tmp_path: Path) -> None:
    site.pages[f"/{name}"] = good
    assert f"no .{name[2:]} file" in bring(site, tmp_path, name=name).why
    assert not (tmp_path / "tables" / name).exists()


def test_an_empty_file_is_refused(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = lambda request: request.reply(b"")
    assert "sent nothing" in bring(site, tmp_path).why


def test_a_declared_checksum_is_verified_and_spares_the_request(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = good
    assert bring(site, tmp_path, checksum=SHA).state == "new"
    assert bring(site, tmp_path, checksum=SHA).state == "unchanged"
    assert site.count("/a.csv") == 1


def test_a_wrong_checksum_is_tried_once_more_and_told(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = in_turn(lambda request: request.file(OTHER, '"two"'), good)
    assert bring(site, tmp_path, checksum=SHA).state == "new"
    assert at(tmp_path) == BODY
    site.pages["/a.csv"] = lambda request: request.file(OTHER, '"two"')
    outcome = bring(site, tmp_path, checksum=f"sha256:{'0' * 64}")
    assert f"its sha256 is {hashlib.sha256(OTHER).hexdigest()}, not 000" in outcome.why
    assert at(tmp_path) == BODY
    assert tidy(tmp_path)


def test_redirects_are_followed_and_a_ring_of_them_is_told(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = lambda request: request.reply(status=302, headers={"Location": "/b"})
    site.pages["/b"] = good
    assert bring(site, tmp_path).state == "new"
    site.pages["/b"] = lambda request: request.reply(status=301, headers={"Location": "/a.csv"})
    assert "redirects without end" in bring(site, tmp_path / "other").why


def test_a_silent_server_is_given_up(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = in_turn(lambda _: time.sleep(0.6), good)
    assert bring(site, tmp_path, timeout=0.2).state == "new"
    assert len(waits) >= 1


def test_a_server_that_drips_is_given_up(site: Site, tmp_path: Path) -> None:
    def drip(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(BODY)))
        request.end_headers()
        for n in range(60):
            try:
                request.wfile.write(BODY[n : n + 1])
                request.wfile.flush()
            except OSError:
                break
            time.sleep(0.02)

    site.pages["/a.csv"] = in_turn(drip, good)
    assert bring(site, tmp_path, stall_s=0.2, least_rate=5000.0).state == "new"
    assert at(tmp_path) == BODY


def test_a_server_that_compresses_unasked_is_understood(site: Site, tmp_path: Path) -> None:
    packed = gzip.compress(BODY)
    headers = {"Content-Encoding": "gzip", "ETag": '"one"'}
    site.pages["/a.csv"] = in_turn(
        lambda request: request.reply(packed, cut=3000, headers=headers),
        lambda request: request.reply(packed, headers=headers),
    )
    assert bring(site, tmp_path).state == "new"
    assert "range" not in site.seen[1][1]
    assert at(tmp_path) == BODY


def test_a_file_without_end_is_refused(site: Site, tmp_path: Path) -> None:
    site.pages["/a.csv"] = good
    assert "sends over 1,000 bytes" in bring(site, tmp_path, max_bytes=1000).why
    assert tidy(tmp_path)


def test_a_server_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with serving() as site:
        gone = site
    outcome = bring(gone, tmp_path, attempts=2)
    assert outcome.state == "failed"
    assert f"{gone.address}/a.csv could not be read" in outcome.why


def test_a_folder_that_cannot_be_written_is_one_sentence(site: Site, tmp_path: Path) -> None:
    (tmp_path / "tables").write_text("a file")
    assert bring(site, tmp_path).state == "failed"
