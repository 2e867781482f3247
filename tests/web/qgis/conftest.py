"""A server over the demo country whose answers are noted, and the real QGIS beside it."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.web.app import create_app

INSIDE = Path(__file__).with_name("inside.py")

INSTALL = "no QGIS on this machine: on Debian or Ubuntu, apt-get install python3-qgis qgis-providers"

_PYTHON = "/usr/bin/python3"
"""The system's, for which Debian builds the bindings."""

Ask = Callable[[str, dict[str, Any]], dict[str, Any]]


@dataclass
class Site:
    """A running server: its address, and path, query and status of every answer."""

    address: str
    answers: list[tuple[str, str, int]] = field(default_factory=list)


class _Noting:
    """Middleware that notes what is asked for, and what the answer was."""

    def __init__(self, app: ASGIApp, answers: list[tuple[str, str, int]]) -> None:
        self._app = app
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = (scope["path"], scope["query_string"].decode(), message["status"])
                self._answers.append(told)
            await send(message)

        await self._app(scope, receive, noting if scope["type"] == "http" else send)


@pytest.fixture(scope="module")
def site(demo_store: Path) -> Iterator[Site]:
    """Serve the demo country."""
    with noted(demo_store) as served:
        yield served


@contextmanager
def noted(store: Path) -> Iterator[Site]:
    """Serve a store, and note what is asked for."""
    answers: list[tuple[str, str, int]] = []
    app = create_app(Settings(store=store))
    with serving(_Noting(app, answers)) as address:  # type: ignore[arg-type]  # uvicorn takes any ASGI app
        answers.clear()
        yield Site(address, answers)


def _has_bindings() -> bool:
    if shutil.which(_PYTHON) is None:
        return False
    done = subprocess.run([_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False)
    return done.returncode == 0


@pytest.fixture(scope="session")
def qgis() -> str:
    """Give the Python that has the bindings of QGIS; skip where there is none."""
    return python_of_qgis()


def python_of_qgis() -> str:
    """Find that Python; skip where there is none."""
    if not _has_bindings():
        pytest.skip(INSTALL)
    return _PYTHON


@pytest.fixture
def ask(qgis: str, site: Site, tmp_path: Path) -> Ask:
    """Give a function that opens a document of the server in QGIS and does a task with it."""
    return asking(qgis, site, tmp_path)


def asking(qgis: str, site: Site, tmp_path: Path) -> Ask:
    """Give that function for any server; `qgis` is the Python that has the bindings."""

    def run(path: str, task: dict[str, Any]) -> dict[str, Any]:
        document = tmp_path / Path(path.split("?", maxsplit=1)[0]).name
        answer = httpx.get(f"{site.address}/{path}", timeout=60)
        assert answer.status_code == 200, answer.text
        document.write_bytes(answer.content)
        (tmp_path / "task.json").write_text(json.dumps({**task, "document": str(document)}))
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
        done = subprocess.run(
            [qgis, str(INSIDE), str(tmp_path / "task.json"), str(tmp_path / "answer.json")],
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads((tmp_path / "answer.json").read_text())
        return told

    return run
