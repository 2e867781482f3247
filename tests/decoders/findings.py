"""What is found wrong with a tile, and where.

An *error* is something that the specification says MUST (NOT) be, or that makes bytes unreadable; a
*warning* what it says SHOULD (NOT) be, or that readers are known to take in different ways. What can
be read is read: one broken feature does not hide the next.
"""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: where, which rule, the section that it is in, and how bad it is."""

    where: str
    rule: str
    section: str
    level: Literal["error", "warning"]


@dataclass(slots=True)
class Findings:
    """What was found in one message and those within it; ``where`` leads there."""

    where: str = "tile"
    found: list[Finding] = field(default_factory=list)

    def within(self, place: str) -> "Findings":
        """Go on inside a message of this one, into the same list."""
        return Findings(f"{self.where}, {place}", self.found)

    def note(self, rule: str, section: str, fatal: bool) -> None:
        """Keep a broken rule: an error when `fatal`, else a warning."""
        self.found.append(Finding(self.where, rule, section, "error" if fatal else "warning"))

    def error(self, rule: str, section: str) -> None:
        """Keep a broken MUST."""
        self.note(rule, section, True)

    def warn(self, rule: str, section: str) -> None:
        """Keep a broken SHOULD."""
        self.note(rule, section, False)

    def odd(self, what: str) -> None:
        """Keep an oddity of the wire format."""
        self.warn(what, "2")
