"""One file over HTTP: conditional, resumed, tried again with patience, verified, put in place whole."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Literal

import httpx

from preprocess.fetch.content import fault
from preprocess.fetch.record import Place, Record

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses that another attempt may find gone."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a download is tried.

    ``attempts`` without a byte more than before end it; ``most`` attempts in all. Between two the wait
    doubles from ``wait_s`` to ``longest_wait_s``. A connection that gives less than ``least_rate`` bytes a
    second over ``stall_s`` seconds is given up.
    """

    attempts: int = 5
    most: int = 50
    wait_s: float = 1.0
    longest_wait_s: float = 60.0
    stall_s: float = 60.0
    least_rate: float = 200.0
    max_bytes: int = 20_000_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to download: the id of its source, its address, its checksum where it is declared, its place."""

    id: str
    url: str
    checksum: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file; ``why`` is a sentence where it failed."""

    id: str
    state: Literal["new", "changed", "unchanged", "failed"]
    bytes: int = 0
    why: str = ""


class FinalError(Exception):
    """The download has failed, and would again."""


class TransientError(Exception):
    """This attempt has failed; another may not."""

    def __init__(self, why: str, wait_s: float | None = None) -> None:
        super().__init__(why)
        self.wait_s = wait_s


@dataclass(slots=True)
class Download:
    """Downloads files with a client; `moved` is told the id, the bytes that are there, and those to come."""

    client: httpx.Client
    patience: Patience = Patience()
    moved: Callable[[str, int, int | None], None] = lambda *_: None
    sleep: Callable[[float], None] = time.sleep
    _mismatched: set[str] = field(default_factory=set)

    def fetch(self, wanted: Wanted) -> Outcome:
        """Bring a file up to date; whatever fails leaves the one in place as it is."""
        before = wanted.place.target.is_file()
        if before and wanted.checksum is not None and fault(wanted.place.target, "", wanted.checksum) is None:
            return Outcome(wanted.id, "unchanged", wanted.place.target.stat().st_size)
        try:
            wanted.place.prepare()
            size = self._persist(wanted)
        except (FinalError, OSError) as error:
            return Outcome(wanted.id, "failed", 0, f"{wanted.id}: {error}")
        if size is None:
            return Outcome(wanted.id, "unchanged", wanted.place.target.stat().st_size)
        return Outcome(wanted.id, "changed" if before else "new", size)

    def _persist(self, wanted: Wanted) -> int | None:
        """Try until it has come; return its bytes, None for unchanged."""
        patience, part = self.patience, wanted.place.part
        left, wait, far = patience.attempts, patience.wait_s, 0
        for _ in range(patience.most):
            try:
                return self._attempt(wanted)
            except TransientError as error:
                there = part.stat().st_size if part.is_file() else 0
                if there > far:
                    left, wait, far = patience.attempts, patience.wait_s, there
                else:
                    left -= 1
                if left <= 0:
                    raise FinalError(
                        f"{error}; given up after {patience.attempts} attempts in vain"
                    ) from error
                self.sleep(min(wait if error.wait_s is None else error.wait_s, patience.longest_wait_s))
                wait = min(2 * wait, patience.longest_wait_s)
        raise FinalError(f"{wanted.url} is cut again and again; given up after {patience.most} attempts")

    def _attempt(self, wanted: Wanted) -> int | None:
        place = wanted.place
        cut = place.cut(wanted.url)
        headers = {"Accept-Encoding": "identity"}
        known = None if cut is not None else place.in_place(wanted.url)
        if cut is not None:
            headers |= {"Range": f"bytes={cut[0]}-", "If-Range": str(cut[1].validator)}
        elif known is not None:
            headers |= {"If-None-Match": known.etag} if known.etag else {}
            headers |= {"If-Modified-Since": known.modified} if known.modified else {}
        try:
            with self.client.stream("GET", wanted.url, headers=headers) as response:
                if response.status_code == 304 and known is not None:
                    return None
                record = self._begin(wanted, response, cut)
                self._receive(wanted, response, resumed=response.status_code == 206)
        except httpx.TooManyRedirects as error:
            raise FinalError(f"{wanted.url} redirects without end") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise FinalError(f"{wanted.url} is no address ({error}); correct `download`") from error
        except httpx.TimeoutException as error:
            raise TransientError(f"{wanted.url} did not answer in time") from error
        except httpx.HTTPError as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise TransientError(f"{wanted.url} could not be read ({reason[:200]})") from error
        return self._accept(wanted, record)

    def _begin(self, wanted: Wanted, response: httpx.Response, cut: tuple[int, Record] | None) -> Record:
        """Judge the head of an answer; throw away what has come before unless the answer goes on with it."""
        status = response.status_code
        if status == 416:
            wanted.place.forget_part()
            raise TransientError(f"{wanted.url} has no more of the file than what came before", 0.01)
        if status in AGAIN:
            raise TransientError(_answered(wanted.url, response), _retry_after(response))
        if status not in (200, 206):
            raise FinalError(f"{_answered(wanted.url, response)}; correct `download` in its declaration")
        if wanted.url.startswith("https:") and response.url.scheme != "https":
            raise FinalError(f"{wanted.url} redirects to {response.url}, which is not encrypted")
        record = Record(
            url=wanted.url,
            etag=response.headers.get("ETag"),
            modified=response.headers.get("Last-Modified"),
        )
        if status == 206:
            start = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
            if cut is None or start != str(cut[0]) or record.validator not in (None, cut[1].validator):
                wanted.place.forget_part()
                raise TransientError(f"{wanted.url} sent another part of the file than was asked for", 0.01)
            return cut[1]
        wanted.place.forget_part()
        coded = response.headers.get("Content-Encoding", "identity") != "identity"
        wanted.place.begin(Record(url=wanted.url) if coded else record)
        return record

    def _receive(self, wanted: Wanted, response: httpx.Response, *, resumed: bool) -> None:
        """Write the body behind what is there; refuse one that stalls, or is of another length."""
        part = wanted.place.part
        done = part.stat().st_size if resumed else 0
        length = response.headers.get("Content-Length")
        coded = response.headers.get("Content-Encoding", "identity") != "identity"
        total = None if coded or length is None or not length.isdigit() else done + int(length)
        begun, counted = time.monotonic(), 0
        with part.open("ab" if resumed else "wb") as stream:
            for piece in response.iter_bytes():
                stream.write(piece)
                done, counted = done + len(piece), counted + len(piece)
                if done > self.patience.max_bytes:
                    wanted.place.forget_part()
                    raise FinalError(
                        f"{wanted.url} sends over {self.patience.max_bytes:,} bytes; is it the file?"
                    )
                self.moved(wanted.id, done, total)
                elapsed = time.monotonic() - begun
                if elapsed > self.patience.stall_s:
                    if counted < self.patience.least_rate * elapsed:
                        raise TransientError(f"{wanted.url} sends next to nothing")
                    begun, counted = time.monotonic(), 0
        if total is not None and done != total:
            raise TransientError(f"{wanted.url} sent {done:,} of {total:,} bytes")

    def _accept(self, wanted: Wanted, record: Record) -> int:
        """Put a whole file in place if it is what was asked for; of a wrong checksum, ask once more."""
        wrong = fault(wanted.place.part, wanted.place.target.suffix, wanted.checksum)
        if wrong is None:
            return wanted.place.accept(record).bytes
        wanted.place.forget_part()
        told = f"{wanted.url}: {wrong}"
        if wanted.checksum is not None and wanted.id not in self._mismatched:
            self._mismatched.add(wanted.id)
            raise TransientError(told, 0.01)
        raise FinalError(f"{told}; the file in place was not touched")


def _answered(url: str, response: httpx.Response) -> str:
    return f"{url} answered {response.status_code} {response.reason_phrase}".rstrip()


def _retry_after(response: httpx.Response) -> float | None:
    """Return how many seconds a server asks to wait, by number or by date."""
    text = response.headers.get("Retry-After", "")
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None
