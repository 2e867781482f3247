"""Class breaks: every value in exactly one class, counts that are true, limits that can be read."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from styles.classify import Method, classify, count_classes, find_breaks

METHODS: tuple[Method, ...] = tuple(method for method in get_args(Method) if method != "fixed")

END = 2**31
"""Where whole numbers of 32 bits end, in which most values are sorted."""

numbers = st.lists(
    st.one_of(
        st.none(),
        st.integers(-10_000, 10_000_000),
        st.sampled_from([0, 0, 0, 1, 7]),
        st.builds(lambda sign, near: sign * (END + near), st.sampled_from([-1, 1]), st.integers(-3, 3)),
    ),
    max_size=200,
)


@given(numbers, st.integers(1, 9), st.integers(0, 3), st.sampled_from(["quantile", "equal"]))
def test_every_value_is_in_exactly_one_class_and_counted_there(
    values: list[int | None], classes: int, precision: int, method: Method
) -> None:
    """Against counting one by one, with the same comparison as a style's step expression."""
    array = np.array([np.nan if value is None else value / 10**precision for value in values], np.float64)
    found = classify(array, classes, precision, method)
    present = array[np.isfinite(array)]
    assert found.missing == len(values) - len(present)
    assert list(found.breaks) == sorted(set(found.breaks))
    if not len(present):
        assert found.counts == ()
        return
    counts = [0] * (len(found.breaks) + 1)
    for value in present:
        counts[sum(value >= limit for limit in found.breaks)] += 1
    assert found.counts == tuple(counts)
    assert min(counts) > 0
    assert len(counts) <= classes
    assert (found.minimum, found.maximum) == (present.min(), present.max())
    assert all(round(limit, precision) == limit for limit in found.breaks)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("values", "counts"),
    [([], ()), ([np.nan], ()), ([3.0, 3, 3], (3,)), ([1.0, 2, np.nan], (1, 1)), ([0.0, np.inf], (1,))],
)
def test_empty_and_constant_columns_have_no_break_to_show(
    values: list[float], counts: tuple[int, ...], method: Method
) -> None:
    """No class for no value; one class for one value."""
    assert classify(np.array(values), 7, 0, method).counts == counts


def test_breaks_are_round_and_classes_nearly_even() -> None:
    """Quantiles of a skewed list, as populations are."""
    values = np.random.default_rng(3).lognormal(11, 1, 183).round()
    found = classify(values, 7, 0)
    assert len(found.counts) == 7
    assert all(len(str(int(limit)).rstrip("0")) <= 2 for limit in found.breaks)
    assert max(found.counts) < 2 * min(found.counts)


def test_a_mass_of_equal_values_is_a_class_of_its_own() -> None:
    """Zeros mostly; the other classes share the rest evenly."""
    values = np.concatenate([np.zeros(500), np.random.default_rng(1).uniform(1, 2, 300).round(2)])
    found = classify(values, 7, 2)
    assert found.counts[0] == 500
    assert len(found.counts) == 7
    assert max(found.counts[1:]) < 2 * min(found.counts[1:])


def test_equal_classes_have_about_the_same_width() -> None:
    """Within the slack that rounding may take."""
    found = classify(np.arange(0, 700, dtype=np.float64), 7, 0, "equal")
    assert found.breaks == (100, 200, 300, 400, 500, 600)


def test_jenks_finds_the_gaps() -> None:
    """Three heaps, two breaks between them."""
    values = np.array([1, 2, 3, 50, 51, 52, 53, 900, 910], np.float64)
    found = classify(values, 3, 0, "jenks")
    assert found.counts == (3, 4, 2)
    assert found.breaks == (50, 500)


def test_limits_that_are_given_are_kept_also_where_a_class_is_empty() -> None:
    """Those of another year, or declared ones; a value on a limit is in the class above it."""
    found = count_classes(np.array([1.0, 10, 10.5, np.nan]), (10.0, 20.0), 1)
    assert (found.breaks, found.counts, found.missing) == ((10.0, 20.0), (1, 2, 0), 1)
    assert count_classes(np.array([np.nan]), (10.0,), 0).counts == (0, 0)
    with pytest.raises(ValueError, match="declared"):
        find_breaks(np.array([1.0, 2.0]), 3, 0, "fixed")
