"""The documentation names everything it should, and nothing that is gone."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from typing import get_args

import pytest
from django.core.management import get_commands

import sentiment.nlp
from meetings import messages
from wardmote.core.config import PREFIX, Config

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ("wardmote", "wards", "sentiment", "consultations", "meetings", "dashboards")


def read(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_every_setting_is_documented_and_no_other() -> None:
    documented = set(re.findall(rf"^\| `({PREFIX}\w+)`", read("settings.md"), re.MULTILINE))
    assert documented == {PREFIX + name.upper() for name in Config.model_fields}


def test_every_command_of_the_house_is_documented() -> None:
    documented = set(re.findall(r"^\| `(\w+)`", read("commands.md"), re.MULTILINE))
    ours = {name for name, app in get_commands().items() if app.split(".")[0] in HOUSE}
    assert documented == ours | {"analyse", "check"}


def frames() -> list[str]:
    """The ``type`` of every frame, both ways."""
    unions = (messages.ClientFrame, messages.ServerFrame)
    members = [member for union in unions for member in get_args(get_args(union)[0])]
    return sorted({get_args(member.model_fields["type"].annotation)[0] for member in members})


def test_every_frame_is_documented() -> None:
    protocol = read("protocol.md")
    assert [frame for frame in frames() if f'"{frame}"' not in protocol] == []


def public_functions() -> list[str]:
    names = []
    for module_info in pkgutil.iter_modules(sentiment.nlp.__path__):
        if module_info.name.startswith("_"):
            continue
        module = importlib.import_module(f"sentiment.nlp.{module_info.name}")
        names += [
            f"{module_info.name}.{name}"
            for name, value in vars(module).items()
            if not name.startswith("_") and inspect.isfunction(value) and value.__module__ == module.__name__
        ]
    return sorted(names)


def test_every_public_function_of_the_reader_has_a_docstring_and_stands_in_the_docs() -> None:
    reading = read("reading.md")
    assert [name for name in public_functions() if f"`{name}" not in reading] == []


@pytest.mark.parametrize("page", [*sorted((ROOT / "docs").glob("**/*.md")), ROOT / "README.md"], ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_decisions_are_numbered_without_gaps_and_say_what_gets_worse() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    wanted = ("**Context.**", "**Decision.**", "**Rejected.**", "**What gets worse.**")
    assert [p.name for p in decisions if any(part not in p.read_text(encoding="utf-8") for part in wanted)] == []
