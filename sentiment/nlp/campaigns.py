"""Campaigns: near-identical texts that many people sent, so that they are counted as people and read once.

Two steps, because comparing all pairs of 100,000 texts is not possible.

1. *Candidates* by MinHash (Broder 1997) with banding (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets,
   section 3.4). A text's shingles are its subject-bearing words and all its pairs of neighbouring words. When 30 % of
   a letter's words are changed, 0.7 of the words and 0.7² = 0.49 of the pairs stay (of triples only 0.34), so about
   0.36 of the shingles of both texts together are shared, and about 0.17 between two such copies. A pair agrees in all
   2 rows of one of 60 bands at least with probability 1 - (1 - 0.36²)^60 = 0.9998, and 0.83 for two copies; honest
   texts about one matter share 0.04 or less. Crowded bands are put in order by the next two rows and only neighbours
   compared, so the work grows with the number of texts, not with its square.
2. *Verification* by the longest common subsequence of all words (Hyyrö 2004, bit-parallel): words in the same
   order, twice their number over the words of both. A copy with 30 % changed keeps 0.7 of a letter; two copies 0.49.

Texts that pass are joined into groups, the likeliest first, as long as the texts that stand for both groups resemble
each other as well: a chain of weak likenesses never grows into one large campaign.

A text under 12 words, or with fewer than 4 different subject-bearing ones, is never called part of a campaign: "I
agree with all of this" is what many people honestly write.
"""

import hashlib
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentiment.nlp.stopwords import STOP_WORDS
from sentiment.nlp.tokens import WORD_PATTERN

SHORTEST_WORDS = 12
FEWEST_SUBJECT_WORDS = 4
MOST_WORDS = 1_000  # of a text are compared
MOST_CHARACTERS = 20_000  # of a text are looked at, enough for so many words
BANDS, ROWS = 60, 2
SIGNATURE = BANDS * ROWS
NEIGHBOURS = 2  # texts on either side in a band that a text is compared with
SHARED_SHINGLES = 0.12  # as estimated by the signatures, under which a pair is not verified
ALIKE, HEADS_ALIKE = 0.38, 0.28  # likeness asked of two texts, and of those that stand for their groups ...
SHORT_EXTRA = 1.25  # ... and so much more, divided by the words of the shorter
MOST_FAILURES = 5  # verifications a text may fail before it is left alone; its likeliest are tried first
MOST_COMPARED = 2_000  # versions of a campaign, the most sent, among which one is chosen to stand for it
PAIRS_AT_ONCE = 50_000
CHUNK = 2_000  # texts whose shingles are held at once

_WORD = re.compile(WORD_PATTERN)
_Words = tuple[str, ...]
_Hashes = NDArray[np.uint64]
_Signatures = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Campaign:
    """A group of near-identical texts.

    ``members`` are places in the list of texts, in order; ``representative`` is the one most like the others.
    """

    representative: int
    members: tuple[int, ...]

    @property
    def size(self) -> int:
        return len(self.members)


def find_campaigns(texts: Sequence[str], fewest: int = 2) -> tuple[Campaign, ...]:
    """The campaigns of ``fewest`` texts or more, largest first, then by first member. A text is in one at most.

    Which texts are grouped does not depend on their order. 100,000 texts of 40 words take about half a minute on one
    core and 350 MB. Raises ``ValueError`` for ``fewest`` under 2.
    """
    if fewest < 2:
        raise ValueError(f"a campaign has two texts at least, not {fewest}")
    senders: defaultdict[_Words, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        words = _words(text)
        if _is_long_enough(words):
            senders[words].append(place)
    versions = sorted(senders)  # an order of their own, so that the order of the texts does not matter
    signatures = _signatures(versions)
    weights = np.array([len(senders[words]) for words in versions])
    found = []
    for group in _groups(versions, signatures, weights):
        members = sorted(place for version in group for place in senders[versions[version]])
        if len(members) >= fewest:
            found.append(Campaign(senders[versions[group[0]]][0], tuple(members)))
    return tuple(sorted(found, key=lambda campaign: (-campaign.size, campaign.members)))


def likeness(one: str, other: str) -> float:
    """How alike two texts are, 0..1: the words they have in common in the same order, twice, over the words of both.

    Case and punctuation do not count; the first 1,000 words do. Two texts without a word are not alike.
    """
    return _likeness(_words(one), _words(other))


def _words(text: str) -> _Words:
    found = _WORD.findall(text[:MOST_CHARACTERS].lower().replace("’", "'"))
    return tuple(map(sys.intern, found[:MOST_WORDS]))  # a word is kept once, however many texts hold it


def _is_long_enough(words: _Words) -> bool:
    return len(words) >= SHORTEST_WORDS and len(set(words) - STOP_WORDS) >= FEWEST_SUBJECT_WORDS


def _likeness(one: _Words, other: _Words) -> float:
    """Longest common subsequence with one big integer as the row of the table (Hyyrö 2004)."""
    where: dict[str, int] = {}
    for place, word in enumerate(one):
        where[word] = where.get(word, 0) | 1 << place
    full = row = (1 << len(one)) - 1
    for places in filter(None, map(where.get, other)):
        matches = row & places
        row = (row + matches) | (row - matches)
    common = len(one) - (row & full).bit_count()
    return 2 * common / max(1, len(one) + len(other))


def _are_alike(one: _Words, other: _Words, base: float = ALIKE) -> bool:
    """Short texts share a larger part by chance, so more is asked of them: 0.48 at 12 words, 0.41 at 50."""
    return _likeness(one, other) >= base + SHORT_EXTRA / min(len(one), len(other))


class _WordHashes(dict[str, int]):
    """64 bits for each word, the same in every process (Python's own hash is not)."""

    def __missing__(self, word: str) -> int:
        digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        found = self[word] = int.from_bytes(digest, "little")
        return found


def _signatures(versions: Sequence[_Words]) -> _Signatures:
    """A row of 120 for each text: of each of 120 orders of all shingles, the text's first."""
    draw = np.random.default_rng(1997)
    factors = draw.integers(0, 2**64, SIGNATURE, dtype=np.uint64) | np.uint64(1)
    shifts = draw.integers(0, 2**64, SIGNATURE, dtype=np.uint64)
    known = _WordHashes()
    found = np.empty((len(versions), SIGNATURE), dtype=np.uint32)
    for first in range(0, len(versions), CHUNK):
        shingles, starts = _shingles(versions[first : first + CHUNK], known)
        for row, (factor, shift) in enumerate(zip(factors, shifts, strict=True)):
            # Multiply-shift (Dietzfelbinger 1997): the upper half of a product modulo 2^64.
            hashed = ((shingles * factor + shift) >> np.uint64(32)).astype(np.uint32)
            found[first : first + CHUNK, row] = np.minimum.reduceat(hashed, starts)
    return found


def _shingles(versions: Sequence[_Words], known: _WordHashes) -> tuple[_Hashes, NDArray[np.int64]]:
    """The shingles of all texts after one another, and where each text's begin."""
    pieces: list[_Hashes] = []
    starts = []
    length = 0
    for words in versions:
        hashes = np.array([known[word] for word in words], dtype=np.uint64)
        subject = np.array([known[word] for word in words if word not in STOP_WORDS], dtype=np.uint64)
        pairs = (hashes[:-1] * np.uint64(0x9E3779B97F4A7C15)) ^ hashes[1:]
        starts.append(length)
        length += len(pairs) + len(subject)
        pieces += (pairs, subject)
    return np.concatenate(pieces), np.array(starts)


def _candidates(signatures: _Signatures) -> NDArray[np.int64]:
    """Pairs of texts that agree in a band and seem to share enough shingles, the most alike first: (n, 2)."""
    size = max(1, len(signatures))
    codes = np.empty(0, dtype=np.int64)
    for band in range(BANDS):
        columns = [(band * ROWS + step) % SIGNATURE for step in range(2 * ROWS)]
        key, then = (_joined(signatures, columns[:ROWS]), _joined(signatures, columns[ROWS:]))
        order = np.lexsort((then, key))
        ranked = key[order]
        found = [codes]
        for step in range(1, NEIGHBOURS + 1):
            same = np.flatnonzero(ranked[step:] == ranked[:-step])
            one, other = order[same], order[same + step]
            found.append(np.minimum(one, other) * size + np.maximum(one, other))
        codes = np.sort(np.concatenate(found))
        codes = codes[np.diff(codes, prepend=-1) > 0]
    shared = _shared(signatures, codes // size, codes % size)
    codes = codes[np.argsort(-shared, kind="stable")[: int((shared >= SHARED_SHINGLES).sum())]]
    return np.stack([codes // size, codes % size], axis=1)


def _joined(signatures: _Signatures, columns: Sequence[int]) -> _Hashes:
    upper, lower = (signatures[:, column].astype(np.uint64) for column in columns)
    return (upper << np.uint64(32)) | lower


def _shared(signatures: _Signatures, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float32]:
    """The share of shingles that pairs have in common, as their signatures tell."""
    short = signatures.astype(np.uint16)  # 16 bits tell two shingles apart well enough here, at half the memory
    found = np.empty(len(one), dtype=np.float32)
    for first in range(0, len(one), PAIRS_AT_ONCE):
        part = slice(first, first + PAIRS_AT_ONCE)
        found[part] = (short[one[part]] == short[other[part]]).mean(axis=1)
    return found


def _groups(versions: Sequence[_Words], signatures: _Signatures, weights: NDArray[np.int64]) -> Iterator[list[int]]:
    """Groups of versions, the representative first. A version that nobody else resembles is a group by itself.

    Two groups are joined when two of their texts are alike and, a little less, the texts that stand for them.
    """
    parent = list(range(len(versions)))
    senders = weights.tolist()
    failures = [0] * len(versions)

    def head(version: int) -> int:
        while parent[version] != version:
            parent[version] = version = parent[parent[version]]
        return version

    pairs = _candidates(signatures)
    for first in range(0, len(pairs), PAIRS_AT_ONCE):
        for one, other in pairs[first : first + PAIRS_AT_ONCE].tolist():
            heads = head(one), head(other)
            if heads[0] == heads[1] or max(failures[one], failures[other]) >= MOST_FAILURES:
                continue
            larger, smaller = sorted(heads, key=lambda version: (-senders[version], version))
            if _are_alike(versions[one], versions[other]) and _are_alike(
                versions[larger], versions[smaller], HEADS_ALIKE
            ):
                parent[smaller] = larger
                senders[larger] += senders[smaller]
            else:
                failures[one] += 1
                failures[other] += 1
    joined: defaultdict[int, list[int]] = defaultdict(list)
    for version in range(len(versions)):
        joined[head(version)].append(version)
    for group in joined.values():
        centre = _most_like_the_rest(group, signatures, weights)
        yield [centre, *(version for version in group if version != centre)]


def _most_like_the_rest(group: Sequence[int], signatures: _Signatures, weights: NDArray[np.int64]) -> int:
    """The version that shares most shingles with the others, each of them counted as often as it was sent."""
    if len(group) == 1:
        return group[0]
    sent = sorted(group, key=lambda version: (-weights[version], version))[:MOST_COMPARED]
    columns = np.arange(SIGNATURE, dtype=np.uint64) << np.uint64(32)
    _, kinds = np.unique(signatures[sent] | columns, return_inverse=True)
    votes = np.bincount(kinds.ravel(), weights=np.repeat(weights[sent], SIGNATURE))
    return sent[int(votes[kinds.reshape(len(sent), SIGNATURE)].sum(axis=1).argmax())]
