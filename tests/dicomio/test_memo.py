from pathlib import Path

from pydicom.dataset import Dataset

from auditor.dicomio import BytesBlob, Memo, Walk, Walker, locator, read, tag_text
from auditor.errors import ReadError
from tests.dicomio.making import dicom, patient
from tests.dicomio.oracle import files_of_pydicom


def judge(walk: Walk) -> list[str]:
    """A verdict that depends on nothing but the element: the values that hold two certain letters."""
    return [f"says {value[:9]!r}" if value and b"ar" in value else "" for _, _, value, *_ in walk.elements]


def verdicts(walk: Walk) -> list[tuple[str, object]]:
    found = [(locator(e), verdict) for e, verdict in zip(walk.elements, judge(walk), strict=True) if verdict]
    for scope, pairs in walk.known:
        found += [(scope.locator + relative, verdict) for relative, verdict in pairs]
    return sorted(found)


def test_a_second_look_gives_the_same_verdicts_without_parsing_again():
    memo, walker = Memo(), Walker()
    for path in files_of_pydicom():
        data = Path(path).read_bytes()
        try:
            file = read(BytesBlob(data))
        except ReadError:
            continue
        first = walker.walk(file, memo)
        told = verdicts(first)
        memo.keep(first, judge(first))
        again = walker.walk(file, memo)
        assert verdicts(again) == told, path.name
        if first.stop is None:
            left = [e for e, slot in zip(again.elements, again.slots, strict=True) if slot is not None]
            assert not left, (path.name, [tag_text(e[0]) for e in left])


def test_only_what_differs_between_instances_is_walked():
    memo, walker = Memo(), Walker()
    counts = []
    for number in range(3):
        item = Dataset()
        item.RequestedProcedureDescription = "the same in all"
        dataset = patient(InstanceNumber=number, RequestAttributesSequence=[item])
        walk = walker.walk(read(BytesBlob(dicom(dataset))), memo)
        memo.keep(walk, [None] * len(walk.elements))
        counts.append([e[0] for e in walk.elements if e[3] is walk.root])
    assert 0x00400275 in counts[0]
    assert counts[1] == counts[2] == [0x00080018, 0x00200013]


def test_the_same_bytes_under_another_creator_are_judged_anew():
    memo, walker = Memo(), Walker()
    met = []
    for creator in ("ACME ONE", "ACME TWO"):
        dataset = patient()
        dataset.private_block(0x0029, creator, create=True).add_new(1, "LO", "value")
        walk = walker.walk(read(BytesBlob(dicom(dataset))), memo)
        memo.keep(walk, [None] * len(walk.elements))
        met.append(0x00291001 in [e[0] for e in walk.elements])
    assert met == [True, True]


def test_spaces_do_not_know_of_each_other():
    memo, walker = Memo(), Walker()
    data = dicom(patient())
    for name in ("Marchetti", "Keller"):
        walk = walker.walk(read(BytesBlob(data)), memo.space(name))
        memo.keep(walk, [name] * len(walk.elements))
        assert walk.known == []
    known = walker.walk(read(BytesBlob(data)), memo.space("Marchetti")).known
    assert {verdict for _, pairs in known for _, verdict in pairs} == {"Marchetti"}


def test_a_full_memo_forgets_and_goes_on():
    memo, walker = Memo(limit=3000), Walker()
    for number in range(40):
        walk = walker.walk(
            read(BytesBlob(dicom(patient(InstanceNumber=number, PatientComments=str(number) * 90)))), memo
        )
        memo.keep(walk, [None] * len(walk.elements))
        assert memo._held < 9000
