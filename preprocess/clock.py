"""Named steps of a build, and how long each took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from preprocess.progress import Progress, Step


@dataclass(slots=True)
class Clock:
    """A `Progress` that hands steps on to another, and remembers the seconds of each by its title."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, title: str, total: int | None = None) -> Iterator[Step]:
        """Open a step of `total` units."""
        begun = time.monotonic()
        with self.progress.step(title, total) as step:
            yield step
        self.seconds[title] = round(time.monotonic() - begun, 2)
