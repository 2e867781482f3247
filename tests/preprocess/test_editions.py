"""Figures of communes carried from the edition of a file to the reference edition."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from preprocess.crossing import Crossing, cross
from preprocess.editions import Rule, carry_values
from preprocess.figures.table import Figures
from preprocess.history import NAMES, History
from preprocess.passages import Origin
from preprocess.vintage import COLUMNS
from tileserver.errors import SourceError
from tileserver.store.status import Status

A, B, C, D, E = "01001", "01002", "01003", "01004", "01005"
NO_STATUS: Mapping[str, Status] = {}

Event = tuple[str, str, str, str]


def movements(*rows: Event, names: Mapping[tuple[str, str], str] | None = None) -> pd.DataFrame:
    """Return movements from rows of MOD, date, code before, code after; names by (date, code after)."""
    named = names or {}
    listed = [
        (mod, day, "COM", old, "COM", new, f"before {old}", named.get((day, new), f"after {new}"))
        for mod, day, old, new in rows
    ]
    return pd.DataFrame(listed, columns=[*COLUMNS, *NAMES], dtype="str")


def history(reference: str, *rows: Event, names: Mapping[tuple[str, str], str] | None = None) -> History:
    """Return the history of the communes that `reference` names by their last figures, edition 2025."""
    codes = [f"0100{figure}" for figure in reference]
    return History(movements(*rows, names=names), codes, 2025, "mouvements.csv")


def figures(values: Mapping[str, float], status: Mapping[str, Status] = NO_STATUS) -> Figures:
    """Return figures, ok where there is a number; `status` says otherwise."""
    states = [status.get(code, Status.OK) for code in values]
    valued = np.array([state.has_value for state in states])
    return Figures(
        codes=pd.Index(values, dtype="str"),
        value=np.where(valued, list(values.values()), np.nan),
        status=np.array(states, dtype=np.uint8),
        known=valued.astype(np.float64),
        weight=np.ones(len(values)),
    )


def way(
    past: History, codes: pd.Index, edition: int = 2018, population: Mapping[str, float] | None = None
) -> Crossing:
    return cross(past, Origin("file", edition), codes, population)


def carry(
    past: History,
    given: Figures,
    rule: Rule = "sum",
    weight: list[float] | None = None,
    population: Mapping[str, float] | None = None,
) -> dict[str, tuple[float, str]]:
    """Return the value and the status of each reached commune."""
    crossing = way(past, given.codes, population=population)
    weights = None if weight is None else np.array(weight)
    carried, _ = carry_values(given, crossing, rule, label="x", weight=weights)
    slugs = [Status(byte).slug for byte in carried.status]
    return dict(zip(carried.codes, zip(carried.value.tolist(), slugs, strict=True), strict=True))


def rules(crossing: Crossing) -> dict[str, list[str]]:
    """Return the keys of the findings by rule."""
    found: dict[str, list[str]] = {}
    for finding in crossing.findings:
        found.setdefault(finding.rule, []).append(finding.key)
    return found


MERGER = (("32", "2019-01-01", A, A), ("32", "2019-01-01", B, A))
DIVISION = (("21", "2019-01-01", A, A), ("21", "2019-01-01", A, B))


def test_what_merged_is_added_up() -> None:
    assert carry(history("1", *MERGER), figures({A: 3, B: 4})) == {A: (7, "ok")}


def test_a_commune_without_event_keeps_its_figure_to_the_last_bit_and_is_no_finding() -> None:
    past, given = history("13", *MERGER), figures({C: 0.1 + 0.2})
    assert carry(past, given) == {C: (0.1 + 0.2, "ok")}
    assert way(past, given.codes).findings == ()


def test_a_change_of_code_is_followed_whatever_the_rule() -> None:
    past = history("3", ("50", "2021-01-01", A, B), ("41", "2023-06-01", B, C))
    every: tuple[Rule, ...] = ("sum", "weighted_mean", "none")
    for rule in every:
        assert carry(past, figures({A: 2.5}), rule) == {C: (2.5, "ok")}
    assert rules(way(past, pd.Index([A]))) == {"edition-recoded": [C]}


def test_a_divided_commune_is_shared_by_population_and_is_estimated() -> None:
    shared = carry(history("12", *DIVISION), figures({A: 8}), population={A: 300, B: 100})
    assert shared == {A: (6, "estimated"), B: (2, "estimated")}


@pytest.mark.parametrize("population", [None, {A: 5}, {A: 0, B: 0}, {A: math.nan, B: 2}])
def test_without_a_population_a_divided_commune_is_shared_equally(population: Mapping[str, float]) -> None:
    shared = carry(history("12", *DIVISION), figures({A: 8}), population=population)
    assert shared == {A: (4, "estimated"), B: (4, "estimated")}


def test_shares_of_whole_numbers_add_up_without_rounding() -> None:
    past = history("123", *DIVISION, ("21", "2019-01-01", A, C))
    shared = carry(past, figures({A: 1_000_003}), population={A: 1, B: 1, C: 1})
    assert math.fsum(value for value, _ in shared.values()) == 1_000_003


def test_a_chain_over_years_is_resolved() -> None:
    past = history("34", *MERGER, ("41", "2021-01-01", A, C), ("32", "2023-01-01", E, C))
    assert carry(past, figures({A: 1, B: 2, E: 4, D: 8})) == {C: (7, "ok"), D: (8, "ok")}


def test_codes_exchanged_on_one_day_are_exchanged() -> None:
    past = history("12", ("41", "2020-01-01", A, B), ("41", "2020-01-01", B, A))
    assert carry(past, figures({A: 1, B: 2})) == {A: (2, "ok"), B: (1, "ok")}


def test_a_code_of_one_day_leads_on_to_the_merger_of_that_day() -> None:
    past = history("1", ("41", "2019-01-01", C, B), *MERGER)
    assert past.communes(2018) == {A, C}
    assert carry(past, figures({A: 1, C: 2})) == {A: (3, "ok")}


def test_a_merger_with_a_secret_part_is_partial_and_made_of_the_others() -> None:
    given = figures({A: 3, B: 4}, {B: Status.SECRET})
    carried, _ = carry_values(given, way(history("1", *MERGER), given.codes), "sum", label="x")
    assert carried.value.tolist() == [3]
    assert carried.status.tolist() == [Status.PARTIAL]
    assert carried.known.tolist() == [0.5]
    assert carried.weight.tolist() == [2]


def test_the_share_known_goes_by_weight() -> None:
    given = figures({A: 3, B: 4}, {B: Status.MISSING})
    weighed = Figures(given.codes, given.value, given.status, given.known, np.array([30.0, 10.0]))
    carried, _ = carry_values(weighed, way(history("1", *MERGER), given.codes), "sum", label="x")
    assert carried.known.tolist() == [0.75]
    assert carried.weight.tolist() == [40]


@pytest.mark.parametrize(
    ("first", "second", "slug"),
    [
        (Status.SECRET, Status.SECRET, "secret"),
        (Status.SECRET, Status.MISSING, "secret"),
        (Status.MISSING, Status.NOT_APPLICABLE, "missing"),
        (Status.NOT_APPLICABLE, Status.NOT_APPLICABLE, "not_applicable"),
    ],
)
def test_a_merger_of_parts_without_a_value_has_none(first: Status, second: Status, slug: str) -> None:
    result = carry(history("1", *MERGER), figures({A: 3, B: 4}, {A: first, B: second}))
    assert math.isnan(result[A][0])
    assert result[A][1] == slug


def test_where_a_part_does_not_apply_the_others_are_the_whole() -> None:
    result = carry(history("1", *MERGER), figures({A: 3, B: 4}, {B: Status.NOT_APPLICABLE}))
    assert result == {A: (3, "ok")}


def test_a_merged_rate_is_the_mean_by_weight() -> None:
    result = carry(history("1", *MERGER), figures({A: 10, B: 20}), "weighted_mean", weight=[3, 1])
    assert result == {A: (12.5, "ok")}


def test_a_merged_rate_without_a_weight_is_missing_and_told() -> None:
    past, given = history("1", *MERGER), figures({A: 10, B: 20})
    carried, findings = carry_values(given, way(past, given.codes), "weighted_mean", label="rate")
    assert carried.status.tolist() == [Status.MISSING]
    assert [finding.rule for finding in findings] == ["edition-rate"]
    assert A in findings[0].message


def test_a_part_without_a_weight_leaves_the_mean_partial() -> None:
    given = figures({A: 10, B: 20})
    result = carry(history("1", *MERGER), given, "weighted_mean", weight=[3, math.nan])
    assert result == {A: (10, "partial")}


def test_each_heir_of_a_divided_commune_has_its_rate() -> None:
    result = carry(history("12", *DIVISION), figures({A: 7.3}), "weighted_mean")
    assert result == {A: (7.3, "estimated"), B: (7.3, "estimated")}


def test_a_figure_that_nothing_carries_is_missing_where_ground_changed() -> None:
    for past in (history("1", *MERGER), history("12", *DIVISION)):
        result = carry(past, figures({A: 10, B: 20}) if past.reference == {A} else figures({A: 1}), "none")
        assert {slug for _, slug in result.values()} == {"missing"}


def test_a_part_without_a_row_leaves_the_sum_partial() -> None:
    past = history("1", *MERGER, ("32", "2019-01-01", C, A))
    given = figures({A: 3, B: 4})
    crossing = way(past, given.codes)
    carried, _ = carry_values(given, crossing, "sum", label="x")
    assert carried.status.tolist() == [Status.PARTIAL]
    assert carried.known.tolist() == [pytest.approx(2 / 3)]
    assert rules(crossing) == {"edition-merged": [A], "edition-lacking": [A]}


def test_a_row_under_the_code_of_the_merged_commune_alone_is_taken_for_the_whole() -> None:
    past = history("1", *MERGER)
    assert carry(past, figures({A: 3})) == {A: (3, "ok")}
    assert rules(way(past, pd.Index([A]))) == {"edition-mixed": ["01"]}


def test_a_code_of_the_reference_in_an_older_file_stays() -> None:
    past = history("34", ("32", "2019-01-01", A, C), ("32", "2019-01-01", B, C))
    assert carry(past, figures({C: 9, D: 1})) == {C: (9, "ok"), D: (1, "ok")}
    assert rules(way(past, pd.Index([C, D]))) == {"edition-mixed": ["01"]}


def test_the_parts_of_a_commune_that_has_a_row_of_its_own_are_not_added_to_it() -> None:
    past = history("3", ("32", "2019-01-01", A, C), ("32", "2019-01-01", B, C))
    given = figures({A: 4, B: 5, C: 9})
    crossing = way(past, given.codes)
    carried, findings = carry_values(given, crossing, "sum", label="x")
    assert carried.value.tolist() == [9]
    assert rules(crossing)["edition-inside"] == [A, B]
    assert findings[0].message.startswith("x: 9 of 18 is in rows that were left out: 01001, 01002")


def test_where_an_heir_has_a_row_the_divided_commune_keeps_its_own() -> None:
    assert carry(history("12", *DIVISION), figures({A: 6, B: 2})) == {A: (6, "ok"), B: (2, "ok")}


def test_a_commune_that_merged_before_the_edition_is_followed_and_told() -> None:
    past = history("1", ("32", "2016-01-01", A, A), ("32", "2016-01-01", B, A))
    assert carry(past, figures({A: 3, B: 4})) == {A: (7, "ok")}
    crossing = way(past, pd.Index([A, B]))
    assert rules(crossing) == {"edition-merged": [A], "edition-other": [B]}
    assert "added to the row of 01001" in crossing.findings[-1].message


def test_a_code_between_two_editions_is_followed_from_its_birth() -> None:
    past = history("3", ("50", "2020-01-01", A, B), ("50", "2022-01-01", B, C))
    assert carry(past, figures({B: 4})) == {C: (4, "ok")}


def test_a_code_that_never_was_is_lost_and_its_figure_told() -> None:
    given = figures({A: 3, "99999": 4})
    crossing = way(history("1"), given.codes)
    carried, findings = carry_values(given, crossing, "sum", label="x")
    assert carried.codes.tolist() == [A]
    assert rules(crossing) == {"edition-lost": ["99999"]}
    assert [finding.rule for finding in findings] == ["edition-loss"]


NAMED = {("2024-01-01", A): "before 01001", ("2024-01-01", B): "before 01002"}
UNDONE = (
    *MERGER,
    ("21", "2024-01-01", A, A),
    ("21", "2024-01-01", A, B),
)


def test_communes_that_merged_and_came_apart_keep_their_own_figures() -> None:
    past = history("12", *UNDONE, names=NAMED)
    assert carry(past, figures({A: 3, B: 4})) == {A: (3, "ok"), B: (4, "ok")}
    assert rules(way(past, pd.Index([A, B]))) == {"edition-restored": [A, B]}


def test_what_is_not_restored_goes_to_what_is_left_of_the_merger() -> None:
    # of three that merged into A, only B came out again
    past = history("12", ("32", "2019-01-01", C, A), *UNDONE, names={("2024-01-01", B): "before 01002"})
    assert carry(past, figures({A: 1, B: 2, C: 4})) == {A: (5, "ok"), B: (2, "ok")}


def test_a_merged_row_of_communes_that_came_apart_is_shared() -> None:
    past = history("12", *UNDONE, names=NAMED)
    crossing = cross(past, Origin("file", 2020), pd.Index([A]), {A: 1, B: 3})
    carried, _ = carry_values(figures({A: 8}), crossing, "sum", label="x")
    assert carried.value.tolist() == [2, 6]


def test_figures_of_a_later_edition_are_carried_back() -> None:
    past = History(movements(("32", "2026-01-01", A, A), ("32", "2026-01-01", B, A)), [A, B, C], 2025, "m")
    crossing = cross(past, Origin("file", 2026), pd.Index([A, C]), {A: 1, B: 3})
    carried, _ = carry_values(figures({A: 8, C: 5}), crossing, "sum", label="x")
    assert carried.value.tolist() == [2, 6, 5]
    assert carried.status.tolist() == [Status.ESTIMATED, Status.ESTIMATED, Status.OK]


@pytest.mark.parametrize("edition", [1942, 2027])
def test_an_edition_beyond_the_movements_is_refused(edition: int) -> None:
    past = history("1", ("32", "2026-01-01", B, A))
    with pytest.raises(SourceError, match=r"mouvements.csv: its events run from 1943 to 2026, .* fetch"):
        way(past, pd.Index([A]), edition=edition)


def test_without_movements_codes_are_taken_as_they_are_and_it_is_said() -> None:
    past = History(None, [A, B], 2025, "communes.csv")
    crossing = way(past, pd.Index([A, C]))
    assert crossing.reached.tolist() == [A]
    assert rules(crossing) == {"edition-unlinked": [""], "edition-lost": [C]}
    assert cross(past, Origin("file", 2025), pd.Index([A]), {}).findings == ()


def test_a_list_of_communes_is_told_back_and_forth() -> None:
    past = history("1", *MERGER, ("21", "2026-01-01", A, C), ("21", "2026-01-01", A, A))
    assert past.communes(2018) == {A, B}
    assert past.communes(2025) == {A}
    assert past.communes(2026) == {A, C}


def test_a_wrong_edition_is_told_with_the_one_that_fits() -> None:
    olds = [f"02{number:03d}" for number in range(20)]
    past = History(movements(*(("32", "2016-01-01", old, A) for old in olds)), [A, B], 2025, "m")
    crossing = cross(past, Origin("file", 2018), pd.Index([B, *olds]), {})
    doubt = next(finding for finding in crossing.findings if finding.rule == "edition-doubtful")
    assert "the communes of 2018, and 20 codes speak against it; 2015 fits best" in doubt.message
    fits = cross(past, Origin("file", 2015), pd.Index([B, *olds]), {})
    assert "edition-doubtful" not in rules(fits)


def test_figures_of_other_codes_than_the_crossing_are_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="other codes"):
        carry_values(figures({A: 1}), way(history("12"), pd.Index([A, B])), "sum", label="x")
