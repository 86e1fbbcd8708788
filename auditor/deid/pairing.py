"""Which copy belongs to which source, also where UIDs, names and paths were changed."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditor.deid.uids import UidMap
from auditor.deid.view import Signature


@dataclass(frozen=True, slots=True)
class Pairs:
    """Indexes into sources and copies, how each pair was found, and what stayed alone."""

    pairs: tuple[tuple[int, int, str], ...]
    lost: tuple[int, ...]
    surplus: tuple[int, ...]


def pair(sources: Sequence[Signature], copies: Sequence[Signature], uids: UidMap | None = None) -> Pairs:
    """Match by UID (mapped under `uids` when the project key is known), path, pixel digest, then content.

    A digest matches only where it is the only one of its kind left on both sides.
    """
    keys: list[tuple[str, Callable[[Signature], str], Callable[[Signature], str]]] = [
        ("uid", lambda one: one.uid, lambda one: one.uid),
        ("path", lambda one: one.locator, lambda one: one.locator),
        ("pixels", lambda one: one.pixels, lambda one: one.pixels),
        (
            "content",
            lambda one: one.content and one.pixels + one.content,
            lambda one: one.content and one.pixels + one.content,
        ),
        ("content", lambda one: one.content, lambda one: one.content),
    ]
    if uids is not None:
        mapped = uids
        keys.insert(0, ("uid", lambda one: mapped.new(one.uid), lambda one: one.uid))
    left, right = set(range(len(sources))), set(range(len(copies)))
    found: list[tuple[int, int, str]] = []
    for name, of_source, of_copy in keys:
        table = _unique({index: of_copy(copies[index]) for index in right})
        for key, index in _unique({index: of_source(sources[index]) for index in left}).items():
            if key in table:
                found.append((index, table[key], name))
                left.discard(index)
                right.discard(table[key])
    return Pairs(tuple(sorted(found)), tuple(sorted(left)), tuple(sorted(right)))


def _unique(keys: dict[int, str]) -> dict[str, int]:
    grouped: dict[str, list[int]] = defaultdict(list)
    for index, key in keys.items():
        if key:
            grouped[key].append(index)
    return {key: indexes[0] for key, indexes in grouped.items() if len(indexes) == 1}
