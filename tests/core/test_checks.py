"""Start-up refuses versions with known holes."""

import importlib
from importlib import metadata

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from wardmote import asgi
from wardmote.core.checks import FLOORS, below_floor, check_floors
from wardmote.management.commands.serve import Command as Serve


def test_what_is_installed_is_not_below_its_floor() -> None:
    assert check_floors(None) == []


def test_a_package_below_its_floor_is_named_with_the_reason() -> None:
    safe = {package: floor for package, (floor, _) in FLOORS.items()}
    (error,) = below_floor(safe | {"daphne": "4.2.1"})
    assert error.id == "wardmote.E001"
    assert error.msg.startswith("daphne 4.2.1 is below the lowest safe version 4.2.2: CVE-2026-44545")


@pytest.mark.django_db
def test_the_site_does_not_start_on_a_daphne_with_known_holes(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "4.2.1" if name == "daphne" else installed(name))
    with pytest.raises(SystemCheckError, match=r"daphne 4\.2\.1 is below the lowest safe version 4\.2\.2"):
        call_command(Serve(), skip_checks=False)


def test_nor_does_any_other_server_that_takes_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "4.2.1" if name == "daphne" else installed(name))
    with pytest.raises(ImproperlyConfigured, match=r"daphne 4\.2\.1 is below the lowest safe version 4\.2\.2"):
        importlib.reload(asgi)
