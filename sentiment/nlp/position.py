"""Position: whether a text supports what is proposed, learned from officers' own labels on the same consultation.

Position is not tone: an angry text may support a proposal and a warm one oppose it, so nothing here is known before
officers have labelled some answers, and nothing is carried from one consultation to another. What is learned is always
shown with its agreement with the officers on answers that were kept back.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from nltk.metrics.agreement import AnnotationTask

from sentiment.nlp.features import Features, folds
from sentiment.nlp.identity import hide_identity
from sentiment.nlp.themes import says_something
from sentiment.nlp.wordspace import MOST_CHARACTERS, Floats, checked

PositionName = Literal["support", "oppose", "mixed", "unclear"]
POSITIONS: tuple[PositionName, ...] = get_args(PositionName)
UNCLEAR: PositionName = "unclear"

FEWEST_LABELS = 20  # of officers, below which nothing is learned
FEWEST_OF_A_POSITION = 2  # labels, below which a position is left out
MARGIN = 0.05  # between the two likeliest positions, below which a text is unclear
WORDS_WEIGHT = (
    0.3  # of TF-IDF beside the vectors' 1: from 40 labels .3 is as good as none and .5 worse, from 200 better
)
COST = 5.0  # of an error against the size of the weights (C): 1 to 20 were within 0.02
FOLDS = 5
MOST_STEPS = 500


@dataclass(frozen=True, slots=True)
class Position:
    """``p`` is the probability of each position learned, which sum to 1; None for a text that says nothing."""

    position: PositionName
    p: Mapping[PositionName, float] | None


@dataclass(frozen=True, slots=True)
class PositionAgreement:
    """With officers on ``n`` labelled texts, each kept back while the rest was learned (five-fold).

    ``accuracy`` is the share read as the officer did and ``macro_f1`` the mean F1 of the positions, 0..1; ``alpha`` is
    Krippendorff's, nominal: 1 is full agreement, 0 what chance would give. ``undecided``: share left unclear by the
    margin, which counts as wrong.
    """

    accuracy: float
    macro_f1: float
    alpha: float
    undecided: float
    n: int


@dataclass(frozen=True, slots=True)
class NotEnoughLabels:
    """Why no position can be learned yet."""

    reason: str


class PositionReader:
    """Reads positions as officers do. Made by ``learn_positions``.

    ``agreement`` is what it is worth; ``left_out`` are positions that too few labels name for them to be learned.
    """

    def __init__(self, model: "_Model", agreement: PositionAgreement, left_out: tuple[PositionName, ...]) -> None:
        self.agreement = agreement
        self.left_out = left_out
        self._model = model

    def read(self, texts: Sequence[str], vectors: Any = None) -> tuple[Position, ...]:
        """The position of each text. Raises ``ValueError`` unless vectors are given as they were in learning."""
        return self._model.read(texts, None if vectors is None else checked(vectors, len(texts)))


def learn_positions(
    texts: Sequence[str], labels: Sequence[PositionName], vectors: Any = None
) -> PositionReader | NotEnoughLabels:
    """Learn from officers' labels, one a text, by logistic regression on the vectors and TF-IDF of words and pairs.

    ``vectors``: (n, width) from ``Encoder.embed``, or None to go by words alone, which takes far more labels. A
    position with one label only is left out. ``NotEnoughLabels`` below 20 labels, or when fewer than two positions
    can be learned. Raises ``ValueError`` for a label that is no position, or lengths that differ.
    """
    if len(labels) != len(texts):
        raise ValueError(f"{len(texts)} texts but {len(labels)} labels")
    if unknown := sorted(set(labels) - set(POSITIONS)):
        raise ValueError(f"“{unknown[0]}” is no position; they are {', '.join(POSITIONS)}")
    rows = None if vectors is None else checked(vectors, len(texts))
    counts = Counter(labels)
    if len(labels) < FEWEST_LABELS:
        return NotEnoughLabels(f"not enough labels: {len(labels)} of the {FEWEST_LABELS} needed")
    learned = [name for name in POSITIONS if counts[name] >= FEWEST_OF_A_POSITION]
    if len(learned) < 2:
        only = f"only “{learned[0]}” has" if learned else "no position has"
        return NotEnoughLabels(
            f"not enough labels: {only} {FEWEST_OF_A_POSITION} or more, and two positions are needed"
        )
    kept = [place for place, label in enumerate(labels) if label in learned]
    taught = _Taught([texts[place] for place in kept], [labels[place] for place in kept], _of(rows, kept))
    left_out = tuple(name for name in POSITIONS if 0 < counts[name] < FEWEST_OF_A_POSITION)
    return PositionReader(_Model(taught), _agreement(taught), left_out)


@dataclass(frozen=True, slots=True)
class _Taught:
    """Labelled texts and their vectors."""

    texts: Sequence[str]
    labels: Sequence[PositionName]
    vectors: Floats | None

    def at(self, places: Sequence[int]) -> "_Taught":
        return _Taught(
            [self.texts[place] for place in places],
            [self.labels[place] for place in places],
            _of(self.vectors, places),
        )


class _Model:
    def __init__(self, taught: _Taught) -> None:
        from sklearn.linear_model import LogisticRegression

        hidden = _hidden(taught.texts)
        self._features = Features(hidden, taught.vectors, WORDS_WEIGHT)
        self._model = LogisticRegression(C=COST, class_weight="balanced", max_iter=MOST_STEPS)
        self._model.fit(self._features.rows(hidden, taught.vectors), list(taught.labels))
        self._names: list[PositionName] = [POSITIONS[POSITIONS.index(name)] for name in self._model.classes_]

    def read(self, texts: Sequence[str], vectors: Floats | None) -> tuple[Position, ...]:
        if not texts:
            return ()
        chances = self._model.predict_proba(self._features.rows(_hidden(texts), vectors))
        return tuple(self._position(text, row.tolist()) for text, row in zip(texts, chances, strict=True))

    def _position(self, text: str, chances: list[float]) -> Position:
        if not says_something(text):
            return Position(UNCLEAR, None)
        p = {name: round(chance, 4) for name, chance in zip(self._names, chances, strict=True)}
        second, first = sorted(chances)[-2:]
        return Position(UNCLEAR if first - second < MARGIN else self._names[chances.index(first)], p)


def _agreement(taught: _Taught) -> PositionAgreement:
    """Five-fold cross-validation; a fold's texts stay with their copies. A fold without a second position in what is
    left of the labels is not read: its texts count as unclear.
    """
    fold_of = folds(taught.texts, FOLDS)
    read: list[Position] = [Position(UNCLEAR, None)] * len(taught.texts)
    for fold in range(FOLDS):
        back, rest = np.flatnonzero(fold_of == fold).tolist(), np.flatnonzero(fold_of != fold).tolist()
        if back and len({taught.labels[place] for place in rest}) > 1:
            held = taught.at(back)
            for place, position in zip(back, _Model(taught.at(rest)).read(held.texts, held.vectors), strict=True):
                read[place] = position
    return _compared(taught.labels, read)


def _compared(labels: Sequence[PositionName], read: Sequence[Position]) -> PositionAgreement:
    pairs = [(label, position.position) for label, position in zip(labels, read, strict=True)]
    alpha = 1.0
    if len({name for pair in pairs for name in pair}) > 1:
        said = [(coder, str(item), name) for item, pair in enumerate(pairs) for coder, name in enumerate(pair)]
        alpha = float(AnnotationTask(data=said).alpha())
    undecided = sum(position.position == UNCLEAR and not _is_likeliest(position) for position in read)
    f1 = [
        2
        * sum(pair == (name, name) for pair in pairs)
        / sum((label == name) + (found == name) for label, found in pairs)
        for name in sorted(set(labels))
    ]
    return PositionAgreement(
        accuracy=round(sum(label == found for label, found in pairs) / len(pairs), 4),
        macro_f1=round(sum(f1) / len(f1), 4),
        alpha=round(alpha, 4),
        undecided=round(undecided / len(pairs), 4),
        n=len(pairs),
    )


def _is_likeliest(position: Position) -> bool:
    return bool(position.p) and max(position.p or {}, key=lambda name: (position.p or {})[name]) == position.position


def _of(vectors: Floats | None, places: Sequence[int]) -> Floats | None:
    return None if vectors is None else vectors[list(places)]


def _hidden(texts: Sequence[str]) -> list[str]:
    """The texts without the words that say who somebody is: they tell nothing of what is supported."""
    return [hide_identity(text[:MOST_CHARACTERS]).text for text in texts]
