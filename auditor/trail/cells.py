"""Arrow arrays out of positions in a block of bytes, without a Python object a cell.

Arrays are made from buffers, since `pyarrow.array` and `pyarrow.scalar` import pandas, which costs every reading
process a second of its start.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def whole(numbers: Any) -> Any:
    """An Arrow array of 64-bit integers from a numpy one."""
    kept = np.ascontiguousarray(numbers, dtype=np.int64)
    return pa.Array.from_buffers(pa.int64(), len(kept), [None, pa.py_buffer(kept)])


def flags(booleans: Any) -> Any:
    """An Arrow array of booleans from a numpy one."""
    packed = np.packbits(np.asarray(booleans, dtype=bool), bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(booleans), [None, pa.py_buffer(packed)])


def cut(data: Any, starts: Any, ends: Any) -> Any:
    """The texts between pairs of positions, which rise from pair to pair; the bytes must be UTF-8."""
    offsets = np.empty(2 * len(starts) + 1, dtype=np.int32)
    offsets[0:-1:2], offsets[1::2] = starts, ends
    offsets[-1] = offsets[-2] if len(starts) else 0
    both = pa.StringArray.from_buffers(2 * len(starts), pa.py_buffer(offsets), data)
    return both.take(whole(np.arange(0, 2 * len(starts), 2)))


def texts(values: Iterable[str | None]) -> Any:
    """An Arrow array of texts and nulls."""
    builder = pa.lib.StringBuilder()
    builder.append_values(list(values))
    return builder.finish()


def constant(value: str | None, count: int) -> Any:
    """One text (or null) many times."""
    if value is None:
        return pa.nulls(count, pa.string())
    return texts([value]).take(whole(np.zeros(count)))


def holds(column: Any, sign: bytes) -> bool:
    """Whether any text of a compact column has the sign."""
    return sign in packed(column)


def packed(column: Any) -> bytes:
    """All bytes of a compact column of texts, one text behind the other."""
    data = column.buffers()[2]
    return data.to_pybytes() if data is not None else b""


def given(column: Any, *nothing: str) -> Any:
    """The column with null where the text is empty or one of `nothing`."""
    missing = pc.equal(pc.binary_length(column), pc.binary_length(texts([""]))[0])
    for word in nothing:
        missing = pc.or_kleene(missing, pc.equal(column, texts([word])[0]))
    return pc.if_else(missing, texts([None])[0], column)
