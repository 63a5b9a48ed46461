"""Texts put to the themes of an officer's frame: from the themes' names alone, then from what officers decided.

A text may bear several themes or none. ``strength`` is 0..1 and a theme is given from 0.5. Names alone find little
(micro-F1 0.27 on UK public-service feedback with 32 themes, against 0.68 once 2,000 texts are coded): they are a start
to correct. What officers decide, text by text or by adopting, merging and splitting themes (``frames.py``), becomes
``Row``s to learn from; the agreement with officers, on texts kept back while learning, is shown beside the result.
"""

import math
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from sentiment.nlp.features import Features, folds
from sentiment.nlp.themes import WORDS_WEIGHT, says_something
from sentiment.nlp.wordspace import Floats, checked, subject

GIVEN_FROM = 0.5  # strength
FEWEST_EXAMPLES = 20  # texts coded by officers, below which no agreement is measured
FEWEST_FOR_A_THEME = 3  # texts with and without a theme that it can be learned from; with fewer, its name speaks
MOST_LEARNED_FROM = 5_000  # rows, officers' own first
MACHINE_WEIGHT = 0.5  # of a row that an officer did not decide text by text
FOLDS = 5
COST = 10.0  # of an error against the size of the weights (C): 5 and 10 were alike

# How a name's likeness becomes a strength, fitted on 2,691 texts of UK public-service feedback and 32 theme names.
SHARED_WORDS = 0.3  # weight of shared words beside the cosine of the vectors
USUAL_COSINE, USUAL_WEIGHT = 0.17, 4  # of a text and any theme's name; counts as so many more themes of the frame
NAMED_FROM, SLOPE = (
    0.14,
    8.0,
)  # likeness above the text's usual one at which strength is 0.5, and how steeply it grows


@dataclass(frozen=True, slots=True)
class FrameTheme:
    """A theme of an officer's frame: its ``name``, and ``words`` that tell what is meant."""

    name: str
    words: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """The name and words as one text, to be embedded."""
        return f"{self.name}. {', '.join(self.words)}" if self.words else self.name


@dataclass(frozen=True, slots=True)
class Row:
    """What one text bears: ``themes`` are names, none when it bears none. ``by_officer``: decided for this text."""

    text_index: int
    themes: frozenset[str]
    by_officer: bool = True


@dataclass(frozen=True, slots=True)
class Given:
    """A theme given to a text. ``strength`` is 0.5..1."""

    theme: str
    strength: float


@dataclass(frozen=True, slots=True)
class MapAgreement:
    """How far the map agrees with officers on ``n`` texts kept back while it learned, F1 0..1.

    ``micro`` over all themes given, ``macro`` the mean of the themes officers used, ``samples`` the mean of the texts
    (1 for a text rightly given none). ``refused`` says why nothing could be measured.
    """

    micro: float
    macro: float
    samples: float
    n: int
    refused: str = ""


class ThemeMap:
    """Gives texts the themes of a frame. Made by ``map_by_names`` or ``learn_map``."""

    def __init__(self, frame: Sequence[FrameTheme], name_vectors: Floats | None) -> None:
        if len({theme.name for theme in frame}) < len(frame):
            raise ValueError("two themes of the frame have the same name")
        self.frame = tuple(frame)
        self._name_vectors = name_vectors
        self._stems = [frozenset(subject(theme.told)) for theme in frame]
        self._features: Features | None = None
        self._models: dict[int, Any] = {}

    @property
    def learned(self) -> tuple[str, ...]:
        """Names of the themes that are learned from rows; the others go by their names."""
        return tuple(self.frame[place].name for place in sorted(self._models))

    def strengths(self, texts: Sequence[str], vectors: Any = None) -> Floats:
        """(texts, themes): how strongly each text bears each theme, 0..1; 0 for a text that says nothing."""
        rows = None if vectors is None else checked(vectors, len(texts))
        found = self._by_names(texts, rows)
        if self._features is not None and len(texts):
            points = self._features.rows(texts, rows)
            for place, model in self._models.items():
                found[:, place] = model.predict_proba(points)[:, 1]
        found[[not says_something(text) for text in texts]] = 0
        return found

    def read(self, texts: Sequence[str], vectors: Any = None) -> tuple[tuple[Given, ...], ...]:
        """For each text the themes it is given, the strongest first; none is an answer."""
        return tuple(
            tuple(
                Given(self.frame[place].name, round(float(row[place]), 4))
                for place in np.argsort(-row, kind="stable")
                if row[place] >= GIVEN_FROM
            )
            for row in self.strengths(texts, vectors)
        )

    def _learn(self, rows: Sequence[Row], texts: Sequence[str], vectors: Floats | None) -> None:
        from sklearn.linear_model import LogisticRegression

        rows = sorted(rows, key=lambda row: not row.by_officer)[:MOST_LEARNED_FROM]
        places = [row.text_index for row in rows]
        coded = [texts[place] for place in places]
        known = None if vectors is None else vectors[places]
        weights = np.array([1.0 if row.by_officer else MACHINE_WEIGHT for row in rows])
        self._features = Features(coded, known, WORDS_WEIGHT)
        points = self._features.rows(coded, known)
        for place, theme in enumerate(self.frame):
            borne = np.array([theme.name in row.themes for row in rows])
            if min(borne.sum(), (~borne).sum()) >= FEWEST_FOR_A_THEME:
                model = LogisticRegression(
                    C=COST, class_weight="balanced", solver="liblinear", dual=True, tol=0.01, random_state=0
                )
                self._models[place] = model.fit(points, borne, sample_weight=weights)

    def _by_names(self, texts: Sequence[str], vectors: Floats | None) -> Floats:
        shared = np.zeros((len(texts), len(self.frame)), dtype=np.float32)
        for row, text in enumerate(texts):
            said = set(subject(text))
            shared[row] = [_shared(said, stems) for stems in self._stems]
        if vectors is None or self._name_vectors is None:
            return np.where(shared > 0, GIVEN_FROM + shared / 2, 0).astype(np.float32)
        cosines = vectors @ self._name_vectors.T
        usual = (cosines.sum(axis=1) + USUAL_COSINE * USUAL_WEIGHT) / (len(self.frame) + USUAL_WEIGHT)
        likeness = cosines - usual[:, None] + SHARED_WORDS * shared
        found: Floats = (1 / (1 + np.exp(-SLOPE * (likeness - NAMED_FROM)))).astype(np.float32)
        return found


def map_by_names(frame: Sequence[FrameTheme], name_vectors: Any = None) -> ThemeMap:
    """A map that knows the frame's names and words alone.

    ``name_vectors``: (themes, width), each theme's ``told`` embedded; without them only shared words count. Raises
    ``ValueError`` for two themes of one name, or vectors that do not fit.
    """
    return ThemeMap(frame, None if name_vectors is None else checked(name_vectors, len(frame)))


def learn_map(
    frame: Sequence[FrameTheme],
    rows: Sequence[Row],
    texts: Sequence[str],
    vectors: Any = None,
    name_vectors: Any = None,
) -> ThemeMap:
    """A map that learns from rows: a logistic regression for each theme on the vectors and TF-IDF of words and pairs.

    A theme with fewer than 3 texts with it, or without it, still goes by its name. Of more than 5,000 rows, those that
    officers decided come first. Raises ``ValueError`` for two themes of one name, vectors that do not fit, or a row
    with an index beyond the texts or a theme outside the frame.
    """
    names = {theme.name for theme in frame}
    for row in rows:
        if not 0 <= row.text_index < len(texts):
            raise ValueError(f"a row names text {row.text_index} of {len(texts)}")
        if unknown := sorted(row.themes - names):
            raise ValueError(f"the frame has no theme “{unknown[0]}”")
    found = map_by_names(frame, name_vectors)
    if rows:
        found._learn(rows, texts, None if vectors is None else checked(vectors, len(texts)))
    return found


def map_agreement(
    frame: Sequence[FrameTheme],
    rows: Sequence[Row],
    texts: Sequence[str],
    vectors: Any = None,
    name_vectors: Any = None,
) -> MapAgreement:
    """What ``learn_map`` is worth: five-fold cross-validation on the rows officers decided, the others learned from.

    Copies of one text are kept back together. Refused below 20 such rows. Raises as ``learn_map`` does.
    """
    officers = [row for row in rows if row.by_officer]
    others = [row for row in rows if not row.by_officer]
    if len(officers) < FEWEST_EXAMPLES:
        reason = f"not enough examples: {len(officers)} of the {FEWEST_EXAMPLES} needed"
        return MapAgreement(0.0, 0.0, 0.0, len(officers), reason)
    known = None if vectors is None else checked(vectors, len(texts))
    fold_of = folds([texts[row.text_index] for row in officers], FOLDS)
    given: list[Collection[str]] = [()] * len(officers)
    for fold in range(FOLDS):
        back = [place for place in range(len(officers)) if fold_of[place] == fold]
        kept = [officers[place] for place in range(len(officers)) if fold_of[place] != fold]
        back_texts = {texts[officers[place].text_index] for place in back}
        kept += [row for row in others if texts[row.text_index] not in back_texts]
        learned = learn_map(frame, kept, texts, known, name_vectors)
        places = [officers[place].text_index for place in back]
        read = learned.read([texts[place] for place in places], None if known is None else known[places])
        for place, themes in zip(back, read, strict=True):
            given[place] = [each.theme for each in themes]
    return _measured([row.themes for row in officers], given)


def _measured(true: Sequence[Collection[str]], given: Sequence[Collection[str]]) -> MapAgreement:
    names = sorted({name for themes in true for name in themes})
    per_theme = [_f1([name in themes for themes in true], [name in themes for themes in given]) for name in names]
    both = sum(len(set(one) & set(other)) for one, other in zip(true, given, strict=True))
    everything = sum(map(len, true)) + sum(map(len, given))
    samples = [
        2 * len(set(one) & set(other)) / (len(one) + len(other)) if one or other else 1.0
        for one, other in zip(true, given, strict=True)
    ]
    return MapAgreement(
        micro=round(2 * both / everything, 4) if everything else 1.0,
        macro=round(sum(per_theme) / len(names), 4) if names else 1.0,
        samples=round(sum(samples) / len(samples), 4),
        n=len(true),
    )


def _f1(true: Sequence[bool], given: Sequence[bool]) -> float:
    both = sum(one and other for one, other in zip(true, given, strict=True))
    everything = sum(true) + sum(given)
    return 2 * both / everything if everything else 0.0


def _shared(stems: Set[str], others: Set[str]) -> float:
    """Cosine of the two sets of stems."""
    both = len(stems & others)
    return both / math.sqrt(len(stems) * len(others)) if both else 0.0
