"""Every row of Table E.1-1, at two depths, against the table read anew: what must go is gone, what must stay stays.

The verdicts here are drawn from the table's letters alone (PS3.15 Table E.1-1a) and share nothing with the room.
"""

import csv
from importlib.resources import files
from pathlib import Path

import pydicom
import pytest
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from auditor.deid.plan import DeidPlan, Fate
from auditor.deid.profile import load_profile
from auditor.deid.run import Workplace, stage

SURNAME = "Zorbenthal"
WORN = f"knee, {SURNAME}"
OUTER = 0x00409096  # a sequence that the table does not name, so that what lies in it is judged by itself
COLUMNS = {
    "clean-graphics": "graphics",
    "clean-structured-content": "structured",
    "clean-descriptors": "descriptors",
    "retain-longitudinal-full-dates": "full_dates",
    "retain-longitudinal-modified-dates": "modified_dates",
    "retain-patient-characteristics": "patient",
    "retain-device-identity": "device",
    "retain-uids": "uids",
    "retain-institution-identity": "institution",
}
VALUES = {
    **dict.fromkeys(("LO", "SH", "LT", "ST", "UT", "UC"), WORN),
    **dict.fromkeys(("US", "UL", "SS", "SL", "SV", "UV"), 7),
    **dict.fromkeys(("OB", "OW", "UN"), SURNAME.encode()),
    **{"PN": f"{SURNAME}^Quirina", "DA": "20240517", "TM": "093142", "DT": "20240517093142", "AE": SURNAME.upper()},
    **{"CS": SURNAME.upper(), "AS": "045Y", "DS": "61.5", "IS": "7", "FL": 1.5, "FD": 1.5},
    "UR": f"https://{SURNAME.lower()}.example/x",
}
NEW = {"3004007F": "LO", "00100012": "LT", "00100016": "UT", "00100042": "UT", "00100045": "UT"}  # not in pydicom 3.0.2
APART = {0x00100010, 0x00100020, 0x00080016, 0x00080018, 0x00420011}  # who and what the file is, and its document


def rows():
    lines = files("auditor.deid").joinpath("data/table_e1_1.csv").read_text("utf-8").splitlines()
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        if "x" not in row["tag"] and row["tag"] != "PRIVATE" and "0008" <= row["tag"][:4] < "FFFA":
            yield int(row["tag"], 16), row


ROWS = dict(rows())


def vr_of(tag):
    try:
        return dictionary_VR(tag).split(" or ")[0]
    except KeyError:
        return NEW.get(f"{tag:08X}")


def filled(number):
    """A data set that holds every attribute of the table, each with the patient's name or a number of its own."""
    made = Dataset()
    for tag in ROWS:
        vr = vr_of(tag)
        if vr == "SQ":
            inner = Dataset()
            inner.CodeMeaning, inner.ReferencedSOPInstanceUID = WORN, "1.2.826.0.99.77.1"
            made.add_new(tag, vr, Sequence([inner]))
        elif vr is not None:
            made.add_new(tag, vr, f"1.2.826.0.99.{number}.{tag}" if vr == "UI" else VALUES[vr])
    return made


def written(path, syntax):
    made = filled(1)
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = syntax
    made.SpecificCharacterSet, made.Modality = "ISO_IR 192", "OT"
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    made.PatientID, made.PatientName = "ZB-4471-QR", f"{SURNAME}^Quirina"
    made.add_new(OUTER, "SQ", Sequence([filled(2)]))
    made.save_as(path, enforce_file_format=True)
    return pydicom.dcmread(path)


def wrong(row, options, before, after):
    """Why an attribute is not as the table asks, or nothing."""
    letters = {row[COLUMNS[option]] for option in options if row.get(COLUMNS.get(option, ""), "")}
    vr, named = before.VR, SURNAME.lower() in str(before.value).lower()
    same = after is not None and after.value == before.value
    if after is not None and SURNAME.lower() in str(after.value).lower() and letters != {"K"}:
        return "the name is still there"
    if "C" in letters:
        lost = vr in ("LO", "LT", "ST", "UT", "UC", "DA", "DT") and (after is None or not after.value)
        moved = vr in ("DA", "DT") and "retain-longitudinal-modified-dates" in options
        return "lost" if lost else "not moved" if moved and same else ""
    if "K" in letters:
        return "" if same or named or vr == "SQ" else "not kept"
    if row["basic"] == "X":
        return "" if after is None or not after.value else "still there"
    if row["basic"] in ("D", "U"):
        return "" if after is not None and after.value and (not same or vr == "SQ") else "not replaced"
    return "still there" if same and after.value and vr != "SQ" else ""


@pytest.mark.filterwarnings("ignore:VR lookup failed")  # pydicom knows not every attribute of the edition
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian], ids=["explicit", "implicit"])
@pytest.mark.parametrize("profile", ["basic", "hipaa-safe-harbor", *COLUMNS])
def test_every_row_is_treated_as_its_letters_ask(tmp_path, profile, syntax):
    folder = tmp_path / "in"
    folder.mkdir()
    before = written(folder / "one.dcm", syntax)
    if profile in COLUMNS:
        site = tmp_path / "site.yaml"
        site.write_text(f"name: site\ninherits: basic\noptions: [{profile}]\n", "utf-8")
        profile = str(site)
    chosen = load_profile(profile)
    staged = stage(DeidPlan(str(folder), chosen, b"k" * 32, ocr=False), Workplace(tmp_path / "work"))
    (outcome,) = staged.outcomes
    assert outcome.fate is Fate.STAGED
    after = pydicom.dcmread(Path(tmp_path / "work" / "staging" / outcome.path))
    options = {option.value for option in chosen.options}
    own = {entry.attribute for entry in chosen.attributes}
    found = {}
    for depth, (old, new) in enumerate([(before, after), (before[OUTER][0], after[OUTER][0])]):
        for element in old:
            row = ROWS.get(element.tag)
            if row is None or element.tag in APART or element.keyword in own or element.VR == "UN":
                continue
            why = wrong(row, options, element, new.get(element.tag))
            if why:
                found[f"{depth} {element.tag} {element.name}"] = why
    assert not found
    if "retain-uids" not in options:
        assert after.SOPInstanceUID == after.file_meta.MediaStorageSOPInstanceUID != before.SOPInstanceUID
    assert after.PatientID
    assert "ZB-4471" not in after.PatientID
