"""Settings: read from the environment, and a wrong value is named by its variable."""

from pathlib import Path

import pytest

from tileserver.config import Settings
from tileserver.errors import ConfigError


def test_settings_have_defaults_and_ignore_other_variables() -> None:
    """An empty variable counts as absent."""
    settings = Settings.from_env({"PATH": "/bin", "TILESERVER_HOST": ""})
    assert (settings.host, settings.port, settings.cors_origins) == ("127.0.0.1", 8080, ("*",))
    assert settings.public_url is None
    assert (settings.cache_mb, settings.reload_seconds, settings.workers) == (64, 5.0, 1)


def test_settings_are_read() -> None:
    """Each of them."""
    settings = Settings.from_env(
        {
            "TILESERVER_STORE": "/data", "TILESERVER_HOST": "192.0.2.1", "TILESERVER_PORT": "80",
            "TILESERVER_PUBLIC_URL": "https://tuiles.example.fr/", "TILESERVER_TRUST_FORWARDED": "yes",
            "TILESERVER_CORS_ORIGINS": "https://a.example, https://b.example:8443",
            "TILESERVER_LOG_LEVEL": "WARNING", "TILESERVER_PAGE": "/page",
            "TILESERVER_CACHE_MB": "0", "TILESERVER_TILE_BUDGET_KB": "250",
            "TILESERVER_RELOAD_SECONDS": "0.5", "TILESERVER_WORKERS": "4",
        }
    )  # fmt: skip
    assert settings == Settings(
        store=Path("/data"), host="192.0.2.1", port=80, public_url="https://tuiles.example.fr",
        trust_forwarded=True, cors_origins=("https://a.example", "https://b.example:8443"),
        log_level="warning", page=Path("/page"), cache_mb=0, reload_seconds=0.5, workers=4,
        tile_budget_kb=250,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "65536"), ("PORT", "http"), ("PORT", "-1"), ("PORT", "9" * 5000),
        ("PUBLIC_URL", "tuiles.example.fr"),
        ("PUBLIC_URL", "https://a.example/?x=1"), ("TRUST_FORWARDED", "maybe"), ("LOG_LEVEL", "loud"),
        ("CORS_ORIGINS", "a.example"), ("CORS_ORIGINS", "https://a.example/path"), ("PORTS", "80"),
        ("CACHE_MB", "-1"), ("CACHE_MB", "64MB"), ("CACHE_MB", "9" * 5000), ("WORKERS", "0"),
        ("WORKERS", "two"), ("RELOAD_SECONDS", "-1"), ("RELOAD_SECONDS", "nan"), ("RELOAD_SECONDS", "1e9"),
        ("RELOAD_SECONDS", "."), ("BASEMAP", "https://a.example/{z}/{x}.png"), ("BASEMAP_CREDIT", "IGN"),
        ("BASEMAP", "https://a.example; script-src */{z}/{x}/{y}"),
        ("BASEMAP", "https://a.example/{z}/{x}/{y}.png"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    """With what would be right."""
    with pytest.raises(ConfigError, match=f"TILESERVER_{name}"):
        Settings.from_env({f"TILESERVER_{name}": value})
