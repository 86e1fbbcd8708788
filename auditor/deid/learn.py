"""Learns from a file's own attributes whom it is about, so that the same words are found everywhere else in it."""

import csv
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

from auditor.deid.people import Stated
from auditor.dicomio.charset import decode
from auditor.dicomio.element import Element
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.identifiers.known import Known

PATIENT_NAME = 0x00100010
PATIENT_ID = 0x00100020
BIRTH_DATE = 0x00100030
STUDY_UID = 0x0020000D
PEEKED = frozenset((PATIENT_NAME, PATIENT_ID, BIRTH_DATE, STUDY_UID, 0x00080005, 0x00080018, 0x00080060, 0x0020000E))
_LONGEST = 1024


@lru_cache(maxsize=1)
def sources() -> Mapping[int, Kind]:
    """Tags a person is learnt from."""
    from pydicom.datadict import tag_for_keyword

    lines = files("auditor.deid").joinpath("data/identity.csv").read_text("utf-8").splitlines()
    found: dict[int, Kind] = {}
    for record in csv.DictReader(line for line in lines if not line.startswith("#")):
        tag = tag_for_keyword(record["keyword"])
        if tag is not None:
            found[tag] = Kind(record["kind"])
    return found


def identity_of(elements: Iterable[Element]) -> Identity:
    """Everything the elements say of the persons around a study: patient, relatives, physicians, operators."""
    kinds = sources()
    raw = {
        (kinds.get(tag, Kind.NAME), value, scope.charset, vr)
        for tag, vr, value, scope, _, _ in elements
        if value and (vr == "PN" or tag in kinds) and len(value) <= _LONGEST
    }
    known = []
    for kind, value, charset, vr in raw:
        for part in decode(value, charset, vr).split("\\"):
            text = part.strip(" \0")
            if text:
                known.append(Known(kind, text))
    return Identity.learn(known)


def stated(top: Mapping[int, bytes]) -> Stated:
    """What the top-level values of one file say of its patient."""
    charset = top.get(0x00080005, b"")
    name = decode(top.get(PATIENT_NAME, b""), charset, "PN").strip(" \0")
    patient = decode(top.get(PATIENT_ID, b""), charset, "LO").strip(" \0")
    birth, study = (top.get(tag, b"").decode("latin-1").strip(" \0") for tag in (BIRTH_DATE, STUDY_UID))
    return Stated(patient, name, birth, study)
