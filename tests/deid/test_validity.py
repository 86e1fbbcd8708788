"""A valid file stays valid: dciodvfy finds no error in a copy that it did not find in the source."""

import re
import subprocess
from collections import Counter

import pytest
from pydicom.data import get_testdata_file

from auditor.deid.plan import DeidPlan, Fate
from auditor.deid.profile import load_profile
from auditor.deid.run import Workplace, stage
from tests.deid.corpus import write

FILES = (
    "CT_small.dcm",
    "MR_small.dcm",
    "rtplan.dcm",
    "reportsi.dcm",
    "test-SR.dcm",
    "rtdose_1frame.dcm",
    "liver_1frame.dcm",
    "waveform_ecg.dcm",
    "examples_ybr_color.dcm",
    "examples_palette.dcm",
    "examples_overlay.dcm",
    "examples_jpeg2k.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "693_J2KI.dcm",
    "MR_small_bigendian.dcm",
    "image_dfl.dcm",
)
REGION = "regions:\n  - {box: [2, 2, 24, 12], why: to have pixels blanked and coded again}\n"


def errors(path):
    """Kinds of error dciodvfy tells, the values of the file left out."""
    told = subprocess.run(["dciodvfy", "-new", str(path)], capture_output=True, check=False, timeout=60)
    lines = [line for line in told.stderr.decode("latin-1").splitlines() if line.startswith("Error")]
    return Counter(re.sub(r"'[^']*'|<[^<>]*>|= .*", "", line) for line in lines)


@pytest.mark.peers("dciodvfy")
@pytest.mark.parametrize("profile", ["basic", "hipaa-safe-harbor", "limited-data-set", "tcia"])
def test_no_new_error_appears(tmp_path, profile):
    for number, name in enumerate(FILES, 1):
        write(tmp_path / "in", name, number)
    site = tmp_path / "site.yaml"
    site.write_text(f"name: site\ninherits: {profile}\n{REGION}", "utf-8")
    plan = DeidPlan(str(tmp_path / "in"), load_profile(str(site)), b"k" * 32, ocr=False)
    staged = stage(plan, Workplace(tmp_path / "work"))
    assert [one.fate for one in staged.outcomes] == [Fate.STAGED] * len(FILES), staged.outcomes
    for outcome in staged.outcomes:
        before = errors(tmp_path / "in" / outcome.locator)
        after = errors(tmp_path / "work" / "staging" / outcome.path)
        assert not after - before, outcome.locator


def test_the_files_used_here_exist():
    assert all(get_testdata_file(name) for name in FILES)
