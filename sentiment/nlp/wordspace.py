"""Texts as points by the words they share: TF-IDF of NLTK's stems, and LSA of it, beside an encoder's vectors.

Two texts may be near in meaning with no word in common: an encoder's vectors know that. A council's own words (a
street, the name of a scheme) mean nothing to an encoder: these points know them. scikit-learn is imported where it is
used, because it takes a second and most users of this package never reach it.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentiment.nlp.terms import term, terms
from sentiment.nlp.tokens import words

AXES = 100  # of LSA; 30 to 200 were within 0.01 of each other in purity
FEWEST_HOLDERS = 2  # texts that must hold a term: one person's word joins nobody
MOST_TERMS = 20_000  # the terms most texts share
MOST_CHARACTERS = 5_000  # of a text are looked at
SEED = 0
SHORTEST = 1e-6  # length under which a row is nothing but rounding

Floats = NDArray[np.float32]


def subject(text: str) -> list[str]:
    """The stems of what a text is about, repeats kept."""
    return terms(text[:MOST_CHARACTERS])


def wording(text: str) -> list[str]:
    """The stem of every word and every two neighbours, stop words too: "not" and "in favour" tell a position."""
    stems = [term(word.text).stem for word in words(text[:MOST_CHARACTERS])]
    return stems + [f"{one} {other}" for one, other in pairwise(stems)]


class WordSpace:
    """TF-IDF learned from some texts, used on any. ``features`` are a text's terms, ``subject`` or ``wording``."""

    def __init__(self, texts: Sequence[str], features: Callable[[str], list[str]] = subject) -> None:
        """Learn from ``texts``. Without any term that two of them hold, every point is zero."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._tfidf = TfidfVectorizer(
            analyzer=features,
            min_df=min(FEWEST_HOLDERS, len(texts)),
            max_features=MOST_TERMS,
            sublinear_tf=True,
            dtype=np.float32,
        )
        try:
            self._learned_from = self._tfidf.fit_transform(texts)
        except ValueError:  # scikit-learn's only word for "no terms remain"
            self._tfidf, self._learned_from = None, None
        self._svd: Any = None

    def sparse(self, texts: Sequence[str]) -> Any:
        """TF-IDF rows of length 1, or 0 without a known term: a SciPy matrix, (n, terms)."""
        from scipy.sparse import csr_matrix

        return self._tfidf.transform(texts) if self._tfidf else csr_matrix((len(texts), 1), dtype=np.float32)

    def points(self, texts: Sequence[str]) -> Floats:
        """LSA rows of length 1, or 0 without a known term: (n, at most 100). TF-IDF itself when it has few terms."""
        rows = self.sparse(texts)
        if rows.shape[1] <= AXES:
            return unit(rows.toarray())
        if self._svd is None:
            from sklearn.decomposition import TruncatedSVD

            axes = max(2, min(AXES, self._learned_from.shape[0] - 1))
            self._svd = TruncatedSVD(axes, random_state=SEED).fit(self._learned_from)
        return unit(self._svd.transform(rows))


def unit(rows: Any) -> Floats:
    """The rows brought to length 1; rows of zeros stay."""
    rows = np.asarray(rows, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: Floats = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > SHORTEST)
    return found


def checked(vectors: Any, count: int) -> Floats:
    """An encoder's vectors as float32 (count, width), length 1. Raises ``ValueError`` for another shape, or no number."""
    rows = np.asarray(vectors, dtype=np.float32)
    if rows.ndim != 2 or len(rows) != count:
        raise ValueError(f"{count} texts need {count} rows of vectors, not an array of shape {rows.shape}")
    if not np.isfinite(rows).all():
        raise ValueError("a vector holds something that is not a number")
    return unit(rows)
