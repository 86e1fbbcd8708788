"""What may be changed when a file is written back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from auditor.dicomio.element import Element, Scope


class Replace(NamedTuple):
    """Give `element` another value, raw and in the file's byte order, and another VR if one is named.

    A sequence is replaced by the bytes of its new items; see `encode_items`.
    """

    element: Element
    value: bytes
    vr: str = ""


class Remove(NamedTuple):
    """Leave `element` out, a sequence with all that is in it."""

    element: Element


@dataclass(frozen=True, slots=True)
class RemoveItem:
    """Leave one item of a sequence out."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class Insert:
    """Add an element to `scope`, where its tag belongs."""

    scope: Scope
    tag: int
    vr: str
    value: bytes


@dataclass(frozen=True, slots=True)
class ReplaceBulk:
    """Give an element, pixel data most often, a value that is streamed.

    Native: `chunks` are joined and must come to `length` bytes. Encapsulated: every chunk is one fragment,
    the basic offset table (which may be empty) first, and `length` is not used.
    """

    element: Element
    chunks: Iterable[bytes]
    length: int = 0
    vr: str = ""
    encapsulated: bool = False


Edit: TypeAlias = Replace | Remove | RemoveItem | Insert | ReplaceBulk
