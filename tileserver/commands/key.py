"""``tileserver key``: makes a key that opens restricted layers to a partner."""

import os
import re
import time
from datetime import UTC, datetime
from typing import Final

import click

_DAYS: Final = re.compile(r"([0-9]{1,5})d", re.ASCII)
_SITE: Final = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?", re.ASCII)


@click.command()
@click.option("--partner", required=True, help="Who the key is for.")
@click.option("--layers", required=True, help="Restricted layers and indicators, comma-separated.")
@click.option("--expires", required=True, help="A day (2027-12-31, its end in UTC) or a time from now (90d).")
@click.option("--site", default="", help="Origin of the partner's pages [default: any].")
def key(partner: str, layers: str, expires: str, site: str) -> None:
    """Make a key, signed with the first secret of $TILESERVER_KEYS; print it."""
    from tileserver.keys import Grant, read_secrets

    names = tuple(dict.fromkeys(name.strip() for name in layers.split(",") if name.strip()))
    if not names:
        raise click.BadParameter("name at least one restricted layer or indicator", param_hint="--layers")
    if site and not _SITE.fullmatch(site):
        raise click.BadParameter("a site is written as in https://portal.example.fr", param_hint="--site")
    secrets = read_secrets("TILESERVER_KEYS", os.environ.get("TILESERVER_KEYS", ""))
    click.echo(secrets.sign(Grant(partner, names, _moment(expires), site)))


def _moment(text: str) -> int:
    days = _DAYS.fullmatch(text)
    if days:
        return int(time.time()) + int(days[1]) * 86_400
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(hour=23, minute=59, second=59, tzinfo=UTC)
    except ValueError:
        raise click.BadParameter("a day is 2027-12-31, a time from now 90d", param_hint="--expires") from None
    if day.timestamp() <= time.time():
        raise click.BadParameter(f"{text} is past", param_hint="--expires")
    return int(day.timestamp())
