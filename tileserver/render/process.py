"""What a process that only draws does before its first picture."""

import os
import signal
from multiprocessing import parent_process
from multiprocessing.connection import wait
from threading import Thread


def begin() -> None:
    """Leave ^C to the process that this one draws for, end with it, and load what draws."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    from tileserver.render.raster import rasterise

    rasterise('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', "webp", with_text=False)


def _end_with_parent() -> None:
    """Wait for the end of the parent; killed, it can't tell a child that waits for work."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
