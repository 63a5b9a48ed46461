"""One-time codes as people read them from a letter: made, grouped, and told from mistyped ones. No database."""

from __future__ import annotations

import secrets

ALPHABET = "23456789CDFGHJKMNPQRTVWX"
"""The characters of reference numbers: none is mistaken for another (``consultations.services``)."""

LENGTH = 12
"""Eleven characters at random, 24 ** 11 codes, and a check character: with 10,000 of them made, a guess meets one
once in 150,000 million tries."""

GROUP = 4

READ_AS = str.maketrans({"Z": "2", "S": "5", "B": "8", "U": "V"})
"""What people write for a character they know better. 0, O, 1, I and L stand for nothing that is in a code."""


class CodeMistyped(ValueError):
    """It is not a code as any is made: a wrong length, a character that none has, or the check character is wrong."""


def make_code() -> str:
    """A code at random, without the spaces it is printed with."""
    payload = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return payload + check_character(payload)


def check_character(payload: str) -> str:
    """Luhn's check over the alphabet's 24 characters (Luhn mod N).

    Any one character changed is found; two neighbours swapped are found, but for the first and last of the alphabet.
    """
    total = 0
    for place, character in enumerate(reversed(payload)):
        doubled = ALPHABET.index(character) * (2 if place % 2 == 0 else 1)
        total += doubled // len(ALPHABET) + doubled % len(ALPHABET)
    return ALPHABET[-total % len(ALPHABET)]


def read_code(typed: str) -> str:
    """The code that somebody typed, with or without spaces and hyphens. Raises ``CodeMistyped``."""
    code = "".join(one for one in typed.upper() if one.isalnum()).translate(READ_AS)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET) or check_character(code[:-1]) != code[-1]:
        raise CodeMistyped
    return code


def print_code(code: str) -> str:
    """In groups of four, as it stands in the letter: ``7F3K 92QD X4CJ``."""
    return " ".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))
