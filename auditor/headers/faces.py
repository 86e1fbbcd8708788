"""Whether a series is a volume that can be rendered to a face; asked once a series, of its first file."""

from collections import Counter
from collections.abc import Iterable

from auditor.dicomio import DicomFile, Walk, Walker
from auditor.dicomio.charset import decode
from auditor.headers.learn import SERIES, Top, values_of
from auditor.pixels.face import assess

_KEYWORDS = {
    0x00080008: "ImageType",
    0x00080060: "Modality",
    0x00081030: "StudyDescription",
    0x0008103E: "SeriesDescription",
    0x00180015: "BodyPartExamined",
    0x00180050: "SliceThickness",
    0x00180088: "SpacingBetweenSlices",
    0x00181030: "ProtocolName",
    0x00280008: "NumberOfFrames",
    0x00280010: "Rows",
    0x00280030: "PixelSpacing",
    0x00280302: "RecognizableVisualFeatures",
}
_CHARSET = 0x00080005
_ROWS = 0x00280010
_TAGS = frozenset((*_KEYWORDS, _CHARSET))
_MOST_FRAMES = 100_000


class Faces:
    """Remembers the answer of each series of one chunk, and how many slices of it were met so far."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._slices: Counter[bytes] = Counter()
        self._told: dict[bytes, str] = {}

    def count(self, tops: Iterable[Top]) -> None:
        """Count the slices of a batch before its files are read."""
        self._slices.update(top[SERIES] for top in tops if top.get(SERIES))

    def risk(self, file: DicomFile, top: Top, walk: Walk | None) -> str:
        """Why a face is to be expected in the series of `file`, or an empty string; `walk` if all of it was walked."""
        series = top.get(SERIES, b"")
        if not series:
            return ""
        if series not in self._told:
            found = values_of(walk, _TAGS) if walk else self._walker.peek(file, _TAGS)
            self._told[series] = self._assess(found, file.syntax.little, self._slices[series])
        return self._told[series]

    def _assess(self, found: Top, little: bool, slices: int) -> str:
        charset = found.get(_CHARSET, b"")
        texts = {tag: raw for tag, raw in found.items() if tag in _KEYWORDS and tag != _ROWS}
        attributes = {_KEYWORDS[tag]: decode(raw, charset).strip(" \0") for tag, raw in texts.items()}
        if _ROWS in found:
            attributes["Rows"] = str(int.from_bytes(found[_ROWS][:2], "little" if little else "big"))
        frames = attributes.get("NumberOfFrames", "")
        several = int(frames) if frames.isdecimal() and len(frames) < len(str(_MOST_FRAMES)) else 1
        risk = assess(attributes, slices * several)
        return "" if risk.risk is False else risk.reason
