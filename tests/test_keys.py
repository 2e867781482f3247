"""Keys of partners: who signed them, for what, until when; nothing else opens what is restricted."""

import base64
import time

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tileserver.cli import main
from tileserver.config import Settings
from tileserver.errors import ConfigError
from tileserver.keys import Grant, Secrets, read_secrets

OLD, NEW = "o" * 40, "n" * 40
SECRETS = Secrets([("new", NEW), ("old", OLD)])
GRANT = Grant("anct", ("friches", "jobs"), 2_000_000_000, "https://portal.example.fr")
NOW = 1_900_000_000.0


def test_a_key_gives_back_what_it_was_made_for_until_it_expires() -> None:
    key = SECRETS.sign(GRANT)
    assert SECRETS.read(key, NOW) == GRANT
    assert SECRETS.read(key, GRANT.expires - 0.001) == GRANT
    assert SECRETS.read(key, GRANT.expires) is None


def test_keys_of_an_older_secret_hold_until_it_is_taken_away() -> None:
    """The first secret signs; one that is gone takes its keys along."""
    old = Secrets([("old", OLD)]).sign(GRANT)
    assert SECRETS.read(old, NOW) == GRANT
    assert SECRETS.sign(GRANT).startswith("v1.new.")
    assert Secrets([("new", NEW)]).read(old, NOW) is None
    assert Secrets([("old", NEW)]).read(old, NOW) is None


@given(st.data())
def test_an_altered_key_is_none(data: st.DataObject) -> None:
    """Any one character, anywhere; any other spelling of the same bytes."""
    key = SECRETS.sign(GRANT)
    at = data.draw(st.integers(0, len(key) - 1))
    other = data.draw(st.sampled_from("ABab01-_.=~é"))
    altered = key[:at] + other + key[at + 1 :]
    if altered != key:
        assert SECRETS.read(altered, NOW) is None


def test_a_payload_is_worth_nothing_without_its_signature() -> None:
    """More names under the old signature, no signature, another version, nonsense."""
    version, name, payload, signature = SECRETS.sign(GRANT).split(".")
    more = (
        base64.urlsafe_b64encode(msgspec.json.encode(Grant("x", ("all",), 3_000_000_000)))
        .decode()
        .rstrip("=")
    )
    for key in (
        f"{version}.{name}.{more}.{signature}", f"{version}.{name}.{payload}.", "", "....", "a" * 3000,
        f"v2.{name}.{payload}.{signature}", f"{version}.none.{payload}.{signature}",
        f"{version}.{name}.{payload}.{signature}=",
    ):  # fmt: skip
        assert SECRETS.read(key, NOW) is None


def test_secrets_are_read_from_the_environment_and_never_shown() -> None:
    settings = Settings.from_env(
        {"TILESERVER_KEYS": f"new:{NEW}, old:{OLD}", "TILESERVER_RESTRICTED": "friches,jobs"}
    )
    assert settings.keys == SECRETS
    assert settings.restricted == ("friches", "jobs")
    again = Settings.from_env(settings.to_env())
    assert (again.keys, again.restricted) == (settings.keys, settings.restricted)
    for shown in (repr(settings), str(settings.keys), f"{settings.keys!r}"):
        assert NEW not in shown
        assert OLD not in shown


@pytest.mark.parametrize("text", ["short:abc", NEW, f"a b:{NEW}", f"x:{NEW},x:{OLD}", f"x:{NEW},"])
def test_what_is_no_list_of_secrets_is_refused_without_telling_it(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_secrets("TILESERVER_KEYS", text)
    assert NEW not in str(refused.value)


def test_the_command_makes_a_key_that_the_server_takes() -> None:
    asked = ["key", "--partner", "anct", "--layers", "friches,jobs", "--expires", "90d", "--site", GRANT.site]
    done = CliRunner().invoke(main, asked, env={"TILESERVER_KEYS": f"new:{NEW}"})
    assert done.exit_code == 0, done.output
    grant = SECRETS.read(done.stdout.strip(), time.time())
    assert grant is not None
    assert (grant.partner, grant.names, grant.site) == ("anct", ("friches", "jobs"), GRANT.site)
    assert 89.9 * 86_400 < grant.expires - time.time() < 90.1 * 86_400


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--expires", "soon"),
        ("--expires", "2020-01-01"),
        ("--site", "portal.example.fr"),
        ("--layers", ","),
    ],
)
def test_the_command_refuses_what_cannot_be_meant(option: str, value: str) -> None:
    given = {"--partner": "anct", "--layers": "friches", "--expires": "2099-12-31", option: value}
    asked = ["key", *(part for pair in given.items() for part in pair)]
    assert CliRunner().invoke(main, asked, env={"TILESERVER_KEYS": f"new:{NEW}"}).exit_code != 0
