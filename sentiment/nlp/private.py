"""Personal data in a text, by its shape: who could be rung, written to, visited or charged because of it.

Numbers of organisations (0300, 0800 and the like), a postcode alone, a house number alone and a year pass. Shapes come
from Ofcom's National Telephone Numbering Plan, HMRC's manual NIM39110 (National Insurance numbers), DVLA's INF104
(registration marks), Royal Mail's postcodes and ISO/IEC 7812 (card numbers, with Luhn's check digit).
"""

import re
from collections.abc import Iterator
from typing import Literal

PrivateKind = Literal["card", "national_insurance", "email", "phone", "address", "plate"]

MOST_BETWEEN = 80
"""Characters between a house number and the postcode of one address."""

_POSTCODE = (
    r"(?:[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRVWXY]))\s{0,2}\d[ABD-HJLNP-UW-Z]{2}"
)
_CARD = re.compile(
    r"(?<![\d-])(?:[3-6]\d{3}(?:[ -]?\d{4}){3}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5}|[3-6]\d{12,18})(?![\d-])", re.ASCII
)
_INSURANCE = re.compile(
    r"(?<![a-z\d])(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?\d\d[ -]?\d\d[ -]?\d\d[ -]?[A-D]"
    r"(?![a-z\d])",
    re.IGNORECASE | re.ASCII,
)
_AT = r"(?:@|\s?[(\[]\s?at\s?[)\]]\s?)"
_EMAIL = re.compile(
    rf"(?<![\w.+%-])[\w.+%-]{{1,300}}(?:"
    rf"{_AT}[\w-]{{1,63}}(?:(?:\.|\s?[(\[]\s?dot\s?[)\]]\s?)[\w-]{{1,63}}){{1,6}}"
    r"|\sat\s[\w-]{1,63}(?:\sdot\s[\w-]{2,63}){1,4})",
    re.IGNORECASE,
)
_GAP = r"[ .\-()]{0,3}"
_PHONE = re.compile(
    rf"(?<![\w/£$.,])\(?(?:(?:\+44|0044){_GAP}(?:\(0\))?{_GAP}|0)(?=[127])(?:\d{_GAP}){{8,9}}\d(?![\w/])"
    rf"|(?<![\w/£$.,])7\d(?:{_GAP}\d){{8}}(?![\w/])"
    rf"|(?<![\w/])\+(?!44)[1-9](?:{_GAP}\d){{9,13}}(?![\w/])",
    re.ASCII,
)
_PLATE = re.compile(
    r"(?<![A-Za-z\d])(?:[A-HJ-PR-Y]{2}(?:0[2-9]|[1-9]\d)\s?[A-HJ-PR-Z]{3}|[a-hj-pr-y]{2}(?:0[2-9]|[1-9]\d)[a-hj-pr-z]{3})"
    r"(?![A-Za-z\d])",
    re.ASCII,
)
_OLDER_PLATE = re.compile(
    r"(?<![a-z\d])(?:[a-hj-npr-tv-y]\d{1,3}\s?[a-hj-pr-z]{3}|[a-hj-pr-z]{3}\s?\d{1,3}[a-hj-npr-tv-y])(?![a-z\d])",
    re.IGNORECASE | re.ASCII,
)
_VEHICLE = re.compile(r"\b(?:reg|registration|plates?|vrm|rhif cofrestru)\b[\w\s:,'’]{0,20}$", re.IGNORECASE)
_CODE = re.compile(rf"(?<![a-z\d]){_POSTCODE}(?![a-z\d])", re.IGNORECASE | re.ASCII)
_HOUSE_BEFORE = re.compile(
    r"(?<![\w/£$.:])\d{1,4}[a-z]?,?\s+(?!(?:from|to|at|in|on|and|or|of|people|years?|homes|houses|o|i|yn|ym|yng)\b)"
    r"[^\W\d][^\d.?!]{1,70}$",
    re.IGNORECASE,
)
_HOUSE_AFTER = re.compile(
    r"[\s,]{0,3}(?:\(|at\s)?(?:house\s|flat\s|fflat\s|t[yŷ]\s)?(?:number|no\.?|rhif|flat|fflat)\s?\d{1,4}",
    re.IGNORECASE,
)


def private_details(text: str) -> Iterator[tuple[int, int, PrivateKind]]:
    """Where ``text`` holds personal data and of which kind, kind by kind; places may overlap."""
    for found in _CARD.finditer(text):
        if passes_luhn(found.group()):
            yield *found.span(), "card"
    for found in _INSURANCE.finditer(text):
        yield *found.span(), "national_insurance"
    for found in _EMAIL.finditer(text):
        yield *found.span(), "email"
    for found in _PHONE.finditer(text):
        yield *found.span(), "phone"
    yield from _addresses(text)
    for found in _PLATE.finditer(text):
        yield *found.span(), "plate"
    for found in _OLDER_PLATE.finditer(text):
        if _VEHICLE.search(text[max(0, found.start() - 40) : found.start()]):
            yield *found.span(), "plate"


def passes_luhn(number: str) -> bool:
    """Whether the digits of ``number`` end in their check digit, as those of every payment card do."""
    digits = [int(digit) for digit in number if digit.isdecimal()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _addresses(text: str) -> Iterator[tuple[int, int, PrivateKind]]:
    for code in _CODE.finditer(text):
        first = max(0, code.start() - MOST_BETWEEN)
        before = _HOUSE_BEFORE.search(text[first : code.start()])
        after = _HOUSE_AFTER.match(text, code.end())
        if before:
            yield first + before.start(), code.end(), "address"
        elif after:
            yield code.start(), after.end(), "address"
