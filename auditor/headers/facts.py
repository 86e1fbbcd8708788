"""What the headers room can say of one DICOM file."""

from auditor.headers.tables import groups
from auditor.model.facts import Catalogue, FactSpec, FactType

_FIELDS = (
    FactSpec("locator", FactType.TEXT, "tag path, `preamble`, `trailing` or `filename`", plain=True),
    FactSpec("value", FactType.TEXT, "the identifier as it stands there"),
    FactSpec("letter", FactType.TEXT, "Safe Harbor letter, A to R", plain=True),
    FactSpec("attribute", FactType.TEXT, "keyword of the attribute, `private` for a private element", plain=True),
    FactSpec("detector", FactType.TEXT, "what recognised it; `listed` for an attribute of Table E.1-1", plain=True),
    FactSpec(
        "box",
        FactType.TEXT,
        "x0,y0,x1,y1 in pixels: the block of text in a picture that the value stands in",
        plain=True,
    ),
)


def _records(name: str, doc: str) -> FactSpec:
    return FactSpec(name, FactType.RECORDS, doc, fields=_FIELDS)


def _groups() -> tuple[FactSpec, ...]:
    attributes, origins = groups()
    listed = tuple(_records(name, f"{doc} (PS3.15 Table E.1-1)") for name, doc in attributes.items())
    direct = tuple(_records(f"{name}_direct", f"direct identifiers in {doc}") for name, doc in origins.items())
    dates = tuple(_records(f"{name}_dates", f"dates, ages and places in {doc}") for name, doc in origins.items())
    return listed + direct + dates


def _plain(name: str, kind: FactType, doc: str) -> FactSpec:
    return FactSpec(name, kind, doc, plain=True)


_CLAIMS = (
    _plain("purpose", FactType.TEXT, "why the files are looked at: export, limited-data-set, clinical, pseudonymised"),
    _plain("form", FactType.TEXT, "`part10`, `dicomdir` or `bare` (no preamble)"),
    _plain("deidentified", FactType.FLAG, "there, and true, when Patient Identity Removed (0012,0062) says YES"),
    _plain("pseudonymous", FactType.FLAG, "there, and true, when `deidentified` holds and `direct_strong` is 0"),
    _plain("patient_identity_removed", FactType.TEXT, "Patient Identity Removed (0012,0062) as written"),
    FactSpec("deidentification_method", FactType.TEXT, "De-identification Method (0012,0063)"),
    _plain("options", FactType.TEXTS, "options that De-identification Method Code Sequence (0012,0064) claims"),
    _plain("longitudinal_temporal_information", FactType.TEXT, "(0028,0303): UNMODIFIED, MODIFIED or REMOVED"),
    _plain("burned_in_annotation", FactType.TEXT, "Burned In Annotation (0028,0301)"),
    _plain("recognizable_visual_features", FactType.TEXT, "Recognizable Visual Features (0028,0302)"),
    _plain("modality", FactType.TEXT, "Modality (0008,0060)"),
    _plain("sop_class", FactType.TEXT, "SOP Class UID (0008,0016)"),
    _plain("body_part", FactType.TEXT, "Body Part Examined (0018,0015)"),
    _plain("conversion_type", FactType.TEXT, "Conversion Type (0008,0064)"),
    FactSpec("manufacturer", FactType.TEXT, "Manufacturer (0008,0070)"),
    FactSpec("model", FactType.TEXT, "Manufacturer's Model Name (0008,1090)"),
    FactSpec("software", FactType.TEXT, "Software Versions (0018,1020)"),
    FactSpec("station", FactType.TEXT, "Station Name (0008,1010)"),
    _plain(
        "direct_strong",
        FactType.NUMBER,
        "names, national, insurance and telephone numbers, and direct identifiers found by content",
    ),
    _plain("dates_left", FactType.NUMBER, "dates found, wherever they stand"),
    _plain("pixels_sought", FactType.FLAG, "there, and true, unless pixels were left out on request"),
    _plain("has_pixels", FactType.FLAG, "the file holds pixel data"),
    _plain("pixel_risk", FactType.TEXT, "why text burned into pixels is to be expected of this kind of image"),
    _plain("face_risk", FactType.TEXT, "why a recognisable face is to be expected in this volume"),
    _records("private_unsafe", "private elements that PS3.15 Table E.3.10-1 does not call safe"),
    _records("encrypted_kept", "Encrypted Attributes Sequence, whose content can be won back"),
    _records("documents", "encapsulated documents"),
    _records("overlays_kept", "overlay planes"),
    _records("curves_kept", "curve data"),
    _records("icons_kept", "icon images"),
    _records("original_kept", "Original Attributes Sequence"),
    _records("photos_kept", "references to photographs of the patient"),
    _records("trailing_kept", "bytes after the data set in which no identifier was seen"),
    _records("preamble_kept", "a preamble that is neither empty nor that of a known format"),
)

CATALOGUE = Catalogue.of("headers", _groups() + _CLAIMS)
