"""The process that draws: no ^C stops it, and it does not outlive the one that it draws for."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PARENT = """
from multiprocessing import active_children
from tileserver.web.painter import Painter

if __name__ == "__main__":
    painter = Painter()
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>'
    painter.draw(svg, with_text=False)
    print(active_children()[0].pid, flush=True)
    input()
    print(len(painter.draw(svg, with_text=False)), flush=True)
    input()
"""


def test_the_process_that_draws_ends_with_its_parent_and_not_by_an_interrupt(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(child, signal.SIGINT)
        parent.stdin.write("\n")
        parent.stdin.flush()
        assert int(parent.stdout.readline()) > 0
        parent.kill()
    limit = time.monotonic() + 30
    while _runs(child):
        if time.monotonic() > limit:
            pytest.fail("the process that draws is still there")
        time.sleep(0.02)


def _runs(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat")
        if stat.exists():  # one that nobody waits for remains as a zombie
            return stat.read_text().rpartition(")")[2].split()[0] != "Z"
        os.kill(process, 0)
    except (ProcessLookupError, FileNotFoundError):
        return False
    return True
