"""Start-up checks: the lowest safe versions of what the house stands on."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from packaging.version import Version

FLOORS = {
    "bleach": ("6.4.0", "6.4.0 closes two script holes; it is bleach's last release, so nh3 follows it"),
    "daphne": ("4.2.2", "CVE-2026-44545 (unbounded messages), CVE-2026-44546 (header smuggling)"),
    "django": ("5.2.14", "CVE-2026-33034, CVE-2026-5766 (ASGI requests without Content-Length)"),
    "nltk": ("3.10.0", "path and address checks on by default from 3.10"),
}
"""Package: (lowest safe version, why)."""


def below_floor(installed: dict[str, str]) -> list[checks.CheckMessage]:
    """One error for each package of ``FLOORS`` whose version in ``installed`` is below its floor."""
    return [
        checks.Error(
            f"{package} {installed[package]} is below the lowest safe version {floor}: {why}.",
            hint=f"Install {package}>={floor}.",
            id="wardmote.E001",
        )
        for package, (floor, why) in FLOORS.items()
        if Version(installed[package]) < Version(floor)
    ]


@checks.register(checks.Tags.security)
def check_floors(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    return below_floor({package: metadata.version(package) for package in FLOORS})


def refuse_known_holes() -> None:
    """Raise ImproperlyConfigured for a package below its floor: a server started by hand runs no checks of its own."""
    if found := check_floors(None):
        raise ImproperlyConfigured(" ".join(f"{each.msg} {each.hint}" for each in found))
