"""An officer's frame of themes, made from candidates by adopting, renaming, merging and splitting, edit by edit.

What the officer does to a theme is also said of its texts: each edit leaves ``Row``s from which ``mapping.learn_map``
learns, so that texts which come later, or were in no theme, are put where the officer would put them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sentiment.nlp.mapping import FrameTheme, Row
from sentiment.nlp.themes import Themes


@dataclass(frozen=True, slots=True)
class Adopt:
    """A candidate, an index into ``Themes.themes``, becomes the theme ``name``, or part of it when there is one."""

    candidate: int
    name: str


@dataclass(frozen=True, slots=True)
class Rename:
    """The theme ``name`` is called ``to``."""

    name: str
    to: str


@dataclass(frozen=True, slots=True)
class Merge:
    """The themes ``names`` become one, ``into``, which may be one of their names or a new one."""

    names: tuple[str, ...]
    into: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a theme that is split: its name and the texts an officer put in it."""

    name: str
    texts: frozenset[int]


@dataclass(frozen=True, slots=True)
class Split:
    """The theme ``name`` becomes ``parts``; one of them may keep the name. Its texts in no part are left open: no row
    says anything of them, so the map decides from those that are in one.
    """

    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Assign:
    """An officer read this text and says which themes it bears: all of them, none when it bears none."""

    text_index: int
    themes: frozenset[str]


Edit = Adopt | Rename | Merge | Split | Assign


class EditRefused(ValueError):
    """An edit that makes no sense where it stands; its message names the edit's number, from 1, and why."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The themes in the order they were made, and what the edits say of the texts, by index."""

    themes: tuple[FrameTheme, ...]
    rows: tuple[Row, ...]


def edited(found: Themes, edits: Iterable[Edit]) -> Frame:
    """The frame and training rows that ``edits``, in order, make of the candidates. Raises ``EditRefused``."""
    desk = _Desk(found)
    for number, edit in enumerate(edits, start=1):
        try:
            desk.apply(edit)
        except _Nonsense as reason:
            raise EditRefused(f"edit {number}: {reason}") from reason
    return desk.frame()


class _Nonsense(Exception):
    pass


class _Desk:
    """The frame while it is edited. A text has an entry once something was said of it."""

    def __init__(self, found: Themes) -> None:
        self._found = found
        self._words: dict[str, tuple[str, ...]] = {}
        self._borne: dict[int, set[str]] = {}
        self._by_officer: set[int] = set()
        self._adopted: set[int] = set()

    def frame(self) -> Frame:
        themes = tuple(FrameTheme(name, words) for name, words in self._words.items())
        rows = (Row(index, frozenset(names), index in self._by_officer) for index, names in self._borne.items())
        return Frame(themes, tuple(sorted(rows, key=lambda row: row.text_index)))

    def apply(self, edit: Edit) -> None:
        match edit:
            case Adopt(candidate, name):
                self._adopt(candidate, name)
            case Rename(name, to):
                self._must_know([name])
                self._must_be_new(to, besides=[name])
                self._replace([name], to)
            case Merge(names, into):
                self._must_know(names)
                if len(set(names)) < 2:
                    raise _Nonsense("two different themes are needed to merge")
                self._must_be_new(into, besides=names)
                self._replace(names, into)
            case Split(name, parts):
                self._split(name, parts)
            case Assign(text_index, themes):
                self._must_be_text(text_index)
                self._must_know(sorted(themes))
                self._borne[text_index] = set(themes)
                self._by_officer.add(text_index)

    def _adopt(self, candidate: int, name: str) -> None:
        if not 0 <= candidate < len(self._found.themes):
            raise _Nonsense(f"there is no candidate {candidate}")
        if candidate in self._adopted:
            raise _Nonsense(f"candidate {candidate} is adopted already")
        self._must_be_named(name)
        self._adopted.add(candidate)
        self._words[name] = _joined(self._words.get(name, ()), self._found.themes[candidate].words)
        for index, place in enumerate(self._found.places):
            if place.theme == candidate and index not in self._by_officer:
                self._borne.setdefault(index, set()).add(name)

    def _split(self, name: str, parts: Sequence[Part]) -> None:
        self._must_know([name])
        names = [part.name for part in parts]
        if len(set(names)) < max(2, len(names)):
            raise _Nonsense("two parts or more are needed, each with a name of its own")
        for part in parts:
            self._must_be_new(part.name, besides=[name])
            for index in part.texts:
                self._must_be_text(index)
        words = self._words
        self._words = {}
        for known, kept in words.items():
            self._words.update(dict.fromkeys(names, ()) if known == name else {known: kept})
        chosen = {index for part in parts for index in part.texts}
        for index in [index for index, borne in self._borne.items() if name in borne and index not in chosen]:
            self._borne[index].discard(name)
            if not self._borne[index]:
                del self._borne[index]
                self._by_officer.discard(index)
        for index in chosen:
            put = {part.name for part in parts if index in part.texts}
            self._borne[index] = self._borne.get(index, set()) - {name} | put
            self._by_officer.add(index)

    def _replace(self, names: Sequence[str], into: str) -> None:
        """The names give way to ``into``, which stands where the first of them stood."""
        words = self._words
        self._words = {}
        for known, kept in words.items():
            if known in names:
                self._words[into] = _joined(self._words.get(into, ()), kept)
            else:
                self._words[known] = kept
        for index, borne in self._borne.items():
            if borne & set(names):
                self._borne[index] = borne - set(names) | {into}

    def _must_know(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._words:
                raise _Nonsense(f"there is no theme “{name}”")

    def _must_be_new(self, name: str, besides: Iterable[str]) -> None:
        self._must_be_named(name)
        if name in self._words and name not in set(besides):
            raise _Nonsense(f"there is a theme “{name}” already")

    def _must_be_named(self, name: str) -> None:
        if not name.strip():
            raise _Nonsense("a theme needs a name")

    def _must_be_text(self, index: int) -> None:
        if not 0 <= index < len(self._found.places):
            raise _Nonsense(f"there is no text {index}")


def _joined(words: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words + more))
