"""A site's regions are blanked in every frame, and nothing else of the picture changes."""

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file

from auditor.deid.groups import Trait, anonymity, band
from auditor.deid.plan import DeidPlan, Fate
from auditor.deid.profile import load_profile
from auditor.deid.run import Workplace, stage

BOX = (4, 6, 30, 20)


def copies(tmp_path, *names):
    (tmp_path / "in").mkdir()
    for number, name in enumerate(names):
        dataset = pydicom.dcmread(get_testdata_file(name))
        dataset.PatientID, dataset.PatientName = "77", "Okonkwo^Chidi"
        dataset.save_as(tmp_path / "in" / f"{number}.dcm")
    profile = tmp_path / "site.yaml"
    region = f"regions:\n  - {{box: [{', '.join(map(str, BOX))}], why: the banner of this scanner}}\n"
    profile.write_text(f"name: site\ninherits: hipaa-safe-harbor\n{region}", "utf-8")
    plan = DeidPlan(str(tmp_path / "in"), load_profile(str(profile)), b"k" * 32, ocr=False)
    done = stage(plan, Workplace(tmp_path / "work"))
    assert {one.fate for one in done.outcomes} == {Fate.STAGED}, done.outcomes
    return {one.locator: pydicom.dcmread(tmp_path / "work" / "staging" / one.path) for one in done.outcomes}


@pytest.mark.parametrize(
    "name",
    [
        "CT_small.dcm",
        "MR_small_bigendian.dcm",
        "examples_rgb_color.dcm",
        "MR_small_RLE.dcm",
        "rtdose.dcm",
        "JPEG2000.dcm",
        "MR_small_jp2klossless.dcm",
        "SC_rgb_rle_2frame.dcm",
        "SC_ybr_full_422_uncompressed.dcm",
        "SC_ybr_full_uncompressed.dcm",
        "examples_palette.dcm",
        "liver_1frame.dcm",
        "MR_small_jpeg_ls_lossless.dcm",
        "JPGLosslessP14SV1_1s_1f_8b.dcm",
        "emri_small_RLE.dcm",
        "image_dfl.dcm",
    ],
)
def test_regions_are_blank_and_the_rest_is_as_it_was(tmp_path, name):
    copy = copies(tmp_path, name)["0.dcm"]
    before = pydicom.dcmread(get_testdata_file(name)).pixel_array
    after = copy.pixel_array
    x0, y0, x1, y1 = BOX
    rows = slice(y0, y1), slice(x0, x1)
    where = (Ellipsis, *rows, slice(None)) if int(copy.SamplesPerPixel) > 1 else (Ellipsis, *rows)
    assert after.shape == before.shape
    assert (after[where] == after[where].flat[0]).all()
    mask = np.ones(before.shape, bool)
    mask[where] = False
    assert (after[mask] == before[mask]).all()


def test_lossless_syntaxes_stay_and_others_are_decompressed_with_their_history(tmp_path):
    names = ("MR_small_RLE.dcm", "SC_rgb_jpeg_dcmtk.dcm", "MR_small_jpeg_ls_lossless.dcm", "JPEG2000.dcm")
    found = copies(tmp_path, *names)
    for number in (0, 2, 3):
        before = pydicom.dcmread(get_testdata_file(names[number])).file_meta.TransferSyntaxUID
        assert found[f"{number}.dcm"].file_meta.TransferSyntaxUID == before
    lossy = found["1.dcm"]
    assert lossy.file_meta.TransferSyntaxUID == pydicom.uid.ExplicitVRLittleEndian
    assert lossy.PhotometricInterpretation == "RGB"
    assert (lossy.LossyImageCompression, lossy.LossyImageCompressionMethod) == ("01", "ISO_10918_1")
    assert float(lossy.LossyImageCompressionRatio) > 1


def test_offsets_of_the_old_frames_go_with_them(tmp_path):
    (tmp_path / "in").mkdir()
    dataset = pydicom.dcmread(get_testdata_file("SC_rgb_rle_2frame.dcm"))
    fragments = list(pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=2))
    dataset.PixelData, dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = (
        pydicom.encaps.encapsulate_extended(fragments)
    )
    dataset.PatientID, dataset.PatientName = "77", "Okonkwo^Chidi"
    dataset.save_as(tmp_path / "in" / "0.dcm")
    profile = tmp_path / "site.yaml"
    profile.write_text(
        "name: site\ninherits: hipaa-safe-harbor\nregions:\n  - {box: [0, 0, 9, 9], why: a banner}\n", "utf-8"
    )
    plan = DeidPlan(str(tmp_path / "in"), load_profile(str(profile)), b"k" * 32, ocr=False)
    done = stage(plan, Workplace(tmp_path / "work"))
    copy = pydicom.dcmread(tmp_path / "work" / "staging" / done.outcomes[0].path)
    assert "ExtendedOffsetTable" not in copy
    assert copy.pixel_array.shape[0] == 2


def test_groups_of_patients_show_who_stands_alone():
    traits = [Trait(f"p{index}", "045Y", "F", "", "202601") for index in range(6)]
    traits += [Trait("old", "095Y", "M", "", "202601", "erdheim-chester disease")]
    found = anonymity(traits, 5)
    assert (found.patients, found.smallest) == (7, 1)
    assert found.small[0].label == "90+ M 202601"
    assert found.small[0].rare == "erdheim-chester disease"
    assert [band(age) for age in ("003M", "047Y", "090Y", "x")] == ["0-9", "40-49", "90+", ""]


def test_memory_stays_flat_however_many_frames_there_are(tmp_path):
    import resource
    import struct

    (tmp_path / "in").mkdir()
    dataset = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    del dataset[0xFFFCFFFC]
    dataset.Rows = dataset.Columns = 1024
    dataset.NumberOfFrames, dataset.PixelData = 120, b"\0\0"
    path = tmp_path / "in" / "large.dcm"
    dataset.save_as(path)
    start = path.read_bytes().rindex(b"\xe0\x7f\x10\x00OW")
    length = 120 * 2 * 1024 * 1024
    with path.open("r+b") as stream:  # a sparse file: 240 MB of zeros that take no place on the disk
        stream.seek(start + 8)
        stream.write(struct.pack("<I", length))
        stream.truncate(start + 12 + length)
    profile = tmp_path / "site.yaml"
    region = "regions:\n  - {box: [0, 0, 100, 40], why: a banner}\n"
    profile.write_text(f"name: site\ninherits: hipaa-safe-harbor\n{region}", "utf-8")
    plan = DeidPlan(str(tmp_path / "in"), load_profile(str(profile)), b"k" * 32, ocr=False)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = stage(plan, Workplace(tmp_path / "work"))
    assert [one.fate for one in done.outcomes] == [Fate.STAGED]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 160 * 1024
