import io
import zlib

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from auditor.dicomio import (
    BitmapKind,
    BytesBlob,
    FileBlob,
    Form,
    Limits,
    Reason,
    Walker,
    bitmaps,
    outside,
    read,
    rewrite,
)
from auditor.errors import ReadError
from tests.dicomio.making import dicom, patient, texts, walked


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_a_data_set_without_file_meta_is_read_in_any_syntax(syntax):
    data = dicom(patient(), syntax)
    file, _ = walked(data)
    bare = data[file.data_start :]
    again, walk = walked(bare)
    assert again.form is Form.BARE
    assert walk.stop is None
    assert (again.syntax.explicit, again.syntax.little) == (file.syntax.explicit, file.syntax.little)
    assert any(value and value.startswith(b"Marchetti") for _, _, value, *_ in walk.elements)


def test_file_meta_without_a_preamble_is_read():
    file, walk = walked(dicom(patient())[132:])
    assert file.preamble == b""
    assert file.syntax.uid == "1.2.840.10008.1.2.1"
    assert walk.stop is None


def test_a_file_that_names_the_wrong_syntax_is_read_as_it_is():
    data = dicom(patient(), ImplicitVRLittleEndian)
    uid = b"1.2.840.10008.1.2\0"
    lying = data.replace(uid, b"1.2.840.10008.1.2.1\0".ljust(len(uid))[: len(uid)], 1)
    file, walk = walked(data.replace(uid, b"1.2.840.10008.1.9\0", 1))
    assert lying != data
    assert not file.syntax.explicit
    assert walk.stop is None


def test_a_deflated_data_set_is_inflated():
    data = dicom(patient(PatientComments="x" * 5000), DeflatedExplicitVRLittleEndian)
    assert len(data) < 1000
    file, walk = walked(data)
    assert file.stream.size > 5000
    assert walk.elements[-1][2] == b"x" * 5000


def test_a_deflated_bomb_is_given_up_at_the_bounds():
    data = dicom(patient(), DeflatedExplicitVRLittleEndian)
    file, _ = walked(data)
    packer = zlib.compressobj(wbits=-15)
    bomb = data[: file.meta_scope.end] + packer.compress(bytes(64 << 20)) + packer.flush()
    opened = read(BytesBlob(bomb), Limits(inflated=4 << 20))
    assert opened.stop.reason is Reason.BOMB
    assert opened.stream.size <= 4 << 20


def test_a_deflated_data_set_that_is_cut_off_gives_what_came_before():
    data = dicom(patient(PatientComments="Ilaria " * 900), DeflatedExplicitVRLittleEndian)
    _, walk = walked(data[:-8])
    assert walk.stop is not None
    assert any(value and value.startswith(b"Marchetti") for _, _, value, *_ in walk.elements)


@pytest.mark.parametrize("data", [b"", b"x", b"Just a text, nothing more, and a rather long one" * 9, bytes(1000)])
def test_what_is_not_dicom_is_refused(data):
    with pytest.raises(ReadError, match="not DICOM"):
        read(BytesBlob(data))


def test_a_long_file_meta_is_read_whole():
    data = bytearray(dicom(patient()))
    extra = b"\x02\x00\x02\x01OB\0\0" + (20_000).to_bytes(4, "little") + b"x" * 20_000
    end = walked(bytes(data))[0].meta_scope.end
    data[140:144] = (int.from_bytes(data[140:144], "little") + len(extra)).to_bytes(4, "little")
    data[end:end] = extra
    file, walk = walked(bytes(data))
    assert walk.stop is None
    assert file.meta[-1][2] == b"x" * 20_000


def test_a_file_that_shrinks_while_it_is_read_is_told(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(dicom(patient(TextValue="x" * 30_000)))
    with read(FileBlob.open(path)) as file:
        path.write_bytes(path.read_bytes()[:9000])
        walk = Walker().walk(file)
    assert walk.stop.reason is Reason.VANISHED


def test_pixels_overlays_and_icons_are_located_with_their_shapes():
    icon = Dataset()
    icon.Rows = icon.Columns = 2
    icon.BitsAllocated, icon.SamplesPerPixel = 8, 1
    icon.PixelData = b"\1\2\3\4"
    icon["PixelData"].VR = "OB"
    dataset = patient(Rows=2, Columns=4, BitsAllocated=16, SamplesPerPixel=1, NumberOfFrames=3, PixelData=bytes(48))
    dataset["PixelData"].VR = "OW"
    dataset.IconImageSequence = [icon]
    dataset.add_new(0x60000010, "US", 8)
    dataset.add_new(0x60000011, "US", 16)
    dataset.add_new(0x60003000, "OW", bytes(16))
    data = dicom(dataset)
    file, walk = walked(data)
    found = {bitmap.kind: bitmap for bitmap in bitmaps(file, walk)}
    pixels, overlay, small = found[BitmapKind.PIXELS], found[BitmapKind.OVERLAY], found[BitmapKind.ICON]
    assert (pixels.rows, pixels.columns, pixels.frames, pixels.bits, pixels.length) == (2, 4, 3, 16, 48)
    assert (overlay.rows, overlay.columns, overlay.bits, overlay.length) == (8, 16, 1, 16)
    assert data[small.offset : small.offset + small.length] == b"\1\2\3\4"
    assert small.locator == "(0088,0200)[0].(7FE0,0010)"
    assert pydicom.dcmread(io.BytesIO(data)).Rows == pixels.rows


def test_bytes_after_the_end_of_deflated_ones_do_not_hang():
    data = dicom(patient(PatientComments="x" * 5000), DeflatedExplicitVRLittleEndian)
    end = walked(data)[0].meta_scope.end
    packer = zlib.compressobj(wbits=-15)
    many = packer.compress(walked(data)[0].stream.pread(0, 1 << 20) + bytes(3 << 20)) + packer.flush()
    file, walk = walked(data[:end] + many + bytes(1 << 20) + b"Ilaria was here")
    assert [text.text for text in outside(file, walk)] == ["Ilaria was here"]
    assert file.stream.size > 3 << 20
    assert any(value and value.startswith(b"Marchetti") for _, _, value, *_ in walk.elements)


@pytest.mark.parametrize(
    ("change", "before"),
    [
        (lambda data: data[1:], 127),
        (lambda data: b"Keep." + data, 133),
        (lambda data: data[:64] + data, 192),
        (lambda data: b"HTTP/1.1 200 OK\r\nContent-Type: application/dicom\r\n\r\n" + data, 180),
        (lambda data: data[144:], 0),
        (lambda data: b"\1\2\3" + data[144:], 3),
    ],
)
def test_a_file_that_lost_bytes_at_its_beginning_or_was_put_behind_others_is_read(change, before):
    data = change(dicom(patient()))
    with read(BytesBlob(data)) as file:
        walk = Walker().walk(file)
    assert b"Marchetti^Ilaria" in [value for _, _, value, _, _, _ in walk.elements]
    assert len(file.preamble) == before


def test_what_stands_before_a_displaced_file_is_searched_and_gives_way_when_it_is_written_anew():
    data = b"for Ilaria Marchetti" + dicom(patient())
    assert texts(data)["preamble"][0].text == "for Ilaria Marchetti"
    target = io.BytesIO()
    with read(BytesBlob(data)) as file:
        rewrite(file, Walker().walk(file), [], target, preamble=bytes(128))
    assert target.getvalue()[:132] == bytes(128) + b"DICM"


def test_other_files_with_a_few_such_letters_are_still_no_dicom():
    for data in (b"%PDF-1.7 DICM " + bytes(9000), b"\x08\0\x05\0CS" * 50, b"DICM" * 3000, bytes(range(256)) * 40):
        with pytest.raises(ReadError):
            read(BytesBlob(b"x" + data))
