"""A place: somewhere in a file that can hold text or an identifier."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from auditor.dicomio.dictionary import keyword_of
from auditor.dicomio.element import Element, Scope, locator


class Origin(StrEnum):
    """What kind of place a text stood in; the more special kind wins over `ELEMENT`."""

    ELEMENT = "element"
    PRIVATE = "private"
    FILE_META = "file_meta"
    PREAMBLE = "preamble"
    TRAILING = "trailing"
    PADDING = "padding"
    FILENAME = "filename"
    UID = "uid"
    WRONG_VR = "wrong_vr"
    ORIGINAL_ATTRIBUTES = "original_attributes"
    ENCRYPTED_ATTRIBUTES = "encrypted_attributes"
    OVERLAY = "overlay"
    CURVE = "curve"
    ICON = "icon"
    ANNOTATION = "annotation"
    SR = "sr"
    ENCAPSULATED_PDF = "encapsulated_pdf"
    ENCAPSULATED_CDA = "encapsulated_cda"
    ENCAPSULATED_MESH = "encapsulated_mesh"
    ENCAPSULATED_OTHER = "encapsulated_other"
    DICOMDIR = "dicomdir"
    FUNCTIONAL_GROUP = "functional_group"


class Text(NamedTuple):
    """One decoded text of one place.

    `place` is the element it stood in; for what stands outside elements it has tag 0 and `where` names the
    place: `preamble`, `trailing`, `filename`. Otherwise `where` tells the spot within the value, if it has
    one: ``page[2]``, ``xmp``, ``(0010,0010)`` of a data set within the value. `derived` names, outermost
    first, how the text was won from the value (`padding`, `base64`, `gzip`, `utf-16-le`, `dataset`, `pdf`);
    it is empty for a plain value. `number` is that of the value in a multi-valued element and `component`
    the group of a person name (`alphabetic`, `ideographic`, `phonetic`). `label` says what the text answers
    to: an SR concept name, a PDF metadata key, `folder` or `file`.
    """

    text: str
    place: Element
    origin: Origin
    derived: tuple[str, ...] = ()
    where: str = ""
    number: int = 0
    component: str = ""
    label: str = ""

    @property
    def tag(self) -> int:
        """Tag of the element, 0 outside elements."""
        return self.place[0]

    @property
    def keyword(self) -> str:
        """Keyword of a standard attribute; an empty string for private ones and outside elements."""
        return keyword_of(self.tag) if self.tag else ""

    @property
    def vr(self) -> str:
        """VR of the element as the file has it."""
        return self.place[1]

    @property
    def raw(self) -> bytes:
        """The whole raw value of the element or place."""
        return self.place[2] or b""

    @property
    def scope(self) -> Scope:
        """The data set the element stands in."""
        return self.place[3]

    @property
    def creator(self) -> str:
        """Private creator of a private element, or an empty string."""
        return self.scope.creator(self.tag) if self.tag & 0x10000 else ""

    @property
    def locator(self) -> str:
        """``(0040,0275)[0].(0008,1030)``, ``(0042,0011)#page[2]``, ``preamble``."""
        if not self.tag:
            return self.where
        path = locator(self.place)
        return f"{path}#{self.where}" if self.where else path


class BitmapKind(StrEnum):
    """What a bitmap is."""

    PIXELS = "pixels"
    OVERLAY = "overlay"
    ICON = "icon"


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Where picture elements lie that may show text: pixel data, an overlay plane (60xx) or an icon image.

    `rows`, `columns`, `frames`, `bits` and `samples` are as the file claims, 0 where it does not.
    """

    kind: BitmapKind
    locator: str
    tag: int
    offset: int
    length: int
    rows: int
    columns: int
    frames: int
    bits: int
    samples: int
