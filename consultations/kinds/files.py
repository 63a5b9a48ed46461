"""Questions answered with files, such as a photograph or a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.enums import QuestionKind
from consultations.file_types import Family, FileType, types_of
from consultations.kinds.base import MAIN, AnswerGiven, Choice, Question, Unfit

MAX_FILE_BYTES = 10 * 2**20
"""A photograph from a telephone has 3 to 6 MB, a scanned plan less than 10."""

MAX_TOTAL_BYTES = 40 * 2**20
"""Of all files of one response."""

MAX_FILES = 5
"""Of one question."""

FAMILY_LABELS = {
    Family.PICTURES: gettext_lazy("pictures (JPG, PNG, WebP)"),
    Family.PDF: gettext_lazy("PDF"),
    Family.OFFICE: gettext_lazy("documents and tables (Word, Excel, OpenDocument)"),
}


@dataclass(frozen=True, slots=True)
class FileHeld:
    """A file that was taken in, as a form's hidden field and a draft hold it: ``<id>:<bytes>:<name>``."""

    id: str
    size_bytes: int
    name: str

    @property
    def value(self) -> str:
        return f"{self.id}:{self.size_bytes}:{self.name}"

    @property
    def label(self) -> str:
        return f"{self.name} ({filesizeformat(self.size_bytes)})"

    @property
    def choice(self) -> Choice:
        """As an answer keeps it."""
        return {"id": self.id, "label": self.label, "value": f"{self.size_bytes}:{self.name}"}

    @classmethod
    def read(cls, value: str) -> FileHeld | None:
        file_id, _colon, rest = value.partition(":")
        size, _colon, name = rest.partition(":")
        try:
            known = str(UUID(file_id))
        except ValueError:
            return None
        if known != file_id or not (size.isascii() and size.isdigit() and len(size) < 12) or not name.strip():
            return None
        return cls(known, int(size), name)


class HeldFilesField(forms.MultipleChoiceField):
    """Files taken in earlier, as hidden values. New ones arrive beside it and are added before the form is made."""

    widget = forms.MultipleHiddenInput

    def valid_value(self, value: str) -> bool:
        return FileHeld.read(value) is not None

    def say(self, values: Sequence[str]) -> str:
        return "; ".join(held.label for value in values if (held := FileHeld.read(value)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Files(Question):
    kind = QuestionKind.FILES
    template: ClassVar[str] = "consultations/kinds/files.html"
    families: tuple[str, ...]
    at_most: int

    @classmethod
    def settings_of(cls, value: Any) -> dict[str, Any]:
        return {
            "families": tuple(each for each in Family if each in value["accepts"]),
            "at_most": value["at_most"] or 1,
        }

    @property
    def types(self) -> tuple[FileType, ...]:
        return types_of(self.families)

    @property
    def hint(self) -> str:
        return f"{self.help} {self.say_limits()}".strip()

    @property
    def accept_attribute(self) -> str:
        """What the browser's own dialogue offers."""
        return ",".join(f".{each.extension}" for each in self.types)

    def say_limits(self) -> str:
        said = {
            "n": self.at_most,
            "types": ", ".join(str(FAMILY_LABELS[Family(each)]) for each in self.families),
            "size": filesizeformat(MAX_FILE_BYTES),
        }
        return (
            ngettext(
                "One file of up to %(size)s: %(types)s.",
                "Up to %(n)d files of %(size)s each: %(types)s.",
                self.at_most,
            )
            % said
        )

    def fields(self) -> dict[str, forms.Field]:
        wanted = _("Choose a file for “%(question)s”") % {"question": self.wording}
        return {MAIN: HeldFilesField(**self.common, error_messages={"required": wanted})}

    def given(self, parts: Mapping[str, Any]) -> AnswerGiven:
        values = tuple(parts[MAIN])
        if len(values) > self.at_most:
            wrong = ngettext(
                "You may send one file for “%(question)s”: take one away",
                "You may send %(n)d files for “%(question)s”: take some away",
                self.at_most,
            )
            raise ValidationError({MAIN: wrong % {"question": self.wording, "n": self.at_most}})
        return AnswerGiven(self.id, choices=values)

    def fill(self, text: str, choices: Sequence[Choice]) -> dict[str, list[str]]:
        return {MAIN: [f"{choice['id']}:{choice['value']}" for choice in choices]}

    def keep(self, given: AnswerGiven) -> list[Choice]:
        held = [FileHeld.read(value) for value in given.choices]
        files = [each for each in held if each]
        if len(files) < len(held) or len({each.id for each in files}) < len(files) or len(files) > self.at_most:
            raise Unfit(f"Question {self.id!r} does not take {given.choices!r}")
        return [each.choice for each in files]
