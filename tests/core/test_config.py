"""Settings come from the environment, by type, and say what they expected."""

from pathlib import Path
from typing import get_args

import pytest

from sentiment.nlp import tone
from wardmote.core.config import (
    Config,
    ConfigError,
    channel_layers,
    database_settings,
    email_settings,
    read_config,
    secret_key,
)


def config(tmp_path: Path, **environ: str) -> Config:
    return read_config({f"WARDMOTE_{name}": value for name, value in environ.items()}, default_data_dir=tmp_path)


def test_nothing_set_is_the_embedded_demonstration(tmp_path: Path) -> None:
    found = config(tmp_path)
    assert found == Config(data_dir=tmp_path)
    assert (found.demonstration, found.needs_second_factor, found.may_fetch_private_addresses) == (True, False, True)


def test_a_real_council_needs_a_second_factor_and_fetches_nothing_private(tmp_path: Path) -> None:
    found = config(tmp_path, DEMONSTRATION="0")
    assert (found.needs_second_factor, found.may_fetch_private_addresses) == (True, False)


def test_a_malformed_setting_is_named_with_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^WARDMOTE_HTTPS: .* Expected: The site is reached by HTTPS"):
        config(tmp_path, HTTPS="perhaps")


def test_sqlite_waits_for_its_lock_and_takes_it_at_the_start(tmp_path: Path) -> None:
    options = database_settings(config(tmp_path))["OPTIONS"]
    assert (options["timeout"], options["transaction_mode"]) == (20, "IMMEDIATE")
    assert "journal_mode=WAL" in options["init_command"]


def test_a_postgresql_address_is_taken_apart(tmp_path: Path) -> None:
    found = database_settings(config(tmp_path, DATABASE_URL="postgres://ward:p%40ss@db:5433/mote?sslmode=require"))
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    assert [found[name] for name in names] == ["mote", "ward", "p@ss", "db", "5433", {"sslmode": "require"}]


@pytest.mark.parametrize("url", ["mysql://x/y", "postgres://host", "nonsense"])
def test_any_other_database_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="WARDMOTE_DATABASE_URL: expected postgres://"):
        database_settings(config(tmp_path, DATABASE_URL=url))


def test_redis_keeps_idle_subscriptions_open_and_lets_a_crowd_in(tmp_path: Path) -> None:
    layer = channel_layers(config(tmp_path, REDIS_URL="redis://r:6379/0"))["default"]
    (host,) = layer["CONFIG"]["hosts"]
    assert layer["BACKEND"] == "channels_redis.pubsub.RedisPubSubChannelLayer"
    assert (host["socket_timeout"], host["max_connections"] >= 4096) == (None, True)


def test_the_signing_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = secret_key(config(tmp_path))
    assert (secret_key(config(tmp_path)), len(first) >= 50) == (first, True)
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_letters_go_by_smtp_when_it_is_set_and_to_files_otherwise(tmp_path: Path) -> None:
    assert email_settings(config(tmp_path))["EMAIL_FILE_PATH"] == tmp_path / "letters"
    sent = email_settings(config(tmp_path, SMTP_URL="smtps://u:p@mail:465"))
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_USE_SSL", "EMAIL_USE_TLS")
    assert [sent[name] for name in names] == ["mail", 465, "u", True, False]


def test_the_tiers_an_operator_may_choose_are_the_readers_tiers() -> None:
    assert get_args(Config.model_fields["reader_tier"].annotation) == tone.TIERS
