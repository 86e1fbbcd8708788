"""The sweep over all elements of a file gives the verdicts that the assessor gives one by one."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.data import get_testdata_file

from auditor.dicomio import Element, FileBlob, Scope, Walker, read
from auditor.headers.finds import Verdict
from auditor.headers.scan import detectors
from auditor.headers.sweep import Sweep
from auditor.headers.tables import placeholders
from auditor.headers.verdict import Assessor
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.identifiers.known import Known

PERSON = Identity.learn(
    [
        Known(Kind.NAME, "Compressed^Samples"),
        Known(Kind.NAME, "Holm^Ida"),
        Known(Kind.RECORD_NUMBER, "1CT1"),
        Known(Kind.RECORD_NUMBER, "4MR1"),
        Known(Kind.ACCESSION, "4711423"),
        Known(Kind.DATE, "20040119"),
    ]
)
FILES = (
    "CT_small.dcm",
    "MR_small.dcm",
    "MR_small_bigendian.dcm",
    "examples_palette.dcm",
    "reportsi.dcm",
    "rtplan.dcm",
    "rtdose.dcm",
    "nested_priv_SQ.dcm",
    "UN_sequence.dcm",
    "liver.dcm",
    "eCT_Supplemental.dcm",
    "color3d_jpeg_baseline.dcm",
    "DICOMDIR",
)
TAGS: tuple[int, ...] = (
    0x00080005,
    0x00080016,
    0x00080018,
    0x00080020,
    0x00080030,
    0x00080050,
    0x00080060,
    0x00080070,
    0x00080080,
)
TAGS += (0x00080090, 0x00081030, 0x00081155, 0x00100010, 0x00100020, 0x00100030, 0x00101010, 0x00101030, 0x00104000)
TAGS += (0x00090010, 0x00091001, 0x00091002, 0x00190010, 0x00191001, 0x0029100C, 0x00180015, 0x00181000, 0x00280010)
TAGS += (0x00204000, 0x00321032, 0x00400244, 0x00420011, 0x60003000, 0x60004000, 0x50003000, 0x00120062, 0x00080104)
VALUES: tuple[bytes, ...] = (
    b"",
    b" ",
    b"\0\0",
    b"HOLM^IDA",
    b"holm",
    b"4711423 ",
    b"chest\\HOLM^IDA",
    b"a\\b\\",
    b"20040119",
    b"120000",
)
VALUES += (
    b"000000",
    b"090Y",
    b"1.25\\-3.5",
    b"1.2.840.10008.1.2",
    b"1.2.276.0.7230010.3.1\0",
    b"1.2.3.20140131120000.4",
    b"Holm=Ida",
    b"^^",
    b"YES",
)
VALUES += (
    b"\xc3\x85se Holm",
    b"SG9sbV5JZGE=",
    b"Holm%5EIda",
    b"padded\0Holm",
    b"ORIGINAL\\PRIMARY",
    b"Mrs. Kerr",
    b"ANON",
)
VALUES += (
    b"GEMS_IDEN_01",
    b"SIEMENS CSA HEADER",
    b"1234",
    b"H\0o\0l\0m\0",
    b"   Ida Holm  \0",
    b"/".join([b"word"] * 60),
)
VRS = (
    "LO",
    "SH",
    "PN",
    "UI",
    "DA",
    "TM",
    "DS",
    "IS",
    "CS",
    "AS",
    "ST",
    "LT",
    "UT",
    "US",
    "UL",
    "FD",
    "OB",
    "UN",
    "AE",
    "DT",
)


def one_by_one(elements: list[Element]) -> list[Verdict | None]:
    assessor = Assessor(detectors(), placeholders())
    return [assessor.judge(element, PERSON) for element in elements]


def swept(elements: list[Element]) -> Iterator[list[Verdict | None]]:
    """Twice, since what was learnt from the first file is used for the second."""
    sweep = Sweep(Assessor(detectors(), placeholders()))
    for _ in range(2):
        found = sweep.judge(elements, PERSON)
        yield [found.get(place) for place in range(len(elements))]


def told(verdicts: list[Verdict | None]) -> list[object]:
    return [verdict and (verdict.finds, verdict.says) for verdict in verdicts]


@pytest.mark.parametrize("name", FILES)
def test_a_file_gets_the_same_verdicts(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom tells of its own files' oddities while it looks for them
        path = Path(str(get_testdata_file(name)))
    with read(FileBlob.open(path)) as file:
        elements = Walker().walk(file).elements
    expected = told(one_by_one(elements))
    assert all(told(verdicts) == expected for verdicts in swept(elements))


@st.composite
def made(draw: st.DrawFn) -> list[Element]:
    root = Scope(None, None, 0, 0, 0, False)
    root.charset_value = draw(st.sampled_from((b"", b"ISO_IR 100", b"ISO_IR 192")))
    root.creators = draw(st.sampled_from((None, {0x00090010: b"GEMS_IDEN_01"}, {0x00190010: b"SIEMENS CSA HEADER"})))
    shapes = st.tuples(st.sampled_from(TAGS), st.sampled_from(VRS), st.sampled_from(VALUES))
    return [(tag, vr, value, root, 0, 0) for tag, vr, value in draw(st.lists(shapes, min_size=1, max_size=25))]


@settings(max_examples=150, deadline=None)
@given(made())
def test_any_elements_get_the_same_verdicts(elements: list[Element]) -> None:
    expected = told(one_by_one(elements))
    assert all(told(verdicts) == expected for verdicts in swept(elements))


def test_a_uid_that_stands_alone_in_a_private_block_tells_of_it() -> None:
    root = Scope(None, None, 0, 0, 0, False)
    root.creators = {0x00090010: b"ACME ARCHIVE"}
    elements: list[Element] = [(0x00091001, "UI", b"1.2.276.0.7230010.3.1\0", root, 0, 0)]
    expected = told(one_by_one(elements))
    assert expected != [None]
    assert all(told(verdicts) == expected for verdicts in swept(elements))
