"""Damages files in every way files get damaged, the same way for the same seed."""

import random
import struct

_MARKS = (b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0", b"\xe0\x7f\x10\x00", b"SQ\0\0", b"UN\0\0")
_LENGTHS = (0, 1, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFE, 0x7FFFFFFF, 0x80000000)


def mutated(data: bytes, seed: int) -> bytes:
    """Return `data` with one to six kinds of damage done to it."""
    chance = random.Random(seed)  # noqa: S311 - damage, not secrets
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        if made:
            chance.choice(_WAYS)(made, chance)
    return bytes(made)


def _flip(made: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 4, 32))):
        made[_place(made, chance)] = chance.randrange(256)


def _cut(made: bytearray, chance: random.Random) -> None:
    del made[_place(made, chance) :]


def _remove(made: bytearray, chance: random.Random) -> None:
    start = _place(made, chance)
    del made[start : start + chance.choice((1, 2, 4, 8, 64, 1024))]


def _repeat(made: bytearray, chance: random.Random) -> None:
    start = _place(made, chance)
    made[start:start] = made[start : start + chance.choice((8, 64, 512))] * chance.choice((1, 2, 50))


def _length(made: bytearray, chance: random.Random) -> None:
    start = _place(made, chance)
    made[start : start + 4] = struct.pack("<I", chance.choice(_LENGTHS))


def _mark(made: bytearray, chance: random.Random) -> None:
    start = _place(made, chance)
    mark = chance.choice(_MARKS)
    made[start : start + len(mark)] = mark


def _append(made: bytearray, chance: random.Random) -> None:
    made += chance.randbytes(chance.choice((1, 7, 130, 4000)))


def _zero(made: bytearray, chance: random.Random) -> None:
    start = _place(made, chance)
    size = min(chance.choice((4, 64, 4096)), len(made) - start)
    made[start : start + size] = bytes(size)


def _place(made: bytearray, chance: random.Random) -> int:
    """Somewhere in the file, in its first two kilobytes half of the time."""
    return chance.randrange(min(len(made), 2048) if chance.random() < 0.5 else len(made))


_WAYS = (_flip, _flip, _flip, _cut, _remove, _repeat, _length, _length, _mark, _append, _zero)
