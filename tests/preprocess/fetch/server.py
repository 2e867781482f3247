"""A server that misbehaves on demand, on this machine."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY = b"code;value\n" + b"".join(b"%05d;%d\n" % (n, n * n) for n in range(20_000))


@dataclass
class Site:
    """What the server has, and what it was asked: a path's behaviour is called for each request."""

    pages: dict[str, Callable[["Request"], None]] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""

    def count(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.seen)


class Request(BaseHTTPRequestHandler):
    """A request; behaviours answer it with `reply`."""

    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        self.site.seen.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
        self.site.pages[self.path](self)

    def log_message(self, *_: object) -> None:
        """Keep silent."""

    def reply(
        self,
        body: bytes = b"",
        status: int = 200,
        *,
        cut: int | None = None,
        headers: dict[str, str] | None = None,
        length: int | None = None,
    ) -> None:
        """Send a head that promises `length` bytes (those of `body`), and `cut` of them."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body if cut is None else body[:cut])
        self.wfile.flush()
        if cut is not None or length is not None:
            self.close_connection = True
            self.connection.shutdown(2)

    def file(self, body: bytes, etag: str, *, cut: int | None = None) -> None:
        """Send a file as a good server does, ranges and conditions included; `cut` ends it early."""
        asked = {key.lower(): value for key, value in self.headers.items()}
        if asked.get("if-none-match") == etag:
            self.reply(status=304, headers={"ETag": etag})
        elif "range" in asked and asked.get("if-range") == etag:
            start = int(asked["range"].removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                self.reply(status=416)
                return
            span = f"bytes {start}-{len(body) - 1}/{len(body)}"
            self.reply(body[start:], 206, cut=cut, headers={"ETag": etag, "Content-Range": span})
        else:
            self.reply(body, cut=cut, headers={"ETag": etag})


@contextmanager
def serving() -> Iterator[Site]:
    """Serve a site while the context lasts."""
    site = Site()
    handler = type("Handler", (Request,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
