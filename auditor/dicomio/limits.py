"""Bounds on everything hostile input could make grow."""

from dataclasses import dataclass

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of anything is accepted; sizes are bytes. What lies beyond a bound is reported, never read.

    `value` bounds one value held in memory (longer ones are located, not loaded), `header` all values of
    one file together, `elements` and `depth` the data set, `fragments` encapsulated pixel data,
    `inflated` one inflated stream and `ratio` its growth (checked once it is larger than `grace`),
    `members` an archive, `archives` the nesting of archives, `texts` those of one document.
    """

    value: int = 16 * _MEGABYTE
    header: int = 96 * _MEGABYTE
    elements: int = 1_000_000
    depth: int = 48
    fragments: int = 2_000_000
    inflated: int = 4096 * _MEGABYTE
    ratio: int = 250
    grace: int = 32 * _MEGABYTE
    members: int = 200_000
    archives: int = 3
    texts: int = 20_000


DEFAULT_LIMITS = Limits()
