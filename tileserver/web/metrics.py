"""What the server counts, for Prometheus; the same figures whether one process serves or several.

Several processes (`tileserver serve --workers`) write their counts into files of one folder, which
prometheus_client finds by the variable ``PROMETHEUS_MULTIPROC_DIR``; whichever is asked adds them up.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from layers.spec import MAX_ZOOM

SHARED_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
OTHER: Final = "other"

_SECONDS: Final = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_BYTES: Final = (0, 1e3, 4e3, 16e3, 64e3, 250e3, 500e3, 1e6, 4e6)
_BANDS: Final = ((4, "0-4"), (7, "5-7"), (10, "8-10"), (14, "11-14"))
_LIVE_FILE: Final = re.compile(r"gauge_live[a-z]*_([0-9]+)\.db")


def zoom_band(z: int) -> str:
    """Give the band of zooms under which tiles are counted."""
    return next((band for last, band in _BANDS if z <= last), "15-18")


class Metrics:
    """The server's own counters, in a registry of their own."""

    def __init__(self) -> None:
        self.shared = os.environ.get(SHARED_FOLDER)
        self.registry = CollectorRegistry()
        if not self.shared:
            ProcessCollector(registry=self.registry)
        self.requests = self._counter("requests", "Answers.", "route", "status", "coding")
        cache = self._counter("cache_requests", "Finished answers asked for.", "result")
        self.cache_hit, self.cache_miss, self.cache_shared = map(cache.labels, ("hit", "miss", "shared"))
        self.filters = self._counter("filters", "Filters applied to a layer.", "result")
        self.generalised = self._counter("generalised_tiles", "Tiles made coarser to fit a budget.", "step")
        self.render_seconds = Histogram(
            "tileserver_tile_render_seconds",
            "Processor time of rendering and compressing a tile.",
            ["zooms"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.tile_bytes = Histogram(
            "tileserver_tile_bytes", "Tiles before compression.", ["zooms"], buckets=_BYTES,
            registry=self.registry,
        )  # fmt: skip
        # By zoom, because finding the child of a family by its label takes as long as counting does.
        bands = [zoom_band(z) for z in range(MAX_ZOOM + 1)]
        self._rendered = [(self.render_seconds.labels(it), self.tile_bytes.labels(it)) for it in bands]
        self.cache_bytes = self._gauge("cache_bytes", "Bytes of finished answers kept.", "livesum")
        self.store = self._gauge("store_info", "1 for the store version in use.", "livemax", "digest")
        self._answered: dict[tuple[str, int, bytes], Counter] = {}

    def count_answer(self, route: str, status: int, coding: bytes) -> None:
        """Count an answer; the child of a counter is looked up once, because that takes a lock."""
        key = (route, status, coding)
        child = self._answered.get(key)
        if child is None:
            child = self._answered[key] = self.requests.labels(route, str(status), coding.decode())
        child.inc()

    def count_tile(self, z: int, seconds: float, size: int) -> None:
        """Count a tile of zoom `z` that was rendered: processor time, and bytes before compression."""
        took, weighed = self._rendered[z]
        took.observe(seconds)
        weighed.observe(size)

    def serving(self, digest: str, before: str | None = None) -> None:
        """Say which store version is in use, and which no more."""
        if before is not None:
            self.store.labels(before).set(0)
        self.store.labels(digest).set(1)

    def text(self) -> bytes:
        """Write everything in Prometheus' text format, over all processes where there are several."""
        if not self.shared:
            return generate_latest(self.registry)
        _forget_ended(Path(self.shared))
        everything = CollectorRegistry()
        MultiProcessCollector(everything, self.shared)  # type: ignore[no-untyped-call]  # it has no types
        return generate_latest(everything)

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"tileserver_{name}", told, labels, registry=self.registry)

    def _gauge(self, name: str, told: str, mode: str, *labels: str) -> Gauge:
        return Gauge(
            f"tileserver_{name}", told, labels, registry=self.registry,
            multiprocess_mode=mode,  # type: ignore[arg-type]  # a Literal there
        )  # fmt: skip


def _forget_ended(folder: Path) -> None:
    """Drop what processes that have ended say of themselves as if they lived; their counts stay."""
    for path in folder.glob("gauge_live*.db"):
        found = _LIVE_FILE.fullmatch(path.name)
        if found and not _lives(int(found.group(1))):
            path.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Counting:
    """ASGI middleware that counts every answer by the template of its route."""

    def __init__(self, app: ASGIApp, metrics: Metrics, templates: Mapping[object, str]) -> None:
        self._app = app
        self._metrics = metrics
        self._templates = templates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count what it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                coding = b"identity"
                for name, value in message["headers"]:
                    if name == b"content-encoding":
                        coding = value
                route = self._templates.get(scope.get("endpoint"), OTHER)
                self._metrics.count_answer(route, message["status"], coding)
            await send(message)

        await self._app(scope, receive, counted)
