"""What an operator may set, read once from the environment and checked by type."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

PREFIX = "WARDMOTE_"

MOST_IN_MEMORY = 100_000
"""Entries of a cache in a process's memory, half a kilobyte each at most; beyond them a third is forgotten, longest
unused first. Limits are counted there: with Django's 300, whoever comes from many addresses would clear everybody's."""


class ConfigError(Exception):
    """A setting is missing or malformed; the message names it and says what was expected."""


class Config(BaseModel):
    """Every setting of the house. Each is set as ``WARDMOTE_<NAME>`` in the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(description="Folder for what the site writes: database, uploads, collected files.")
    secret_key: str = Field(default="", description="Signing key. Empty: made once and kept in the data folder.")
    database_url: str = Field(
        default="",
        description="postgres://user:password@host:port/name, or empty for SQLite in the data folder.",
    )
    redis_url: str = Field(
        default="", description="redis://host:port/0 for several processes, or empty for one process."
    )
    hosts: str = Field(
        default="127.0.0.1,localhost,[::1]", description="Host names the site answers to, comma-separated."
    )
    base_url: str = Field(
        default="http://127.0.0.1:8000",
        description="Address of the site as residents see it; used in letters.",
    )
    https: bool = Field(default=False, description="The site is reached by HTTPS: secure cookies and HSTS.")
    debug: bool = Field(default=False, description="Django's debug pages. Never on a public site.")
    demonstration: bool = Field(
        default=True, description="Marks every page as a demonstration and prints the sign-ins."
    )
    second_factor: bool | None = Field(
        default=None,
        description="Whether officers and councillors need a second factor. Default: yes, except in a demonstration.",
    )
    smtp_url: str = Field(
        default="",
        description="smtp://user:password@host:port, or empty to write letters into the data folder.",
    )
    from_email: str = Field(default="Wardmote <wardmote@localhost>", description="Sender of letters.")
    private_addresses: bool | None = Field(
        default=None, description="Allow sources on private network addresses. Default: only in a demonstration."
    )
    embed_hosts: str = Field(
        default="",
        description="Hosts of video providers whose frames a meeting may show, comma-separated. Empty: links only.",
    )
    reader_tier: Literal["lexicon", "fast", "deep"] = Field(
        default="deep",
        description="Reader of tone: deep (a small network), fast (a linear model) or lexicon (a word list and rules).",
    )
    draft_days: int = Field(
        default=14,
        ge=0,
        le=365,
        description="Days after a consultation closes for which answers that were begun and not sent are kept.",
    )
    reminder_days: int = Field(
        default=3,
        ge=1,
        le=60,
        description="Days before a consultation closes at which those who asked are reminded of answers not sent.",
    )
    asker_days: int = Field(
        default=92,
        ge=14,
        le=3650,
        description="Days after a meeting's end for which it is known who took part in it online.",
    )
    asker_email_days: int = Field(
        default=28, ge=0, le=365, description="Days after its answer for which an asker's e-mail address is kept."
    )
    room_posts_per_person: int = Field(
        default=30, ge=1, description="Forms of a meeting's room that one account or device may send in a minute."
    )
    room_posts_per_address: int = Field(
        default=900, ge=1, description="Forms of a meeting's room that may come from one network address in a minute."
    )
    councillor_posts_per_person: int = Field(
        default=60,
        ge=1,
        description="Forms of a councillor's work in meetings that one account may send in a minute.",
    )
    desk_posts_per_person: int = Field(
        default=360, ge=1, description="Forms of the officer's desk that one account may send in a minute."
    )
    sockets_per_process: int = Field(
        default=6_000, ge=1, description="Sockets of meeting rooms that one server process holds; about 40 KB each."
    )
    sockets_per_meeting: int = Field(
        default=20_000, ge=1, description="Sockets of one meeting's room, in all server processes."
    )
    sockets_per_person: int = Field(
        default=12, ge=1, description="Sockets of one account or device in one server process."
    )
    sockets_per_address: int = Field(
        default=3_000, ge=1, description="Sockets from one network address in one server process."
    )
    log_level: str = Field(default="INFO", description="Python logging level.")

    @property
    def needs_second_factor(self) -> bool:
        return not self.demonstration if self.second_factor is None else self.second_factor

    @property
    def may_fetch_private_addresses(self) -> bool:
        """The demonstration's own feeds are served from this machine; a real council's never are."""
        return self.demonstration if self.private_addresses is None else self.private_addresses


def read_config(environ: Mapping[str, str], *, default_data_dir: Path) -> Config:
    """Read ``WARDMOTE_*`` from ``environ``. Raises ``ConfigError`` naming the variable and what was expected."""
    known = set(Config.model_fields)
    given = {name.removeprefix(PREFIX).lower(): value for name, value in environ.items() if name.startswith(PREFIX)}
    values: dict[str, Any] = {name: value for name, value in given.items() if name in known}
    values.setdefault("data_dir", default_data_dir)
    try:
        return Config(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        field = Config.model_fields[str(first["loc"][0])]
        raise ConfigError(f"{name}: {first['msg']}. Expected: {field.description}") from error


def database_settings(config: Config) -> dict[str, Any]:
    """Django's ``DATABASES["default"]`` for ``config.database_url``."""
    if not config.database_url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": config.data_dir / "wardmote.sqlite3",
            # Two processes writing at once: IMMEDIATE takes the write lock at BEGIN, so that a reader
            # never fails when it turns writer; WAL lets readers go on; 20 s covers a slow disk.
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    url = urlsplit(config.database_url)
    if url.scheme not in {"postgres", "postgresql"} or not url.path.strip("/"):
        raise ConfigError(
            f"{PREFIX}DATABASE_URL: expected postgres://user:password@host:port/name, found scheme {url.scheme!r}"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.strip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(url.query)),
    }


def channel_layers(config: Config) -> dict[str, Any]:
    """Django's ``CHANNEL_LAYERS``: in memory for one process, Redis pub/sub for several."""
    if not config.redis_url:
        return {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    return {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [
                    # An idle subscription must not time out, and a burst of joins must not meet a full pool.
                    {"address": config.redis_url, "socket_timeout": None, "max_connections": 4096}
                ]
            },
        }
    }


def caches(config: Config) -> dict[str, Any]:
    """Django's ``CACHES``: in memory for one process; in Redis for several, and in memory again while Redis is away."""
    if not config.redis_url:
        memory = "django.core.cache.backends.locmem.LocMemCache"
        return {"default": {"BACKEND": memory, "OPTIONS": {"MAX_ENTRIES": MOST_IN_MEMORY}}}
    return {
        "default": {
            "BACKEND": "wardmote.core.caches.SteadyRedisCache",
            "LOCATION": config.redis_url,
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1.0},  # seconds; nobody waits for a cache
        }
    }


def secret_key(config: Config) -> str:
    """The signing key: the one given, or one made once and kept readable by its owner only."""
    if config.secret_key:
        return config.secret_key
    path = config.data_dir / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


def email_settings(config: Config) -> dict[str, Any]:
    """Django's e-mail settings for ``config.smtp_url``; without one, letters become files to read."""
    if not config.smtp_url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": config.data_dir / "letters",
        }
    url = urlsplit(config.smtp_url)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname or "",
        "EMAIL_PORT": url.port or 587,
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_TLS": url.scheme != "smtps" and bool(url.username),
        "EMAIL_USE_SSL": url.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    }
