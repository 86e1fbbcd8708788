"""A place: somewhere in a file that can hold text or an identifier."""

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Text:
    """One decoded text of one place.

    `locator` is `preamble`, `trailing`, `filename`, or a tag path such as ``(0040,0275)[0].(0008,1030)``;
    places inside a value add ``#`` and where (``(0042,0011)#page[2]``). `raw` are the bytes the text was
    decoded from. `derived` names, outermost first, how the text was won from the value (`base64`, `gzip`,
    `utf-16-le`, `dataset`, `padding`); it is empty for a plain value. `value` is the number of the value
    in a multi-valued element and `component` the group of a person name (`alphabetic`, `ideographic`,
    `phonetic`). `label` says what the text is an answer to: an SR concept name, a PDF metadata key.
    """

    text: str
    locator: str
    origin: Origin
    tag: int
    vr: str
    raw: bytes = b""
    derived: tuple[str, ...] = ()
    value: int = 0
    component: str = ""
    label: str = ""
    creator: str = ""


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
