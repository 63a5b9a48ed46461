"""From the cells of a file to answers: labels, codes and numbers as other programs write them, and as our export does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.dates import MONTHS, MONTHS_3, MONTHS_AP
from django.utils.translation import gettext as _

from consultations.kinds import MAIN, AnswerGiven, Question
from consultations.kinds.choices import OTHER, OneChoice, SeveralChoices, SingleChoice
from consultations.kinds.dates import DAY, MONTH, YEAR, DateAsked
from consultations.kinds.lists import Budget, Matrix, Ranking
from consultations.kinds.numbers import Number, read_number
from consultations.kinds.places import AT, Place, read_point
from consultations.kinds.ratings import WHY, Rating

NOT_TICKED = frozenset({"", "0", "no", "n", "false", "not selected", "unchecked", "-", "nac ydy", "na"})
"""What programs write into the column of a tick box that was left empty, folded."""

Parts = dict[str, str | list[str]]
"""Values of a question's fields by part, as its form would send them."""


class CellUnfit(Exception):
    """A cell is not an answer to its question. The message says what was expected."""


def fold(words: str) -> str:
    """``words`` for comparison: case, blanks and the kind of quotes and dashes do not matter."""
    plain = words.translate(str.maketrans("’‘`–—−", "'''---"))
    return " ".join(plain.split()).casefold()


def read_whole(question: Question, cell: str) -> Parts:
    """A cell that holds the whole answer to ``question``, as our own export and most others write it.

    Raises ``CellUnfit``.
    """
    if not cell.strip():
        return {}
    match question:
        case Rating():
            return _rating(question, cell)
        case SingleChoice() | OneChoice():
            return _one(question, cell)
        case SeveralChoices():
            return _several(question, cell)
        case Ranking():
            return _ranking(question, cell)
        case Matrix():
            return _matrix(question, cell)
        case Budget():
            return _budget(question, cell)
        case Number():
            return {MAIN: _without_unit(cell, question.unit)}
        case DateAsked():
            day = read_day(cell)
            if day is None:
                raise CellUnfit(_("a date like 27/3/2026 or 2026-03-27"))
            return {DAY: str(day.day), MONTH: str(day.month), YEAR: f"{day.year:04}"}
        case Place():
            return _place(question, cell)
    if MAIN in question.fields() and question.takes_text:
        return {MAIN: cell}
    raise CellUnfit(_("nothing: a question of this kind cannot be filled from one column"))


def read_part(question: Question, part: str, cell: str) -> Parts:
    """A cell that holds one field of ``question``: a row of a grid, an amount, a place, the words of "Other"."""
    if not cell.strip():
        return {}
    if isinstance(question, Matrix):
        labels = {point.id: (point.label, point.id, str(place)) for place, point in enumerate(question.scale, 1)}
        return {part: _choice(labels, cell)}
    if isinstance(question, Ranking):
        number = read_number(cell)
        if number is None or number != number.to_integral_value():
            raise CellUnfit(_("a place like 1 or 2"))
        return {part: str(int(number))}
    return {part: cell}


def read_tick(question: Question, option_id: str, cell: str) -> Parts:
    """A cell of an option's own column: ticked by anything but nothing, 0, "No" or "False".

    In a ranking it holds the option's place, in a budget its amount, in a grid the whole of a row's answer. Where the
    option is "Other" and the cell says more than that it was ticked, those are the words.
    """
    if isinstance(question, Ranking | Budget):
        return read_part(question, option_id, cell)
    if fold(cell) in NOT_TICKED:
        return {}
    if option_id == OTHER:
        label = getattr(question.option(OTHER), "label", "")
        says_more = fold(cell) not in {fold(label), "1", "yes", "y", "true", "x", "other", "selected", "checked"}
        return {MAIN: [OTHER], **({OTHER: cell} if says_more else {})}
    return {MAIN: [option_id]}


def given_by(question: Question, parts: Mapping[str, str | list[str]]) -> AnswerGiven:
    """The answer that ``parts`` from one or several cells make. Raises ``CellUnfit`` when they do not go together."""
    values: dict[str, str | list[str]] = {}
    for part in question.fields():
        values[part] = parts.get(part, [] if part == MAIN and isinstance(question, SeveralChoices) else "")
    main = values.get(MAIN)
    if isinstance(main, list) and not isinstance(question, SeveralChoices):
        if len(main) > 1:
            raise CellUnfit(_("one answer, not several"))
        values[MAIN] = main[0] if main else ""
    if isinstance(question, SeveralChoices) and isinstance(main, list):
        order = [option.id for option in question.options]
        values[MAIN] = sorted(main, key=order.index)
    if isinstance(question, SingleChoice | SeveralChoices) and OTHER in parts and not main:
        values[MAIN] = [OTHER] if isinstance(question, SeveralChoices) else OTHER
    try:
        return question.given(values)
    except ValidationError as wrong:
        raise CellUnfit(" ".join(wrong.messages)) from wrong


def read_moment(cell: str, *, is_month_first: bool = False) -> datetime | None:
    """A moment in the site's time zone unless it says another: ISO, ``20/11/2026 12:00`` or ``11/20/26 9:05:00 PM``."""
    plain = cell.strip().replace("\u202f", " ").removesuffix(" UTC")
    try:
        read = datetime.fromisoformat(plain.replace("Z", "+00:00") if plain.endswith("Z") else plain)
    except ValueError:
        read = None
    if read is None:
        order = "%m/%d" if is_month_first else "%d/%m"
        clocks = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
        read = _first_that_reads(plain, [f"{order}/{year}{clock}" for year in ("%Y", "%y") for clock in clocks])
    if read is None:
        return None
    try:
        moment = timezone.make_aware(read) if timezone.is_naive(read) else read
        timezone.localtime(moment)  # of the first and the last day, some moments lie outside all days here
    except (ValueError, OverflowError):
        return None
    return moment


def is_month_first(cells: Iterable[str]) -> bool:
    """Whether a column writes ``11/20/2026``: a second number above 12 somewhere and no such first one."""
    firsts, seconds = set[int](), set[int]()
    for cell in cells:
        if found := re.match(r"\s*(\d{1,2})/(\d{1,2})/\d{2,4}\b", cell):
            firsts.add(int(found[1]))
            seconds.add(int(found[2]))
    return max(seconds, default=0) > 12 and max(firsts, default=0) <= 12


def read_day(cell: str) -> date | None:
    """A day: ISO, ``27/3/2026``, or with its month's name in any of the site's languages."""
    plain = " ".join(cell.split())
    moment = read_moment(plain)
    if moment:
        return timezone.localdate(moment)
    if found := re.fullmatch(r"(\d{1,2}) (\S+) (\d{4})", plain):
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                for number in range(1, 13):
                    names = {fold(str(names[number])) for names in (MONTHS, MONTHS_AP, MONTHS_3)}
                    if fold(found[2]) in names:
                        try:
                            return date(int(found[3]), number, int(found[1]))
                        except ValueError:
                            return None
    return None


def _first_that_reads(typed: str, formats: Iterable[str]) -> datetime | None:
    for pattern in formats:
        try:
            return datetime.strptime(typed, pattern)  # noqa: DTZ007  the caller gives it the site's time zone
        except ValueError:
            continue
    return None


def labels_of(question: Question) -> dict[str, tuple[str, ...]]:
    """Every writing of each option, by id: its label in each language of the site, and its id.

    Labels that editors wrote are the same in every language here; those of fixed scales are translated.
    """
    found: dict[str, list[str]] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            fixed = type(question).settings_of({}) if _has_fixed_options(question) else {}
            for option in fixed.get("options", question.options):
                written = found.setdefault(option.id, [])
                written += [option.label, *_kept_label(question, option.id)]
    return {option_id: (*dict.fromkeys(written), option_id) for option_id, written in found.items()}


def _has_fixed_options(question: Question) -> bool:
    return isinstance(question, OneChoice) and not isinstance(question, SingleChoice | Rating)


def _kept_label(question: Question, option_id: str) -> list[str]:
    """How an answer with this option is kept, which is how our export writes it."""
    if not isinstance(question, Rating):
        return []
    return [choice["label"] for choice in question.keep(AnswerGiven(question.id, choices=(option_id,)))]


def _choice(labels: Mapping[str, Sequence[str]], cell: str) -> str:
    found = _find(labels, cell)
    if found is None:
        raise CellUnfit(_("one of: %(labels)s") % {"labels": " · ".join(written[0] for written in labels.values())})
    return found


def _find(labels: Mapping[str, Sequence[str]], cell: str) -> str | None:
    for option_id, written in labels.items():
        if cell.strip() in written:
            return option_id
    plain = fold(cell)
    return next((option_id for option_id, written in labels.items() if plain in map(fold, written)), None)


def _one(question: Question, cell: str) -> Parts:
    labels = labels_of(question)
    found = _find(labels, cell)
    if found:
        return {MAIN: found}
    if isinstance(question, SingleChoice) and question.has_other:
        return {MAIN: OTHER, OTHER: _after_label(labels[OTHER], cell) or cell}
    return {MAIN: _choice(labels, cell)}


def _after_label(written: Iterable[str], cell: str) -> str:
    """What follows the label of "Other" and a colon."""
    for label in written:
        if cell.startswith(f"{label}: "):
            return cell.removeprefix(f"{label}: ")
    return ""


def _rating(question: Rating, cell: str) -> Parts:
    labels = labels_of(question)
    if found := _find(labels, cell):
        return {MAIN: found}
    for option_id, written in labels.items():
        for label in written[:-1]:
            if question.asks_why and cell.startswith(f"{label}: "):
                return {MAIN: option_id, WHY: cell.removeprefix(f"{label}: ")}
    number = re.match(r"\s*(\d{1,2})(?:\.0+)?\s*(?:-|–|:|$)", cell)
    if number and question.option(str(int(number[1]))):
        return {MAIN: str(int(number[1]))}
    if question.asks_why and not re.match(r"\s*[\d.,-]", cell):
        return {WHY: cell}  # the words alone: a rating may be left out where its reason is not
    return {MAIN: _choice(labels, cell)}


def _several(question: SeveralChoices, cell: str) -> Parts:
    labels = labels_of(question)
    if (exact := _in_order(labels, cell, has_other=question.has_other)) is not None:
        return exact
    for separator in (";", ",", "|", "\n"):
        pieces = [piece for piece in cell.split(separator) if piece.strip()]
        found = [_find(labels, piece) for piece in pieces]
        strange = [piece.strip() for piece, option_id in zip(pieces, found, strict=True) if option_id is None]
        chosen = list(dict.fromkeys(option_id for option_id in found if option_id))
        if chosen and not strange:
            return {MAIN: chosen}
        if question.has_other and len(strange) == 1 and (chosen or separator == ";"):
            return {MAIN: list(dict.fromkeys([*chosen, OTHER])), OTHER: strange[0]}
    raise CellUnfit(
        _("one or more of: %(labels)s") % {"labels": " · ".join(written[0] for written in labels.values())}
    )


def _in_order(labels: Mapping[str, Sequence[str]], cell: str, *, has_other: bool) -> Parts | None:
    """What our own export writes: labels with "; " between them, and after "Other: " its words. Labels may hold ";"."""
    options = sorted(
        ((label, option_id) for option_id, written in labels.items() for label in written[:-1] if label),
        key=lambda each: -len(each[0]),
    )

    def rest_of(rest: str, chosen: tuple[str, ...]) -> Parts | None:
        for label, option_id in options:
            if option_id in chosen or not rest.startswith(label):
                continue
            after = rest[len(label) :]
            if not after and option_id != OTHER:
                return {MAIN: [*chosen, option_id]}
            if has_other and option_id == OTHER and after.startswith(": "):
                return {MAIN: [*chosen, OTHER], OTHER: after[2:]}
            if after.startswith("; ") and (found := rest_of(after[2:], (*chosen, option_id))):
                return found
        return None

    return rest_of(cell, ())


def _ranking(question: Ranking, cell: str) -> Parts:
    labels = labels_of(question)
    options = sorted(((option.label, option.id) for option in question.options), key=lambda each: -len(each[0]))

    def rest_of(rest: str, placed: tuple[str, ...]) -> tuple[str, ...] | None:
        for label, option_id in options:
            start = f"{len(placed) + 1}. {label}"
            if option_id in placed or not rest.startswith(start):
                continue
            after = rest[len(start) :]
            if not after:
                return (*placed, option_id)
            if after.startswith("; ") and (found := rest_of(after[2:], (*placed, option_id))):
                return found
        return None

    placed = rest_of(cell, ())
    if placed is None:
        pieces = [piece for piece in re.split(r"[;,|\n]", cell) if piece.strip()]
        placed = tuple(_choice(labels, piece) for piece in pieces)
        if len(set(placed)) < len(placed):
            raise CellUnfit(_("each answer once, in order"))
    return {option_id: str(place) for place, option_id in enumerate(placed, start=1)}


def _matrix(question: Matrix, cell: str) -> Parts:
    pairs = sorted(((option.label, option.id) for option in question.options), key=lambda each: -len(each[0]))

    def rest_of(rest: str, chosen: dict[str, str]) -> dict[str, str] | None:
        for label, pair in pairs:
            row, point = pair.split(":", 1)
            if row in chosen or not rest.startswith(label):
                continue
            after, more = rest[len(label) :], {**chosen, row: point}
            if not after:
                return more
            if after.startswith("; ") and (found := rest_of(after[2:], more)):
                return found
        return None

    found = rest_of(cell, {})
    if found is None:
        raise CellUnfit(_("rows with their answers, such as “%(example)s”") % {"example": question.options[0].label})
    return dict(found.items())


def _budget(question: Budget, cell: str) -> Parts:
    """``Food: £1,000; Clothes: £0``, with every option in its order, as our export writes it."""
    pattern = "; ".join(rf"{re.escape(option.label)}: (.*?)" for option in question.options)
    found = re.fullmatch(pattern, cell, re.DOTALL)
    if found is None:
        raise CellUnfit(
            _("each option with its amount, such as “%(example)s: 10”") % {"example": question.options[0].label}
        )
    amounts = zip(question.options, found.groups(), strict=True)
    return {option.id: _without_unit(amount, question.unit) for option, amount in amounts}


def _place(question: Place, cell: str) -> Parts:
    """A point, words, or as our export writes them: ``57.1000, -2.1000 (Northgate): By the steps``."""
    written = re.fullmatch(r"(-?\d+\.\d+, -?\d+\.\d+)(?: \(.*?\))?(?:: (.*))?", cell, re.DOTALL)
    if written and read_point(written[1], question.decimals):
        return {AT: written[1], **({MAIN: written[2]} if written[2] else {})}
    return {AT: cell.strip()} if read_point(cell, question.decimals) else {MAIN: cell}


def _without_unit(cell: str, unit: str) -> str:
    plain = cell.strip()
    if unit and plain.endswith(unit):
        plain = plain.removesuffix(unit).strip()
    elif unit:
        plain = plain.replace(unit, "", 1).strip()
    number = read_number(plain)
    if number is None and (found := re.fullmatch(r"[+-]?\d+(\.\d+)?[eE][+-]?\d{1,2}", plain)):
        number = Decimal(found[0])
    if number is None:
        raise CellUnfit(_("a number like 12.5"))
    return format(number, "f")
