"""How long work tells where it stands, without knowing who listens."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Step(Protocol):
    """A running step."""

    def advance(self, amount: int = 1) -> None:
        """Say that `amount` more units of the step's total are done."""


class Progress(Protocol):
    """A listener: the command line draws bars, a test keeps silent."""

    def step(self, title: str, total: int | None = None) -> AbstractContextManager[Step]:
        """Open a step of `total` units (unknown when None); leaving the context ends it."""


class Silent:
    """A progress that nobody watches."""

    @contextmanager
    def step(self, title: str, total: int | None = None) -> Iterator["Silent"]:
        """Do nothing."""
        del title, total
        yield self

    def advance(self, amount: int = 1) -> None:
        """Do nothing."""
