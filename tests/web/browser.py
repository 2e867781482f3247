"""A headless Chromium that draws WebGL in software, and notes what a page does wrong."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

WITHOUT_WEBGL = ("--disable-3d-apis",)
"""What makes of Chromium a browser that draws no WebGL, as most are without a graphics card."""

READY = "() => performance.getEntriesByName('first-map').length > 0 && territories.map.loaded()"
"""True once the first map is seen, and the map has its style and every tile that it is to have."""

PATIENT = """{
  const set = globalThis.setTimeout;
  globalThis.setTimeout = (call, wait, ...rest) => set(call, wait === 6000 ? 600000 : wait, ...rest);
}"""
"""For a page whose tiles a test holds back: it takes its picture away after six seconds without them."""

FADE_MS = "() => matchMedia('(prefers-reduced-motion: reduce)').matches ? 80 : 500"

_WAIT_MS = 60_000

_NOT_OURS = (
    "GPU stall due to ReadPixels",
    "was preloaded using link preload but not used within a few seconds",
)
"""What drawing in software, or a machine with other work, makes Chromium say of itself.

That all that is preloaded is used has a test of its own (``page/test_first.py``).
"""


def executable() -> str | None:
    """Where Chromium is; None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class Notes:
    """What a page did: complaints on its console, requests to other hosts, answers of 400 and above."""

    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """What one request brought: its path on the server, and bytes on the wire, headers included.

    What the browser had already is zero bytes. Chromium counts (``encodedDataLength``), for workers too.
    """

    path: str
    bytes: int

    @property
    def is_tile(self) -> bool:
        """Whether it is a vector tile."""
        return self.path.endswith(".mvt")


@contextmanager
def chromium(path: str, *more: str) -> Iterator[Browser]:
    """Start Chromium, with more arguments than those of every test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *more])
        yield browser
        browser.close()


def watch(page: Page, address: str) -> Notes:
    """Note from now on what `page`, served at `address`, does wrong."""
    notes = Notes()
    host = urlsplit(address).netloc

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(each in message.text for each in _NOT_OURS):
            notes.complaints.append(f"{message.type}: {message.text}")

    def on_request(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != host:
            notes.elsewhere.append(request.url)

    page.on("console", on_console)
    page.on("pageerror", lambda error: notes.complaints.append(f"exception: {error}"))
    page.on("request", on_request)
    page.on("response", lambda answer: notes.refused.append(answer.url) if answer.status >= 400 else None)
    return notes


def listen(page: Page) -> list[Answer]:
    """List from now on what `page` and its workers ask for; pages' own files are left out."""
    answers: list[Answer] = []

    def on_finished(request: Request) -> None:
        path = urlsplit(request.url).path
        # Pictures of the map are neither figures nor tiles, and come when there is nothing else to do.
        if not path.startswith(("/static/", "/view/")) and request.url.startswith("http"):
            sizes = request.sizes()
            answers.append(Answer(path, sizes["responseBodySize"] + sizes["responseHeadersSize"]))

    page.on("requestfinished", on_finished)
    return answers


def settle(page: Page) -> None:
    """Wait until the map has followed the panel and shows all that it will."""
    page.wait_for_function(READY, timeout=_WAIT_MS)
    page.evaluate("() => territories.drawn")
    # One frame more than MapLibre's fade of symbols, which is none for a reader who wants no movement.
    page.wait_for_timeout(page.evaluate(FADE_MS))
    page.wait_for_function(READY, timeout=_WAIT_MS)
