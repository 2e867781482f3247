"""The list of communes on any 1 January, told back and forth from the list that is on the map."""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from operator import itemgetter

import pandas as pd

from layers.catalog import Catalog
from layers.levels import finest_layer
from preprocess.sources import Sources
from preprocess.vintage import COLUMNS, DAY, Step, days_of, follow, whole_events
from tileserver.errors import SourceError

NAMES = ("LIBELLE_AV", "LIBELLE_AP")
FIRST = 1943
"""The year at which INSEE's table of movements begins."""


class History:
    """What became of each code, between the editions of the list of communes.

    `reference` are the codes of edition `edition`, those that figures are carried to. `movements` has
    the columns of `preprocess.vintage.COLUMNS` and `NAMES` as text, or is None where there is no such
    table: every edition is then taken for the reference. A *place in time* counts the steps of events
    (`preprocess.vintage.days_of`) that have passed. Raises `SourceError` naming `place` for a table that
    cannot be read.
    """

    def __init__(
        self, movements: pd.DataFrame | None, reference: Iterable[str], edition: int, place: str
    ) -> None:
        self.reference = frozenset(reference)
        self.edition = edition
        self.place = place
        self.known = movements is not None
        table = pd.DataFrame(columns=[*COLUMNS, *NAMES], dtype="str") if movements is None else movements
        events = whole_events(table, place)
        self._days = days_of(events)
        self._events = events
        # What happens inside communes counts here: it shows how far the table goes.
        told = table["DATE_EFF"].dropna()
        self._last = max([edition, *(int(day[:4]) for day in told[told.str.match(DAY.pattern)])])
        self._seen = self._sightings()
        self._lists: dict[int, frozenset[str]] = {self.at(edition): self.reference}

    @property
    def years(self) -> range:
        """The editions that can be told."""
        before_all = int(self._days[0][0][:4]) - 1 if self._days else self.edition
        return range(max(FIRST, min(before_all, self.edition)), self._last + 1)

    def at(self, year: int) -> int:
        """Return the place in time of an edition."""
        return bisect_right(self._days, f"{year}-01-01", key=itemgetter(0))

    def communes(self, year: int) -> frozenset[str]:
        """Return the codes of an edition.

        On each day the codes before its events give way to those after them; a commune that keeps its
        code through an event is among both. Raises `SourceError` for a year that the table does not
        reach.
        """
        if self.known and not FIRST <= year <= self._last:
            raise SourceError(
                f"{self.place}: its events run from {FIRST} to {self._last}, figures on the list of {year} "
                "cannot be carried; fetch the newer table, or correct `edition`"
            )
        place = self.at(year)
        if place not in self._lists:
            self._lists[place] = self._walk(place)
        return self._lists[place]

    def heirs(self, codes: Collection[str], place: int, goal: int | None = None) -> dict[str, set[str]]:
        """Return what each code at a place in time is at another, later or earlier: that of the reference."""
        return follow(codes, self._steps(place, goal))

    def touched(self, year: int) -> set[str]:
        """Return the codes that some event between an edition and the reference concerns."""
        return set().union(*self._steps(self.at(year)))

    def nearest(self, code: str, year: int) -> int | None:
        """Return the place in time nearest to an edition at which a code was a commune's; None if never."""
        seen, here = self._seen.get(code), self.at(year)
        return None if seen is None else min(seen, key=lambda place: (abs(place - here), -place))

    def day(self, place: int) -> str:
        """Return the day of the last event that has passed at a place in time."""
        return self._days[place - 1][0] if place else f"{FIRST}-01-01"

    def names(self, year: int) -> tuple[dict[str, str], dict[str, str]]:
        """Return the names of the codes that were touched: in the edition, and in the reference."""
        low, high = sorted((year, self.edition))
        events = self._events.sort_values("DATE_EFF", kind="stable")
        inside = events[(events["DATE_EFF"] > f"{low}-01-01") & (events["DATE_EFF"] <= f"{high}-01-01")]
        first = inside.drop_duplicates("COM_AV", keep="first")
        last = inside.drop_duplicates("COM_AP", keep="last")
        before = dict(zip(first["COM_AV"], first["LIBELLE_AV"], strict=True))
        after = dict(zip(last["COM_AP"], last["LIBELLE_AP"], strict=True))
        return (before, after) if year <= self.edition else (after, before)

    def _steps(self, place: int, goal: int | None = None) -> list[Step]:
        """Return the steps from a place in time to another, turned round where they lead back."""
        goal = self.at(self.edition) if goal is None else goal
        if place <= goal:
            return [became for _, became in self._days[place:goal]]
        return [_turned(became) for _, became in reversed(self._days[goal:place])]

    def _walk(self, place: int) -> frozenset[str]:
        goal = self.at(self.edition)
        codes = set(self.reference)
        if place <= goal:
            for _, became in reversed(self._days[place:goal]):
                codes.difference_update(*became.values())
                codes.update(became)
        else:
            for _, became in self._days[goal:place]:
                codes.difference_update(became)
                codes.update(*became.values())
        return frozenset(codes)

    def _sightings(self) -> dict[str, set[int]]:
        """Note the places in time at which an event shows that a code was a commune's."""
        seen: dict[str, set[int]] = {}
        for place, (_, became) in enumerate(self._days):
            for before, after in became.items():
                seen.setdefault(before, set()).add(place)
                for code in after:
                    seen.setdefault(code, set()).add(place + 1)
        return seen


def read_history(catalog: Catalog, folder: Sources, communes: Iterable[str]) -> History:
    """Return the history of the communes of the finest layer, whose codes are `communes`.

    The table of movements is that of the layer's ``detail``. Where none is declared, or its file is not
    in the folder, nothing is known of other editions, and each source on one says so.
    """
    layer = finest_layer(catalog.layers)[1]
    edition = catalog.sources[str(layer.source)].edition
    if edition is None:
        place = folder.place(str(layer.source))
        raise SourceError(f"{place}: its declaration lacks `edition`, the year of its commune list")
    movements = None if layer.detail is None else layer.detail.movements
    if movements is None or not folder.has(movements):
        return History(None, communes, edition, folder.place(str(layer.source)))
    table = folder.table(movements, (*COLUMNS, *NAMES))
    return History(table, communes, edition, folder.place(movements))


def _turned(became: Step) -> Step:
    before: dict[str, set[str]] = {}
    for code, after in became.items():
        for other in after:
            before.setdefault(other, set()).add(code)
    return before
