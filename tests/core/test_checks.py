"""Start-up refuses versions with known holes."""

from wardmote.core.checks import FLOORS, below_floor, check_floors


def test_what_is_installed_is_not_below_its_floor() -> None:
    assert check_floors(None) == []


def test_a_package_below_its_floor_is_named_with_the_reason() -> None:
    safe = {package: floor for package, (floor, _) in FLOORS.items()}
    (error,) = below_floor(safe | {"daphne": "4.2.1"})
    assert error.id == "wardmote.E001"
    assert error.msg.startswith("daphne 4.2.1 is below the lowest safe version 4.2.2: CVE-2026-44545")
