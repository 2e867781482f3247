"""What is known of a published figure. Stored as a byte beside it, told to people and tiles as a slug."""

from enum import IntEnum


class Status(IntEnum):
    """The status of a figure, from the best to the least known.

    ``ESTIMATED`` was shared out from another zoning; ``PARTIAL`` lacks some of its parts (secret or missing)
    and stands for the share of weight that is known. The last three have no value: ``SECRET`` is withheld by
    the producer, ``MISSING`` is not known, ``NOT_APPLICABLE`` has no meaning there.
    """

    OK = 0
    ESTIMATED = 1
    PARTIAL = 2
    SECRET = 3
    MISSING = 4
    NOT_APPLICABLE = 5

    @property
    def slug(self) -> str:
        """The name of the status in tiles, tables and addresses."""
        return self.name.lower()

    @property
    def has_value(self) -> bool:
        """Whether a figure of this status has a value."""
        return self <= Status.PARTIAL


SLUGS: tuple[str, ...] = tuple(status.slug for status in Status)
"""The slugs, by the byte that is stored."""
