"""Text in pictures: pixel data, overlay planes and icons, read by OCR and judged like any other text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.dicomio import DicomFile, Walker
from auditor.headers.verdict import Assessor
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.hit import Explanation
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.model.ports import Context

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from auditor.pixels.reading import TextBox

Records = dict[str, list[dict[str, str]]]
_FACTS = {"pixels": "pixels", "overlay": "overlay_pixels", "icon": "icon"}
_KEYWORDS = {"pixels": "PixelData", "overlay": "OverlayData", "icon": "PixelData"}
_LIMITED = frozenset((Kind.DATE, Kind.AGE, Kind.PLACE))
_FIELD = Field(Nature.OCR)
PIXELS = "(7FE0,0010)"


def wanted(context: Context) -> bool:
    """Whether pixels are to be looked at: `--no-ocr`, or the setting `headers.ocr`."""
    return bool(context.options.get("ocr", getattr(context.settings, "ocr", True)))


class Pictures:
    """Looks at the pictures of files, unless the site asked to leave pixels out.

    The option `readings` names a folder with what another room has read in the same pictures already.
    """

    def __init__(self, context: Context, assessor: Assessor) -> None:
        from auditor.pixels.memory import Memory
        from auditor.pixels.reader import Reader

        self.wanted = wanted(context)
        self._assessor = assessor
        known = context.options.get("readings")
        self._reader = Reader(ocr=self.wanted, memory=Memory(Path(str(known))) if known else None)
        self._walker = Walker()
        self.unread: list[tuple[str, str]] = []

    def look(self, file: DicomFile, identity: Identity) -> tuple[Records, dict[str, str], dict[str, Any]]:
        """Records of identifiers in pictures, facts that could not be found out, and what else is said of them."""
        said: dict[str, Any] = {"has_pixels": True}
        dataset = self._dataset(file)
        if isinstance(dataset, str):
            return {}, _unknown("pixels", dataset), said
        if (risk := _risk(dataset)) is not None:
            said["pixel_risk"] = risk
        reading = self._reader.read(dataset)
        records: Records = {}
        self._judge(reading.boxes, identity, records)
        unknown: dict[str, str] = {}
        for locator, reason in reading.not_evaluated.items():
            unknown |= _unknown(_place(locator), reason)
        return records, unknown, said

    def explained(self, file: DicomFile, identity: Identity) -> Iterator[tuple[str, str, str, tuple[Explanation, ...]]]:
        """Locator, place, text and considerations of each text in a picture; what was not looked at is in `unread`."""
        self.unread = []
        dataset = self._dataset(file)
        if isinstance(dataset, str):
            self.unread.append((PIXELS, dataset))
            return
        reading = self._reader.read(dataset)
        self.unread += reading.not_evaluated.items()
        for box in reading.boxes:
            notes = self._assessor.detectors.explain(box.text, identity, _FIELD)
            yield box.locator, box.place, box.text, notes

    def _dataset(self, file: DicomFile) -> Dataset | str:
        """The whole file as pydicom sees it, or why it does not."""
        from auditor.pixels.opened import opened

        try:
            return opened(file, self._walker.walk(file))
        except Exception as error:  # whatever pydicom makes of a damaged file, the scan goes on without its pixels
            return f"the file cannot be opened for its pixels ({type(error).__name__})"

    def _judge(self, boxes: Sequence[TextBox], identity: Identity, records: Records) -> None:
        """Identifying lines below one another share a box; a line of technical text beside them is in none."""
        told = [(box, hits) for box in boxes if (hits := self._assessor.detectors.find(box.text, identity, _FIELD))]
        for (box, hits), block in zip(told, _blocks([box for box, _ in told]), strict=True):
            for hit in hits:
                side = "dates" if hit.kind in _LIMITED else "direct"
                record = {"locator": box.locator, "value": box.text[hit.start : hit.end], "letter": hit.letter}
                record |= {"attribute": _KEYWORDS[box.place], "detector": hit.detector}
                record["box"] = ",".join(map(str, block))
                records.setdefault(f"{_FACTS[box.place]}_{side}", []).append(record)


def _blocks(boxes: Sequence[TextBox]) -> Sequence[tuple[int, int, int, int]]:
    """For each line the box of the identifying lines of its picture that it stands among."""
    from auditor.pixels.region import blocks

    shown: dict[tuple[str, int], list[int]] = {}
    for number, box in enumerate(boxes):
        shown.setdefault((box.locator, box.first), []).append(number)
    found = [box.box for box in boxes]
    for numbers in shown.values():
        for number, block in zip(numbers, blocks([boxes[number].box for number in numbers]), strict=True):
            found[number] = block
    return found


def _unknown(place: str, reason: str) -> dict[str, str]:
    return {f"{place}_direct": reason, f"{place}_dates": reason}


def _place(locator: str) -> str:
    if "(0088,0200)" in locator:
        return "icon"
    return "overlay_pixels" if locator.startswith("(60") else "pixels"


def _risk(dataset: Dataset) -> str | None:
    """Why burned-in text is to be expected of this kind of image, if it is."""
    from auditor.pixels.risk import assess

    names = ("Modality", "SOPClassUID", "BurnedInAnnotation", "ImageType", "Manufacturer", "ManufacturerModelName")
    sizes = ("Rows", "Columns", "SoftwareVersions", "StationName", "ConversionType")
    found = {name: str(dataset.get(name)) for name in (*names, *sizes) if dataset.get(name) not in (None, "")}
    if "ImageType" in found:
        found["ImageType"] = "\\".join(dataset.ImageType)
    risk = assess(found)
    return "; ".join(risk.reasons)[:200] if risk.level in ("medium", "high") else None
