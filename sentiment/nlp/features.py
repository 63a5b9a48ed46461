"""What a classifier that learns from officers looks at: an encoder's vector and TF-IDF of words and pairs of words."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentiment.nlp.wordspace import Floats, WordSpace, wording


class Features:
    """Learned from some texts and used on any."""

    def __init__(self, texts: Sequence[str], vectors: Floats | None, words_weight: float) -> None:
        self._with_vectors = vectors is not None
        self._words_weight = words_weight if self._with_vectors else 1.0
        self._space = WordSpace(texts, wording)

    def rows(self, texts: Sequence[str], vectors: Floats | None) -> Any:
        """(n, width + terms), a SciPy matrix. Raises ``ValueError`` when vectors were there in learning but not now."""
        from scipy.sparse import csr_matrix, hstack

        if (vectors is not None) != self._with_vectors:
            raise ValueError("vectors are needed for learning and for reading, or for neither")
        by_words = self._words_weight * self._space.sparse(texts)
        return by_words if vectors is None else hstack([csr_matrix(vectors), by_words]).tocsr()


def folds(texts: Sequence[str], count: int) -> NDArray[np.int64]:
    """A fold 0..count - 1 for each text, by the text alone, so that its copies share one; the folds are about equal."""
    different = sorted(set(texts), key=lambda text: blake2b(text.encode("utf-8", "surrogatepass")).digest())
    fold_of = {text: place % count for place, text in enumerate(different)}
    return np.array([fold_of[text] for text in texts], dtype=np.int64)
