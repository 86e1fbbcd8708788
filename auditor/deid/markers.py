"""The markers a de-identified file carries, true of what was done to it (PS3.3 C.7.1.1, PS3.15 E.1.1)."""

from dataclasses import dataclass

from auditor.deid.codes import BASIC_CODE, Option
from auditor.deid.encoding import Syntax
from auditor.deid.profile import Profile

REMOVED = 0x00120062
METHOD = 0x00120063
METHOD_CODES = 0x00120064
BURNED_IN = 0x00280301
FACES = 0x00280302
LONGITUDINAL = 0x00280303
TAGS = frozenset((REMOVED, METHOD, METHOD_CODES, BURNED_IN, FACES, LONGITUDINAL))


@dataclass(frozen=True, slots=True)
class Marker:
    """One element to set at the top level: raw bytes in the file's syntax."""

    tag: int
    vr: str
    value: bytes


def markers(
    profile: Profile, syntax: Syntax, *, pixels_clean: bool, has_pixels: bool, document_clean: bool = False
) -> tuple[Marker, ...]:
    """The markers for one file.

    `pixels_clean` says that every frame was looked at and nothing readable is left; without it Burned In
    Annotation is not claimed, and the Clean Pixel Data code is left out. `document_clean` says the same of an
    encapsulated document.
    """
    options = [option for option in Option if profile.has(option) and _done(option, pixels_clean, has_pixels)]
    codes = [BASIC_CODE, *(option.code for option in options)]
    found = [
        Marker(REMOVED, "CS", b"YES"),
        Marker(METHOD, "LO", f"PS3.15 Annex E, profile {profile.name}"[:64].encode("ascii", "replace")),
        Marker(METHOD_CODES, "SQ", syntax.codes(codes)),
        Marker(LONGITUDINAL, "CS", longitudinal(profile)),
    ]
    if (has_pixels and pixels_clean) or (document_clean and not has_pixels):
        found.append(Marker(BURNED_IN, "CS", b"NO"))
    return tuple(sorted(found, key=lambda marker: marker.tag))


def longitudinal(profile: Profile) -> bytes:
    """Value of Longitudinal Temporal Information Modified (0028,0303)."""
    if profile.has(Option.FULL_DATES):
        return b"UNMODIFIED"
    return b"MODIFIED" if profile.has(Option.MODIFIED_DATES) else b"REMOVED"


def _done(option: Option, pixels_clean: bool, has_pixels: bool) -> bool:
    if option is Option.CLEAN_FACES:
        return False  # faces are assessed, never removed: see the notes of the run
    return option is not Option.CLEAN_PIXELS or (pixels_clean and has_pixels)
