"""How a map shows that a figure is not simply known: hatching, never a colour of the scale."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from styles.palettes import NO_DATA
from styles.words import Words

INK: Final = "#6b7178"
_OVER: Final = "#26323b"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern of the plane: lines or dots of ``width``, ``spacing`` apart, both in CSS pixels.

    ``angles``: of each set of lines, degrees anticlockwise from the x axis; none: dots on a square grid.
    ``ground``: the colour below; None leaves that of the class, over which the pattern is drawn.
    """

    angles: tuple[int, ...]
    spacing: float
    width: float
    colour: str
    opacity: float
    ground: str | None


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """A status on a map: ``count`` territories have it.

    ``everywhere``: all that have a value have it, so that it tells nothing apart: it is said in the legend
    and not drawn.
    """

    status: str
    count: int
    label: Words
    pattern: Pattern
    everywhere: bool


_LABELS: Final[Mapping[str, Words]] = {
    "missing": Words("pas de donnée", "no data"),
    "secret": Words("secret statistique", "withheld"),
    "not_applicable": Words("sans objet", "not applicable"),
    "partial": Words("partiel", "partial"),
    "estimated": Words("estimé", "estimated"),
}

PATTERNS: Final[Mapping[str, Pattern]] = {
    "missing": Pattern((45,), 6, 1, INK, 0.45, NO_DATA),
    "secret": Pattern((45, 135), 6, 1, INK, 0.7, NO_DATA),
    "not_applicable": Pattern((0,), 6, 1, INK, 0.6, NO_DATA),
    "partial": Pattern((135,), 5, 1, _OVER, 0.55, None),
    "estimated": Pattern((), 5, 1.4, _OVER, 0.5, None),
}
"""By slug, in the order of a legend: first those without a value."""

VALUELESS: Final = ("missing", "secret", "not_applicable")


def status_entries(counts: Mapping[str, int]) -> tuple[StatusEntry, ...]:
    """Describe the statuses that some territory has; ``ok`` needs no word. `counts` is by slug."""
    valued = sum(count for slug, count in counts.items() if slug not in VALUELESS)
    return tuple(
        StatusEntry(slug, counts[slug], _LABELS[slug], pattern, everywhere=_everywhere(slug, counts, valued))
        for slug, pattern in PATTERNS.items()
        if counts.get(slug)
    )


def _everywhere(slug: str, counts: Mapping[str, int], valued: int) -> bool:
    return slug not in VALUELESS and counts[slug] == valued


def count_statuses(told: Sequence[str | None], valued: Sequence[bool]) -> dict[str, int]:
    """Count territories by slug. A status that is not told is ``ok`` with a value, ``missing`` without."""
    counts: Counter[str] = Counter()
    for (slug, has_value), count in Counter(zip(told, valued, strict=True)).items():
        counts[slug or ("ok" if has_value else "missing")] += count
    return counts
