"""The words of PS3.15 Annex E: action codes (Table E.1-1a) and options (Annex E.3, codes of PS3.16 CID 7050)."""

from enum import StrEnum


class Code(StrEnum):
    """What is done to an attribute. Conditional codes are resolved by the attribute's Type in the file's IOD."""

    KEEP = "K"
    REMOVE = "X"
    EMPTY = "Z"
    DUMMY = "D"
    CLEAN = "C"
    UID = "U"
    EMPTY_OR_DUMMY = "Z/D"
    REMOVE_OR_EMPTY = "X/Z"
    REMOVE_OR_DUMMY = "X/D"
    REMOVE_EMPTY_OR_DUMMY = "X/Z/D"
    REMOVE_EMPTY_OR_UIDS = "X/Z/U*"


class Option(StrEnum):
    """The options of Annex E.3, by the names profiles use."""

    CLEAN_PIXELS = "clean-pixel-data"
    CLEAN_FACES = "clean-recognizable-visual-features"
    CLEAN_GRAPHICS = "clean-graphics"
    CLEAN_STRUCTURED = "clean-structured-content"
    CLEAN_DESCRIPTORS = "clean-descriptors"
    FULL_DATES = "retain-longitudinal-full-dates"
    MODIFIED_DATES = "retain-longitudinal-modified-dates"
    PATIENT = "retain-patient-characteristics"
    DEVICE = "retain-device-identity"
    UIDS = "retain-uids"
    SAFE_PRIVATE = "retain-safe-private"
    INSTITUTION = "retain-institution-identity"

    @property
    def column(self) -> str:
        """The column of `data/table_e1_1.csv`; empty for the options that act on pixels alone."""
        return _COLUMNS.get(self, "")

    @property
    def code(self) -> tuple[str, str]:
        """Code value and meaning for De-identification Method Code Sequence (PS3.16 CID 7050)."""
        return _CODES[self]


BASIC_CODE = ("113100", "Basic Application Confidentiality Profile")

_COLUMNS = {
    Option.CLEAN_GRAPHICS: "graphics",
    Option.CLEAN_STRUCTURED: "structured",
    Option.CLEAN_DESCRIPTORS: "descriptors",
    Option.FULL_DATES: "full_dates",
    Option.MODIFIED_DATES: "modified_dates",
    Option.PATIENT: "patient",
    Option.DEVICE: "device",
    Option.UIDS: "uids",
    Option.SAFE_PRIVATE: "safe_private",
    Option.INSTITUTION: "institution",
}
_CODES = {
    Option.CLEAN_PIXELS: ("113101", "Clean Pixel Data Option"),
    Option.CLEAN_FACES: ("113102", "Clean Recognizable Visual Features Option"),
    Option.CLEAN_GRAPHICS: ("113103", "Clean Graphics Option"),
    Option.CLEAN_STRUCTURED: ("113104", "Clean Structured Content Option"),
    Option.CLEAN_DESCRIPTORS: ("113105", "Clean Descriptors Option"),
    Option.FULL_DATES: ("113106", "Retain Longitudinal Temporal Information Full Dates Option"),
    Option.MODIFIED_DATES: ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    Option.PATIENT: ("113108", "Retain Patient Characteristics Option"),
    Option.DEVICE: ("113109", "Retain Device Identity Option"),
    Option.UIDS: ("113110", "Retain UIDs Option"),
    Option.SAFE_PRIVATE: ("113111", "Retain Safe Private Option"),
    Option.INSTITUTION: ("113112", "Retain Institution Identity Option"),
}
