import io
import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from auditor.dicomio import BytesBlob, Limits, Memo, Scope, Walker, bitmaps, decode, expand, peek, places, read, rewrite
from auditor.errors import ReadError
from auditor.model.outcome import Disposition
from tests.dicomio.mutate import mutated
from tests.dicomio.oracle import files_of_pydicom

MUTATIONS = 1000
LONGEST_SECONDS = 5.0
MOST_MEGABYTES = 500


def survive(data: bytes, walker: Walker, memo: Memo) -> Disposition:
    """Do everything with a file that is ever done with one."""
    try:
        file = read(BytesBlob(data))
    except ReadError:
        return Disposition.UNREADABLE
    walk = walker.walk(file)
    for text in places(file, walk, "folder/file"):
        assert isinstance(text.text, str)
    bitmaps(file, walk)
    peek(file, frozenset({0x00100010, 0x00100020}))
    if walk.stop is None:
        target = io.BytesIO()
        rewrite(file, walk, [], target)
        assert target.getvalue() == data
    remembered = walker.walk(file, memo)
    memo.keep(remembered, [None] * len(remembered.elements))
    assert (remembered.stop is None) == (walk.stop is None)
    return walk.disposition


def resident(name: str) -> int:
    """Megabytes this process holds now (`VmRSS`) or held at most since the peak was reset (`VmHWM`); Linux only."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) // 1024


def test_damaged_files_end_as_read_partly_read_or_unreadable_in_bounded_time_and_memory():
    sources = [Path(path).read_bytes() for path in files_of_pydicom()]
    sources = [data for data in sources if len(data) < 60_000]
    walker, memo = Walker(), Memo(1 << 20)
    met = set()
    Path("/proc/self/clear_refs").write_text("5")
    before = resident("VmRSS")
    for seed in range(MUTATIONS):
        data = mutated(sources[seed % len(sources)], seed)
        start = time.process_time()
        met.add(survive(data, walker, memo))
        assert time.process_time() - start < LONGEST_SECONDS, f"seed {seed}"
    assert met == {Disposition.READ, Disposition.PARTLY_READ, Disposition.UNREADABLE}
    assert resident("VmHWM") - before < MOST_MEGABYTES


@given(st.binary(max_size=400))
def test_no_bytes_whatever_crash_the_reader(data):
    survive(data, Walker(), Memo())
    survive(bytes(128) + b"DICM" + data, Walker(), Memo())


@given(
    st.sampled_from(["LO", "PN", "UI", "DA", "OB", "UN", "US", "UT", "SH", "DS"]),
    st.binary(max_size=200),
    st.sampled_from([0x00100010, 0x00291010, 0x00420011, 0x50003000, 0x60004000, 0x00080020]),
    st.binary(max_size=20),
)
def test_any_value_can_be_expanded_and_decoded(vr, value, tag, charset):
    scope = Scope(None, None, 0, 0, 0, False)
    scope.charset_value = charset
    expand((tag, vr, value, scope, 0, len(value)))
    decode(value, charset, vr)


def test_a_value_as_long_as_the_limits_allow_does_not_hang():
    text = b"Lorem ipsum 20200101 Sm9obiBEb2U= %41 " * 430_000
    element = (0x00291010, "UN", text, Scope(None, None, 0, 0, 0, False), 0, len(text))
    start = time.process_time()
    expand(element, Limits())
    assert time.process_time() - start < LONGEST_SECONDS
