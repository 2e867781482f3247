"""The invented past of the demo country holds together."""

import numpy as np
import pytest

from preprocess.demo.country import Country, invent
from preprocess.demo.past import invent_past, on_list_of
from preprocess.progress import Silent


@pytest.fixture(scope="module")
def country() -> Country:
    with Silent().step("a country", total=8) as step:
        return invent(300, np.random.default_rng(7), step)


def test_what_left_another_commune_is_not_what_another_one_left(country: Country) -> None:
    counts = country.communes.set_index("code")[["pmun"]].astype("int64")
    for seed in range(300):
        past = invent_past(country, np.random.default_rng(seed))
        splits = [event for event in past.events if event.split]
        assert not {event.code for event in splits} & {event.gone for event in splits}
        before = on_list_of(2014, counts, past, np.random.default_rng(seed))
        assert before.pmun.sum() == counts.pmun.sum()
