"""A client that adds next to nothing: one keep-alive connection, raw sockets, bodies as they came."""

import socket
import time
from typing import NamedTuple, Self

BROWSER = "gzip, deflate, br, zstd"
"""What Chromium and Firefox send over HTTPS."""

TIMEOUT_S = 60


class Reply(NamedTuple):
    """One answer. ``body`` is still compressed; ``received`` counts every byte, head and framing too."""

    status: int
    encoding: str
    body: bytes
    received: int
    took_ns: int


class Client:
    """One connection to a server on this machine, kept open from request to request."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = _connect(port)
        self._host = f"127.0.0.1:{port}"
        self._unread = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def get(self, path: str, accept_encoding: str) -> Reply:
        """Ask for `path`; the clock runs from the first byte sent to the last byte received.

        A connection that the server closed while others were asked is opened again, before the clock runs.
        Raises `ConnectionError` where the server hangs up.
        """
        if _is_closed(self._socket):
            self._socket.close()
            self._socket = _connect(self._port)
        request = (
            f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\nAccept: */*\r\n"
            f"Accept-Encoding: {accept_encoding}\r\n\r\n"
        ).encode("ascii")
        start = time.perf_counter_ns()
        self._socket.sendall(request)
        head = self._until(b"\r\n\r\n")
        status, fields = read_head(head)
        if status in (204, 304):
            body, framing = b"", 0
        elif fields.get("transfer-encoding", "").lower() == "chunked":
            body, framing = self._chunks()
        else:
            body, framing = self._exactly(int(fields["content-length"])), 0
        took_ns = time.perf_counter_ns() - start
        encoding = fields.get("content-encoding", "identity").lower()
        return Reply(status, encoding, body, len(head) + len(body) + framing, took_ns)

    def _more(self) -> None:
        data = self._socket.recv(1 << 20)
        if not data:
            raise ConnectionError("the server closed a connection that it was to keep open")
        self._unread += data

    def _until(self, mark: bytes) -> bytes:
        while (end := self._unread.find(mark)) < 0:
            self._more()
        end += len(mark)
        taken, self._unread = self._unread[:end], self._unread[end:]
        return taken

    def _exactly(self, count: int) -> bytes:
        while len(self._unread) < count:
            self._more()
        taken, self._unread = self._unread[:count], self._unread[count:]
        return taken

    def _chunks(self) -> tuple[bytes, int]:
        """Read a chunked body (RFC 9112 §7.1); also gives the bytes that frame it."""
        parts: list[bytes] = []
        framing = 0
        while True:
            line = self._until(b"\r\n")
            size = int(line.split(b";")[0], 16)
            framing += len(line)
            if size == 0:
                while (trailer := self._until(b"\r\n")) != b"\r\n":
                    framing += len(trailer)
                return b"".join(parts), framing + 2
            parts.append(self._exactly(size))
            framing += len(self._until(b"\r\n"))


def read_head(head: bytes) -> tuple[int, dict[str, str]]:
    """Give the status and the fields, names in lower case, of the head of an answer."""
    status_line, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return int(status_line.split(" ", 2)[1]), {name.lower(): value.strip() for name, _, value in pairs}


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _is_closed(connection: socket.socket) -> bool:
    """Tell whether the other side has closed an idle connection: there is an end to read, and no byte."""
    connection.setblocking(False)
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    finally:
        connection.settimeout(TIMEOUT_S)
