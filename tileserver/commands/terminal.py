"""The consoles that commands write to; made at the first word, because rich takes 30 ms to load."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


@cache
def terminal(*, stderr: bool = False) -> "Console":
    """Give the console of standard output or of standard error."""
    from rich.console import Console

    return Console(stderr=stderr)
