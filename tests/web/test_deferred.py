"""Handlers named by where they are: all can be found, and a start loads none of them."""

import inspect
import subprocess
import sys

import pytest

from tileserver.web.deferred import Deferred
from tileserver.web.routes import ROUTES


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_every_route_names_a_handler_that_says_what_it_serves(route: Deferred) -> None:
    handler = route.handler()
    assert inspect.iscoroutinefunction(handler)
    assert inspect.getdoc(handler)
    assert route.handler() is handler


def test_a_handler_that_is_not_there_is_not_passed_over() -> None:
    with pytest.raises(AttributeError, match="no_such"):
        Deferred("/", "health:no_such").handler()
    with pytest.raises(ModuleNotFoundError, match="nowhere"):
        Deferred("/", "nowhere:page").handler()


def test_making_the_application_loads_no_handler() -> None:
    """In a process of its own: here other tests have loaded them long ago."""
    program = (
        "import sys, tileserver.web.app\n"
        "from tileserver.web.routes import ROUTES\n"
        "named = {'tileserver.web.' + route.where.partition(':')[0] for route in ROUTES}\n"
        "print(*sorted(named & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
