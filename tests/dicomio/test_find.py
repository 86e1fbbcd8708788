import bz2
import gzip
import io
import lzma
import os
import socket
import tarfile
import zipfile
from pathlib import Path

import pytest

from auditor.dicomio import Form, Found, Limits, Opener, Refused, Walker, Why, find, read
from auditor.errors import ReadError, TargetError
from auditor.model.outcome import Disposition
from tests.dicomio.making import dicom, patient

DICOM = dicom(patient())


def found(root: Path, limits: Limits | None = None) -> dict[str, object]:
    """What find says of each locator: the form, or why it was refused."""
    said = {}
    for each in find(root, limits or Limits()):
        said[each.locator] = each.form if isinstance(each, Found) else each.why
    return said


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def test_dicom_is_known_by_content_and_not_by_suffix(tmp_path):
    (tmp_path / "no-suffix").write_bytes(DICOM)
    (tmp_path / "picture.dcm").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(300))
    (tmp_path / "bare").write_bytes(DICOM[DICOM.index(b"\x08\x00\x05\x00CS") :])
    (tmp_path / "notes.dcm").write_text("Nothing of interest stands here.\n" * 9)
    (tmp_path / "empty.dcm").touch()
    assert found(tmp_path) == {
        "bare": Form.BARE,
        "empty.dcm": Why.EMPTY,
        "no-suffix": Form.PART10,
        "notes.dcm": Why.TEXT,
        "picture.dcm": Why.OTHER,
    }
    reasons = [each.reason for each in find(tmp_path) if isinstance(each, Refused)]
    assert "not DICOM: a PNG picture" in reasons


def test_a_dicomdir_is_told_from_an_image(tmp_path):
    (tmp_path / "D").write_bytes(dicom(patient(), sop_class="1.2.840.10008.1.3.10"))
    assert found(tmp_path) == {"D": Form.DICOMDIR}


def test_files_come_in_the_same_order_every_time(tmp_path):
    for name in ("b/2", "b/10", "a", "c", "b/x/1"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(DICOM)
    assert list(found(tmp_path)) == ["a", "c", "b/10", "b/2", "b/x/1"]


def test_a_single_file_can_be_named(tmp_path):
    (tmp_path / "one").write_bytes(DICOM)
    assert found(tmp_path / "one") == {"one": Form.PART10}
    with Opener() as opener:
        assert opener.open(tmp_path / "one", "one").size == len(DICOM)


def test_nothing_at_the_path_is_an_error(tmp_path):
    with pytest.raises(TargetError):
        list(find(tmp_path / "not there"))


def test_pipes_sockets_and_devices_are_reported_and_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        assert found(tmp_path) == {"pipe": Why.FIFO, "socket": Why.SOCKET}
    assert found(Path("/dev/null")) == {"null": Why.DEVICE}
    with Opener() as opener, pytest.raises(ReadError):
        opener.open(tmp_path, "pipe")


def test_links_are_followed_to_files_within_the_tree_and_nowhere_else(tmp_path):
    tree, outside = tmp_path / "tree", tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(DICOM)
    (tree / "folder").mkdir(parents=True)
    (tree / "folder/real").write_bytes(DICOM)
    (tree / "in").symlink_to("folder/real")
    (tree / "out").symlink_to(outside / "secret")
    (tree / "loop").symlink_to(tree)
    (tree / "nothing").symlink_to("folder/gone")
    assert found(tree) == {
        "folder/real": Form.PART10,
        "in": Form.PART10,
        "loop": Why.SYMLINK_FOLDER,
        "nothing": Why.SYMLINK_BROKEN,
        "out": Why.SYMLINK_OUT,
    }
    with Opener() as opener, pytest.raises(ReadError):
        opener.open(tree, "out")


def test_what_may_not_be_read_is_unreadable_and_loses_nothing_else(tmp_path, monkeypatch):
    (tmp_path / "closed").write_bytes(DICOM)
    (tmp_path / "open").write_bytes(DICOM)
    real = os.open

    def refuse(path, *rest, **options):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest, **options)

    monkeypatch.setattr(os, "open", refuse)
    said = {each.locator: each for each in find(tmp_path)}
    assert said["closed"].why is Why.DENIED
    assert said["closed"].disposition is Disposition.UNREADABLE
    assert said["open"].form is Form.PART10


def test_a_file_that_vanishes_is_reported(tmp_path):
    (tmp_path / "a").write_bytes(DICOM)
    (tmp_path / "b").write_bytes(DICOM)
    walk = find(tmp_path)
    next(walk)
    (tmp_path / "b").unlink()
    assert next(walk).why is Why.VANISHED


@pytest.mark.parametrize(
    ("name", "data", "member"),
    [
        ("a.zip", zipped({"d/x.dcm": DICOM, "readme.txt": b"hello there, reader"}), "a.zip!d/x.dcm"),
        ("a.tar", tarred({"d/x.dcm": DICOM}), "a.tar!d/x.dcm"),
        ("a.tgz", tarred({"d/x.dcm": DICOM}, "w:gz"), "a.tgz!inflated!d/x.dcm"),
        ("x.dcm.gz", gzip.compress(DICOM), "x.dcm.gz!inflated"),
        ("x.bz2", bz2.compress(DICOM), "x.bz2!inflated"),
        ("x.tar.xz", lzma.compress(tarred({"x": DICOM})), "x.tar.xz!inflated!x"),
        ("deep.zip", zipped({"in.tar": tarred({"x": DICOM})}), "deep.zip!in.tar!x"),
    ],
)
def test_members_of_archives_are_found_and_opened(tmp_path, name, data, member):
    (tmp_path / name).write_bytes(data)
    assert found(tmp_path)[member] is Form.PART10
    with Opener() as opener:
        for _ in range(2):
            with read(opener.open(tmp_path, member)) as file:
                assert file.blob.pread(0, 1 << 20) == DICOM


def test_a_file_name_may_hold_the_mark_of_members(tmp_path):
    (tmp_path / "odd!name").write_bytes(DICOM)
    with Opener() as opener:
        assert opener.open(tmp_path, "odd!name").size == len(DICOM)


def test_archives_nested_too_deeply_are_reported(tmp_path):
    data = DICOM
    for _ in range(5):
        data = zipped({"x": data})
    (tmp_path / "a.zip").write_bytes(data)
    assert list(found(tmp_path).values()) == [Why.DEPTH]


def test_an_archive_of_too_many_members_is_read_up_to_the_limit(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped({str(number): DICOM for number in range(9)}))
    said = found(tmp_path, Limits(members=5))
    assert list(said.values()) == [Form.PART10] * 5 + [Why.MEMBERS]


def test_a_bomb_is_not_inflated(tmp_path):
    limits = Limits(inflated=1 << 20)
    bomb = DICOM + bytes(8 << 20)
    (tmp_path / "bomb.zip").write_bytes(zipped({"x": bomb}))
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(gzip.compress(bomb * 2)))
    said = found(tmp_path, limits)
    assert said["bomb.zip!x"] is Form.PART10
    with Opener(limits) as opener, pytest.raises(ReadError, match="inflates beyond the bounds"):
        opener.open(tmp_path, "bomb.zip!x")


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04" + bytes(40), b"\x1f\x8b\x08" + b"damage" * 9, zipped({"x": DICOM})[:-30]]
)
def test_a_damaged_archive_is_unreadable(tmp_path, data):
    (tmp_path / "a").write_bytes(data)
    (said,) = find(tmp_path)
    assert isinstance(said, Refused)
    assert said.disposition is Disposition.UNREADABLE


def test_links_and_devices_in_a_tar_are_refused(tmp_path):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    (tmp_path / "a.tar").write_bytes(target.getvalue())
    assert found(tmp_path) == {"a.tar!link": Why.MEMBER_LINK}


def test_an_archive_that_cannot_be_looked_into_is_unreadable_and_not_skipped(tmp_path):
    (tmp_path / "a.7z").write_bytes(bytes.fromhex("377abcaf271c") + bytes(100))
    (said,) = find(tmp_path)
    assert (said.why, said.disposition) == (Why.UNSUPPORTED, Disposition.UNREADABLE)


def test_a_packed_file_that_is_cut_off_gives_what_came_before_the_damage(tmp_path):
    large = dicom(patient(PatientComments="Ilaria " * 300))
    (tmp_path / "x.gz").write_bytes(gzip.compress(large, 0)[:-400])
    assert found(tmp_path) == {"x.gz!inflated": Form.PART10}
    with Opener() as opener, read(opener.open(tmp_path, "x.gz!inflated")) as file:
        walk = Walker().walk(file)
    assert walk.disposition is Disposition.PARTLY_READ
    assert any(value and value.startswith(b"Marchetti") for _, _, value, *_ in walk.elements)
