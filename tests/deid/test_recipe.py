"""Recipes of the deid package run unchanged, at every depth and in the file meta, and are read strictly."""

import subprocess
import sys

import pydicom
import pytest

from auditor.deid.plan import DeidPlan, Fate, RecipeFiles
from auditor.deid.profile import load_profile
from auditor.deid.recipe import load_recipes
from auditor.deid.run import Workplace, stage
from auditor.errors import RuleError
from tests.deid.corpus import write

KEY = b"k" * 32


def copy_of(tmp_path, recipe, **files):
    (tmp_path / "r.deid").write_text(recipe, "utf-8")
    write(tmp_path / "in")
    named = RecipeFiles((str(tmp_path / "r.deid"),), **files)
    plan = DeidPlan(str(tmp_path / "in"), load_profile("basic"), KEY, ocr=False, recipe=named)
    staged = stage(plan, Workplace(tmp_path / "work"))
    assert [one.fate for one in staged.outcomes] == [Fate.STAGED], staged.outcomes
    return pydicom.dcmread(tmp_path / "work" / "staging" / staged.outcomes[0].path)


def test_actions_win_over_the_profile_and_apply_at_every_depth(tmp_path):
    recipe = (
        "FORMAT dicom\n%fields times\nFIELD endswith:Time\n%header\n"
        "KEEP StudyDescription\nJITTER StudyDate -31\nBLANK fields:times\n"
        "REPLACE ReferencedSOPInstanceUID 2.25.77\nREPLACE InstitutionName Site A\n"
        'KEEP (0029,"ACME MEDICAL 9.1",10)\nREPLACE MediaStorageSOPInstanceUID 2.25.78\n'
    )
    copy = copy_of(tmp_path, recipe)
    assert copy.StudyDescription == "MR hjärna"
    assert copy.StudyDate == "20260114"
    assert copy.StudyTime == ""
    assert copy.ReferencedImageSequence[0].ReferencedSOPInstanceUID == "2.25.77"
    assert copy.InstitutionName == "Site A"
    assert copy.private_block(0x0029, "ACME MEDICAL 9.1")[0x10].value.startswith("S")
    assert copy.file_meta.MediaStorageSOPInstanceUID == "2.25.78"
    assert copy.PatientIdentityRemoved == "YES"


def test_variables_and_functions_come_only_from_files_the_user_names(tmp_path):
    (tmp_path / "v.csv").write_text("id,arm\n*,placebo\n", "utf-8")
    (tmp_path / "f.py").write_text(
        "def shout(item, value, field, dicom):\n    return str(field.element.value).upper()\n", "utf-8"
    )
    recipe = "FORMAT dicom\n%header\nREPLACE StudyID var:arm\nREPLACE StudyDescription func:shout\n"
    copy = copy_of(tmp_path, recipe, variables=str(tmp_path / "v.csv"), functions=str(tmp_path / "f.py"))
    assert copy.StudyID == "placebo"
    assert copy.StudyDescription == "MR HJÄRNA"


def test_what_nobody_gave_is_an_error_before_any_file_is_read(tmp_path):
    for line in ("REPLACE StudyID var:arm", "REPLACE StudyID func:shout"):
        with pytest.raises(RuleError, match="is not given"):
            copy_of(tmp_path, f"FORMAT dicom\n%header\n{line}\n")


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("REPLCAE PatientName x", "REPLACE"),
        ("replace PatientName x", "REPLACE"),
        ("REPLACE PatientNam x", "PatientName"),
        ("REPLACE PatientName", "VALUE"),
        ("JITTER StudyDate soon", "-31"),
        ("BLANK contians:Date", "contains"),
        ("REMOVE fields:nothing", ""),
    ],
)
def test_what_deid_skips_with_a_warning_is_an_error_with_its_line(tmp_path, line, right):
    path = tmp_path / "r.deid"
    path.write_text(f"FORMAT dicom\n\n%header\n{line}\n", "utf-8")
    with pytest.raises(RuleError) as caught:
        load_recipes([path])
    assert caught.value.where == f"{path}:4"
    assert right in caught.value.right


def test_filters_of_several_recipes_are_all_kept(tmp_path):
    for name in ("one", "two"):
        text = f"FORMAT dicom\n%filter graylist\nLABEL {name}\n  contains Modality CT\n  coordinates 0,0,9,9\n"
        (tmp_path / name).write_text(text, "utf-8")
    merged = load_recipes([tmp_path / "one", tmp_path / "two"])
    assert len(merged.filters["graylist"]) == 2


def test_coordinates_of_a_filter_are_blanked_where_it_is_met(tmp_path):
    recipe = (
        "FORMAT dicom\n%filter graylist\nLABEL this scanner\n  contains Modality CT\n  + notequals Manufacturer ACME\n"
        "  coordinates 0,0,40,30\n  keepcoordinates 10,10,20,20\n"
        "LABEL another\n  contains Modality US\n  coordinates all\n"
    )
    copy = copy_of(tmp_path, recipe).pixel_array
    before = pydicom.dcmread(next((tmp_path / "in").glob("*.dcm"))).pixel_array
    assert len(set(copy[0:10, 0:40].flat)) == 1
    assert (copy[10:20, 10:20] == before[10:20, 10:20]).all()
    assert (copy[30:, :] == before[30:, :]).all()


def test_reading_a_recipe_prints_nothing(tmp_path):
    """deid writes every line it reads to the streams it found when it was loaded: a recipe may hold identifiers."""
    (tmp_path / "r.deid").write_text("FORMAT dicom\n%header\nREPLACE PatientID SE-770312\n", "utf-8")
    code = (
        "import sys, pathlib, deid.logger; from auditor.deid.recipe import *; load_recipes([pathlib.Path(sys.argv[1])])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "r.deid")], capture_output=True, check=True)
    assert done.stdout + done.stderr == b""
