"""The state of a map in its address: read strictly, written so that equal states are equal texts."""

from urllib.parse import parse_qsl

import pytest

from tests.web.country import country
from tileserver.errors import RequestError
from tileserver.web.mapstate import At, MapState, read_state
from tileserver.web.snapshot import Snapshot

SHOT = Snapshot(country())


def read(query: str) -> MapState:
    return read_state(SHOT, dict(parse_qsl(query, keep_blank_values=True)))


def test_an_empty_address_is_the_first_indicator_of_the_territoires_dindustrie() -> None:
    state = read("")
    assert (state.level, state.layer.entry.id, state.lang, state.query) == ("ti", "ti", "fr", "")
    assert state.indicator is not None
    assert state.indicator.id == "population"


def test_every_part_of_a_state_is_read() -> None:
    state = read(
        "level=region&indicator=density&form=fill&method=jenks&classes=4&palette=OrRd&show=friches&selected=52"
        "&compare=11,94&filter=population%3E10&at=5.2/46.5/-2.6&lang=en&theme=dark"
    )
    assert (state.level, state.look.method, state.look.classes, state.show) == (
        "region",
        "jenks",
        4,
        ("friches",),
    )
    assert (state.selected, state.compare, state.lang, state.theme) == ("52", ("11", "94"), "en", "dark")
    assert state.at == At(5.2, 46.5, -2.6)
    assert state.filter is not None
    found = state.map(SHOT)
    assert found is not None
    assert found.method == "jenks"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("indicator=density&level=ti", "level=ti&indicator=density"),
        ("compare=11,11,,52", "compare=11,52"),
        ("at=5.200/46.500000001/2.6", "at=5.2/46.5/2.6"),
        ("lang=fr&show=", ""),
    ],
)
def test_equal_states_are_written_alike_and_read_back(one: str, other: str) -> None:
    query = read(one).query
    assert query == read(other).query == read(query).query


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("level=canton", "there is no level 'canton'"),
        ("indicator=happiness", "there is no indicator 'happiness'"),
        ("level=commune&indicator=density", "does not exist at level commune"),
        ("indicator=density&year=2020", "has no year 2020"),
        ("indicator=density&form=circles", "it is drawn as fill"),
        ("show=regions", "a map can show friches"),
        ("selected=99", "there is no territory '99'"),
        ("compare=11,52,94,93,84", "at most 4"),
        ("at=5/46", "it is zoom/latitude/longitude"),
        ("at=5/95/2", "off the map"),
        ("lang=de", "it is fr or en"),
        ("theme=pink", "one of light dark"),
        ("filter=population%20%3E", "filter"),
    ],
)
def test_what_no_map_can_show_is_a_bad_request_in_one_sentence(query: str, sentence: str) -> None:
    with pytest.raises(RequestError) as refused:
        read(query)
    assert refused.value.status == 400
    assert sentence in str(refused.value)
