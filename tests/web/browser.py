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

READY = "() => globalThis.territories?.map?.areTilesLoaded() && globalThis.territories.map.isStyleLoaded()"
"""True once the map has its style and every tile of the view."""

_WAIT_MS = 60_000

_NOT_OURS = "GPU stall due to ReadPixels"
"""What drawing in software makes Chromium say of itself."""


def executable() -> str | None:
    """Where Chromium is; None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class Notes:
    """What a page did: complaints on its console, requests to other hosts, answers of 400 and above."""

    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """Start Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


def watch(page: Page, address: str) -> Notes:
    """Note from now on what `page`, served at `address`, does wrong."""
    notes = Notes()
    host = urlsplit(address).netloc

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and _NOT_OURS not in message.text:
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


def settle(page: Page) -> None:
    """Wait until the map shows all that it will."""
    page.wait_for_function(READY, timeout=_WAIT_MS)
    # One frame more than MapLibre's fade of symbols, 300 ms.
    page.wait_for_timeout(500)
    page.wait_for_function(READY, timeout=_WAIT_MS)
