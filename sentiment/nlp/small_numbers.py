"""Small-number suppression: what may be shown in public of counts of people.

A count under the threshold may point at a person, so it is hidden; and as many others with it as it takes that no
hidden count can be worked out, exactly or as small, from the counts shown and their total. The threshold of ten is
the one the UK Longitudinal Linkage Collaboration sets for what leaves it.

**Zero is shown.** A zero counts nobody, and hiding it would hide a neighbour too in nearly every table. So whoever
reads a public table knows that each hidden count is at least one, and the rule reckons with that.
"""

from collections.abc import Mapping

THRESHOLD = 10


def suppress(counts: Mapping[str, int], threshold: int = THRESHOLD) -> dict[str, int | None]:
    """The counts with None for each that must not be shown. Keys keep their order.

    Counts are of separate groups, so that they sum to a total. Hidden: each count from 1 to ``threshold`` - 1; then,
    smallest first (equal counts in the order given), other counts until at least two are hidden and each of them
    could be ``threshold`` or more as far as the counts shown and the total tell. When no choice reaches that (all
    counts together are too few), every count but the zeros is hidden and the total must be kept back too: publish
    the one that ``publishable_total`` gives, never your own sum. Raises ``ValueError`` for a negative count.
    """
    hidden = _hidden(counts, threshold)
    return {key: None if key in hidden else count for key, count in counts.items()}


def publishable_total(counts: Mapping[str, int], threshold: int = THRESHOLD) -> int | None:
    """The sum of the counts, or None when showing it would tell how small a hidden count is."""
    hidden = _hidden(counts, threshold)
    if hidden and not _safe([counts[key] for key in hidden], threshold):
        return None
    return sum(counts.values())


def _hidden(counts: Mapping[str, int], threshold: int) -> set[str]:
    if any(count < 0 for count in counts.values()):
        raise ValueError("a count of people cannot be negative")
    hidden = {key for key, count in counts.items() if 0 < count < threshold}
    if not hidden:
        return hidden
    spare = sorted((key for key, count in counts.items() if count >= threshold), key=counts.__getitem__)
    for key in spare:
        if _safe([counts[hidden_key] for hidden_key in hidden], threshold):
            break
        hidden.add(key)
    return hidden


def _safe(hidden_counts: list[int], threshold: int) -> bool:
    """Whether each hidden count could be the threshold or more, knowing their sum and that each is 1 or more."""
    others = len(hidden_counts) - 1
    return others >= 1 and sum(hidden_counts) - others >= threshold
