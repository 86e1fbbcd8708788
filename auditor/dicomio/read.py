"""Opens one DICOM file: preamble, file meta, transfer syntax, and where its data set lies."""

from dataclasses import dataclass
from struct import Struct

from auditor.dicomio.dictionary import VR_CODES
from auditor.dicomio.element import Element, Reason, Scope, Stop
from auditor.dicomio.form import RECOGNISED, Form, recognise_displaced
from auditor.dicomio.limits import DEFAULT_LIMITS, Limits
from auditor.dicomio.stream import Blob, Inflation, spool
from auditor.dicomio.syntax import Syntax, guess_syntax, syntax_of
from auditor.errors import ReadError

_HEAD = Struct("<HH2sH").unpack_from
_LONG = Struct("<I").unpack_from
_SYNTAX_TAG = 0x00020010


@dataclass(frozen=True, slots=True)
class DicomFile:
    """An opened file. Offsets of `meta` count in `blob`, those of the data set in `stream`.

    `stream` is `blob` itself unless the data set is deflated. `first` are the first bytes of `stream`
    from offset 0, already read. `stop` says what went wrong before the data set, if anything did. `rest` is
    the offset in `blob` of what follows a deflated data set, 0 for any other.
    """

    blob: Blob
    stream: Blob
    form: Form
    preamble: bytes
    meta: tuple[Element, ...]
    meta_scope: Scope
    syntax: Syntax
    data_start: int
    first: bytes
    stop: Stop | None = None
    rest: int = 0

    def close(self) -> None:
        """Close the file and what was inflated from it."""
        self.stream.close()
        self.blob.close()

    def __enter__(self) -> "DicomFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read(blob: Blob, limits: Limits = DEFAULT_LIMITS, first: int = RECOGNISED) -> DicomFile:
    """Open the DICOM in `blob`; nothing but its first bytes and the file meta is read.

    `first` is how many bytes to read at once. Raises errors.ReadError when these are not DICOM at all.
    """
    head = blob.pread(0, max(first, RECOGNISED))
    form, start, little, explicit = recognise_displaced(head, blob.size)
    damage = Stop(Reason.INFLATE, "", blob.size) if blob.damaged else None
    if form is None:
        raise ReadError("not DICOM", right="a DICOM file, with or without a preamble")
    scope = Scope(None, None, 0, start, start, False)
    preamble = head[:start].removesuffix(b"DICM")
    if form is Form.BARE and not _has_meta(head, start):
        return DicomFile(blob, blob, form, preamble, (), scope, guess_syntax(explicit, little), start, head, damage)
    head = _whole_meta(blob, head, start)
    meta, end, stop = _read_meta(head, start, scope)
    scope.end = end
    uid = next((value for tag, _, value, *_ in meta if tag == _SYNTAX_TAG and value), b"")
    syntax = _syntax(uid, head, end, blob.size)
    opened = DicomFile(blob, blob, form, preamble, meta, scope, syntax, end, head, stop or damage)
    return _inflated(opened, limits) if syntax.deflated else opened


def _has_meta(head: bytes, start: int) -> bool:
    return head[start : start + 2] == b"\x02\x00"


def _whole_meta(blob: Blob, head: bytes, start: int) -> bytes:
    """Read on when the file meta is longer than the first read, by its group length."""
    if head[start : start + 8] == b"\x02\x00\x00\x00UL\x04\x00" and len(head) >= start + 12:
        length = min(_LONG(head, start + 8)[0], 1 << 20)
        if start + 12 + length + 8 > len(head):
            head += blob.pread(len(head), start + 20 + length - len(head))
    return head


def _read_meta(head: bytes, pos: int, scope: Scope) -> tuple[tuple[Element, ...], int, Stop | None]:
    """Read group 0002, which is explicit little endian (PS3.10 7.1) however its lengths lie."""
    elements: list[Element] = []
    while head[pos : pos + 2] == b"\x02\x00" and len(head) >= pos + 8:
        group, element, code, length = _HEAD(head, pos)
        vr, body = VR_CODES.get(code, ""), pos + 8
        if not vr:
            vr, length = "UN", _LONG(head, pos + 4)[0]
        elif vr in ("OB", "OW", "UN", "UT", "SQ", "UC", "UR", "OF", "OD"):
            if len(head) < pos + 12:
                break
            length, body = _LONG(head, pos + 8)[0], pos + 12
        end = body + length
        elements.append((group << 16 | element, vr, head[body:end], scope, pos, end))
        if end > len(head):
            return tuple(elements), len(head), Stop(Reason.TRUNCATED, f"({group:04X},{element:04X})", pos)
        pos = end
    return tuple(elements), pos, None


def _syntax(uid: bytes, head: bytes, start: int, size: int) -> Syntax:
    """The stated syntax; when none is stated, or it plainly is not what follows, the one that fits."""
    text = uid.rstrip(b"\0 ").decode("latin-1")
    stated = syntax_of(text) if text else None
    if stated is not None and stated.deflated:
        return stated
    code = head[start + 4 : start + 6]
    looks_explicit = code in VR_CODES
    if stated is None:
        return guess_syntax(looks_explicit, head[start : start + 1] != b"\0" or not looks_explicit)
    if len(code) == 2 and stated.explicit != looks_explicit and (stated.little or looks_explicit):
        return Syntax(text, looks_explicit, stated.little, False, stated.encapsulated)
    return stated


def _inflated(opened: DicomFile, limits: Limits) -> DicomFile:
    """Inflate the data set (PS3.5 A.5) within the bounds; a damaged end leaves what came before it."""
    inflation = Inflation(limits)
    stream = spool(inflation.inflate(opened.blob, opened.data_start, -15))
    stop = opened.stop
    if inflation.ended:
        stop = Stop(Reason.BOMB if inflation.ended == "bomb" else Reason.INFLATE, "", opened.data_start)
    return DicomFile(
        opened.blob,
        stream,
        opened.form,
        opened.preamble,
        opened.meta,
        opened.meta_scope,
        opened.syntax,
        0,
        stream.pread(0, RECOGNISED),
        stop,
        inflation.rest,
    )
