"""Selections of properties: declared defaults, explicit lists, and what is wrong with a list."""

import pytest
from msgspec.structs import replace

from tests.web.country import country
from tileserver.errors import RequestError
from tileserver.store.manifest import FieldRole, LayerEntry
from tileserver.tiles.selection import fields, select

ENTRY = country().layers["ti"].entry


@pytest.mark.parametrize(
    ("properties", "indicators", "names"),
    [
        (None, None, "code name nature population density"),
        ("", "", "code name"),
        ("", None, "code name population density"),
        ("remark", "jobs", "code name remark jobs"),
        ("remark,nature", "jobs,population", "code name nature remark population jobs"),
    ],
)
def test_lists_choose_fields_in_the_order_of_the_layer(
    properties: str | None, indicators: str | None, names: str
) -> None:
    """None is the defaults, '' is none of the kind; code and name are always there."""
    chosen = select(ENTRY, properties, indicators)
    assert " ".join(field.id for field in fields(ENTRY, chosen)) == names


def test_equal_choices_are_equal_selections() -> None:
    """Whatever the order: one cache entry."""
    assert select(ENTRY, "", "jobs,density") == select(ENTRY, "", "density,jobs")


@pytest.mark.parametrize(
    ("properties", "indicators", "message"),
    [
        (None, "wealth", "indicators asks for 'wealth', .* density, jobs, population"),
        ("population", None, "properties asks for 'population', .* nature, remark"),
        ("code", None, "'code'"),
        (None, "jobs,jobs", "jobs more than once"),
        (None, "jobs,", "''"),
        (None, "jobs density", "'jobs density'"),
        (None, "JOBS", "'JOBS'"),
        (None, "a" * 2001, "2001 characters"),
        (None, ",".join("a" * 65), "65 names"),
    ],
)
def test_a_wrong_list_says_what_is_wrong(
    properties: str | None, indicators: str | None, message: str
) -> None:
    """With the names that there are."""
    with pytest.raises(RequestError, match=message):
        select(ENTRY, properties, indicators)


def with_status() -> LayerEntry:
    """Give a layer whose density is partial in places, for one of its periods in others."""
    told = {
        "density": {"status": "density_status", "known": "density_known"},
        "density@2020": {"status": "density_status@2020"},
    }
    names: list[tuple[str, FieldRole]] = [
        ("code", "code"), ("name", "name"), ("population", "indicator"), ("density", "indicator"),
        ("density@2020", "indicator"), ("density_status", "status"), ("density_known", "known"),
        ("density_status@2020", "status"),
    ]  # fmt: skip
    made = [
        replace(
            ENTRY.fields[0], id=name, role=role, column=number, default=name in ("population", "density"),
            **told.get(name, {}),
        )
        for number, (name, role) in enumerate(names)
    ]  # fmt: skip
    return replace(ENTRY, fields=tuple(made))


@pytest.mark.parametrize(
    ("indicators", "names"),
    [
        (None, "code name population density density_status"),
        ("population", "code name population"),
        ("density", "code name density density_status"),
        ("density@2020", "code name density@2020 density_status@2020"),
        ("density_known,density", "code name density density_status density_known"),
        ("density_status", "code name density_status"),
        ("", "code name"),
    ],
)
def test_a_figure_brings_its_status_and_the_share_known_comes_when_named(
    indicators: str | None, names: str
) -> None:
    entry = with_status()
    chosen = select(entry, "", indicators)
    assert " ".join(field.id for field in fields(entry, chosen)) == names
