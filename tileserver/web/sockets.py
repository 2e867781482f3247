"""The address that several processes share: each listens on a socket of its own, and the kernel deals out.

Processes that accept from one socket do so as they come: whoever wakes first takes what waits. Of forty-eight
clients at once one process of two got fewer than eight, and a core stood idle. On Linux connections to
sockets with ``SO_REUSEPORT`` are dealt out by a hash of their addresses instead.
"""

import socket
import sys
from typing import Final

DEALT: Final = sys.platform == "linux" and hasattr(socket, "SO_REUSEPORT")
"""Whether the kernel deals connections out; elsewhere ``SO_REUSEPORT`` is missing or gives all to one."""


class SharedSocket(socket.socket):
    """A bound socket that is opened anew, on the same address, in every process that it is sent to.

    It never listens itself, so no connection waits at it; it keeps the port while processes come and go.
    """

    def __reduce__(self) -> tuple[object, ...]:
        host, port = self.getsockname()[:2]
        return bound, (host, port)


def share(host: str, port: int) -> socket.socket:
    """Take an address for several processes; port 0 is any. Raises `OSError` where it is in use.

    Others of this user could bind an address with ``SO_REUSEPORT`` a second time, and would get a part of its
    clients: so it is first bound without.
    """
    plain = socket.socket(_family(host))
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        plain.bind((host, port))
    except OSError:
        plain.close()
        raise
    if not DEALT:
        return plain
    taken: int = plain.getsockname()[1]
    plain.close()
    return bound(host, taken)


def bound(host: str, port: int) -> SharedSocket:
    """Bind one more socket to an address that is shared."""
    opened = SharedSocket(_family(host))
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    opened.bind((host, port))
    return opened


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
