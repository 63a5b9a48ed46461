"""What residents read is there in Welsh, and the compiled catalogue is the one that is written."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from django.utils import translation
from django.utils.translation import ngettext
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "site" / "wardmote" / "locale" / "cy" / "LC_MESSAGES" / "django.po"
APPS = ("wards", "sentiment", "consultations", "meetings", "dashboards", "site/wardmote")

OFFICERS_ONLY = re.compile(
    r"/(models|admin|management|readers|sources|migrations)/|wards/services/"
    r"|/(wagtail_hooks|(fairness_)?blocks|condition_words|survey_changes|counting|\w+_admin|reports|panels|apps)\.py|sentiment/(forms|services)\.py"
    r"|/(contents|entering|entry_(forms|pages)|importing|import_(tables|columns|rows|values))\.py"
)
"""Paths whose strings appear in Wagtail's admin or on a terminal; the admin may speak English alone for now."""

GETTEXT = {"_": 0, "gettext": 0, "gettext_lazy": 0, "gettext_noop": 0, "ngettext": 0, "ngettext_lazy": 0} | {
    "pgettext": 1,
    "pgettext_lazy": 1,
    "npgettext": 1,
}
"""Functions that mark a string, and at which argument it stands; a context stands before it."""

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|%%\{count\}")

Key = tuple[str, str]
"""Context (or nothing) and the English string."""


class Entry(NamedTuple):
    plural: str
    """The English plural; empty when the string has none."""
    welsh: list[str]
    """One string for each of Welsh's plural forms, or the one there is."""


def read_catalogue(path: Path) -> dict[Key, Entry]:
    """Entries of a .po file. Fuzzy ones count as missing."""
    entries: dict[Key, Entry] = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if found := re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (".*")$', line):
                name = found[1]
                fields[name] = ast.literal_eval(found[2])
            elif line.startswith('"'):
                fields[name] += ast.literal_eval(line)
        if fields and "#, fuzzy" not in block:
            told = [value for field, value in fields.items() if field.startswith("msgstr")]
            entries[fields.get("msgctxt", ""), fields["msgid"]] = Entry(fields.get("msgid_plural", ""), told)
    return entries


def marked_in_python(source: str) -> Iterator[Key]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in GETTEXT and len(node.args) > GETTEXT[name]:
            words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if len(words) > GETTEXT[name]:
                yield (words[0] if GETTEXT[name] else "", words[GETTEXT[name]])


def marked_in_template(source: str) -> Iterator[Key]:
    # Django turns the template into lines like ` gettext('...') `; whatever is between them is noise.
    for call in re.findall(
        r"\b(?:_|n?p?gettext)\((?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"|[^()'\"])*\)", templatize(source)
    ):
        yield from marked_in_python(call)


def strings_residents_read() -> dict[Key, str]:
    found: dict[Key, str] = {}
    for folder, marked in (*((app, marked_in_python) for app in APPS), ("templates", marked_in_template)):
        for path in sorted((ROOT / folder).rglob("*")):
            place = path.relative_to(ROOT).as_posix()
            wanted = {".py"} if marked is marked_in_python else {".html", ".txt"}
            if path.suffix in wanted and not OFFICERS_ONLY.search(place):
                found |= dict.fromkeys(marked(path.read_text(encoding="utf-8")), place)
    return found


def test_strings_are_found_in_templates_and_python() -> None:
    template = (
        '{% translate "One" %}'
        "{% blocktranslate trimmed count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"
    )
    assert list(marked_in_template(template)) == [("", "One"), ("", "%(n)s day")]
    source = '_("A")\npgettext("when", "B")\nngettext("%d c", "%d cs", 2)\n_(name)\nother("D")'
    assert sorted(marked_in_python(source)) == [("", "%d c"), ("", "A"), ("when", "B")]


def test_everything_residents_read_is_in_welsh() -> None:
    catalogue = read_catalogue(CATALOGUE)
    wanted = strings_residents_read()
    assert len(wanted) > 500
    missing = [
        f"{place}: {key[1]}" for key, place in wanted.items() if key not in catalogue or not all(catalogue[key].welsh)
    ]
    assert missing == [], "Run `make translations` and write the Welsh into django.po"


def test_welsh_keeps_every_placeholder() -> None:
    wrong = [
        welsh
        for (_context, english), entry in read_catalogue(CATALOGUE).items()
        for welsh in filter(None, entry.welsh)
        if english and sorted(PLACEHOLDER.findall(welsh)) not in held_by(english, entry.plural)
    ]
    assert wrong == []


def held_by(*english: str) -> list[list[str]]:
    """The placeholders of each; "the question" may stand for "the %(count)s questions" in the form for one."""
    return [sorted(PLACEHOLDER.findall(one)) for one in english if one]


def test_compiled_catalogue_is_the_written_one() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    held = {key: value for key, value in compiled._catalog.items() if key}  # type: ignore[attr-defined]
    written: dict[object, str] = {}
    for (context, english), (_plural, told) in read_catalogue(CATALOGUE).items():
        if not english or not all(told):
            continue
        key = f"{context}\x04{english}" if context else english
        if len(told) == 1:
            written[key] = told[0]
        else:
            written |= {(key, form): welsh for form, welsh in enumerate(told)}
    assert held == written, "Run `make translations`"


def test_every_counted_sentence_has_as_many_forms_as_the_catalogue_says() -> None:
    """One form too many or too few is shown for another number's, and gettext's own tools refuse the file."""
    entries = read_catalogue(CATALOGUE)
    (header,) = entries["", ""].welsh
    forms = int(re.search(r"nplurals=(\d)", header)[1])  # type: ignore[index]
    assert [english for (_, english), entry in entries.items() if entry.plural and len(entry.welsh) != forms] == []


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "0 diwrnod ar ôl"),
        (1, "1 diwrnod ar ôl"),
        (2, "2 ddiwrnod ar ôl"),
        (5, "5 diwrnod ar ôl"),
        (11, "11 diwrnod ar ôl"),
    ],
)
def test_welsh_counts_with_its_own_plurals(days: int, said: str) -> None:
    with translation.override("cy"):
        assert ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days} == said
