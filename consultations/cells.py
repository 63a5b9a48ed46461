"""Answers as cells of a spreadsheet, and back: what is written can be read again to the same text."""

from __future__ import annotations

from sentiment.nlp.exports import safe_cell

QUOTE = "'"


def write_cell(text: str) -> str:
    """``text`` with an apostrophe before it where a spreadsheet could take it for a formula.

    A text that begins with such an apostrophe already gets one more, so that ``read_cell`` finds the same text again.
    """
    return f"{QUOTE}{text}" if _is_marked(text) else safe_cell(text)


def read_cell(cell: str) -> str:
    """The text of which ``write_cell`` made ``cell``."""
    return cell[1:] if _is_marked(cell) else cell


def _is_marked(text: str) -> bool:
    """Whether ``text`` is apostrophes and then what a formula could begin with."""
    rest = text.lstrip(QUOTE)
    return rest != text and safe_cell(rest) != rest
