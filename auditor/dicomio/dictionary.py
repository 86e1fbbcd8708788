"""What PS3.6 and pydicom's private dictionary say of a tag. The data are pydicom's own."""

from functools import lru_cache

from pydicom._private_dict import private_dictionaries
from pydicom.datadict import (
    dictionary_description,
    dictionary_keyword,
    dictionary_VR,
    private_dictionary_description,
    private_dictionary_VR,
)
from pydicom.valuerep import EXPLICIT_VR_LENGTH_16, EXPLICIT_VR_LENGTH_32

from auditor.dicomio.element import creator_tag

SHORT_VRS = frozenset(str(vr.value) for vr in EXPLICIT_VR_LENGTH_16)
LONG_VRS = frozenset(str(vr.value) for vr in EXPLICIT_VR_LENGTH_32 if len(vr.value) == 2)
VR_CODES = {code.encode(): code for code in SHORT_VRS | LONG_VRS}


def is_private(tag: int) -> bool:
    """Whether `tag` is of an odd group (PS3.5 7.8)."""
    return bool(tag & 0x10000)


def is_creator(tag: int) -> bool:
    """Whether `tag` is a Private Creator element, (gggg,0010-00FF)."""
    return bool(tag & 0x10000) and 0x10 <= tag & 0xFFFF <= 0xFF


@lru_cache(maxsize=16384)
def vr_of(tag: int, creator: str = "") -> str:
    """VR of `tag` for implicit data sets; `UN` where nobody knows. Of several, the one that loses nothing."""
    try:
        if not is_private(tag):
            return _one(dictionary_VR(tag))
        if is_creator(tag):
            return "LO"
        return _one(private_dictionary_VR(tag, creator)) if creator and tag & 0xFF00 else "UN"
    except KeyError:
        return "UL" if not tag & 0xFFFF else "UN"


def _one(vr: str) -> str:
    return "OW" if "OW" in vr else vr[:2]


@lru_cache(maxsize=8192)
def keyword_of(tag: int) -> str:
    """Keyword of a standard tag (`PatientName`), or an empty string."""
    try:
        return str(dictionary_keyword(tag))
    except KeyError:
        return ""


@lru_cache(maxsize=8192)
def name_of(tag: int, creator: str = "") -> str:
    """Name of a standard or known private tag (`Patient's Name`), or an empty string."""
    try:
        if is_private(tag):
            return str(private_dictionary_description(tag, creator)) if creator else ""
        return str(dictionary_description(tag))
    except KeyError:
        return ""


def knows_creator(creator: str) -> bool:
    """Whether a private creator is one of those that pydicom knows; any other may be anybody's name."""
    return creator in private_dictionaries


def private_path(tag: int, creator: str) -> str:
    """A private tag in a form that holds wherever its block was put: ``(0019,xx10 CREATOR)``."""
    if not is_private(tag) or is_creator(tag) or creator_tag(tag) & 0xFFFF < 0x10:
        return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
    return f"({tag >> 16:04X},xx{tag & 0xFF:02X} {creator or '?'})"
