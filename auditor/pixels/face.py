"""Whether a volume can show a face that someone would recognise (164.514(b)(2)(i)(Q), PS3.15 E.3.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import yaml

from auditor.identifiers.fold import simple, words


@dataclass(frozen=True, slots=True)
class FaceRisk:
    """`risk` is True, False, or None when geometry is missing; `reason` says why, in words."""

    risk: bool | None
    reason: str


def assess(attributes: Mapping[str, str], slices: int, positions: Sequence[float] = ()) -> FaceRisk:
    """Judge one series (or multi-frame file) of `slices` slices at `positions` along the normal, in millimetres.

    `attributes` maps keywords to text. A face needs a head, thin slices, enough of them, and skin within the field
    of view.
    """
    rules = _table()["face"]
    if attributes.get("Modality", "") not in rules["modalities"]:
        return FaceRisk(False, "the modality shows no surface of a face")
    if _removed(attributes, rules):
        return FaceRisk(False, "the file says that recognisable visual features were removed")
    if not _head(attributes, rules):
        return FaceRisk(False, "the body part is not the head")
    if slices < rules["least_slices"]:
        return FaceRisk(False, f"{slices} slices show no face")
    spacing = _spacing(attributes, positions)
    if spacing is None:
        return FaceRisk(None, "a head volume whose slice spacing is not told")
    if spacing > rules["thickest"]:
        return FaceRisk(False, f"slices {spacing:.1f} mm apart make no surface")
    extent = (max(positions) - min(positions) + spacing) if len(positions) > 1 else spacing * slices
    field = _field(attributes)
    if field is not None and field < rules["least_field"]:
        return FaceRisk(False, f"a field of view of {field:.0f} mm holds no whole face")
    if extent < rules["least_extent"]:
        return FaceRisk(False, f"{extent:.0f} mm of height hold no whole face")
    return FaceRisk(True, f"a head volume of {slices} slices {spacing:.1f} mm apart can be rendered to a face")


def _removed(attributes: Mapping[str, str], rules: Mapping[str, Any]) -> bool:
    """Whether the file says that the face is gone: by attribute (PS3.3 C.12.1), image type or description."""
    claimed = attributes.get("RecognizableVisualFeatures", "").strip().upper()
    if claimed:
        return claimed == "NO"
    told = {*words(simple(attributes.get("SeriesDescription", ""))), *words(simple(attributes.get("ImageType", "")))}
    return not told.isdisjoint(rules["removed"])


def _head(attributes: Mapping[str, str], rules: Mapping[str, Any]) -> bool:
    part = simple(attributes.get("BodyPartExamined", "").strip()).replace("_", " ")
    told = " ".join(attributes.get(key, "") for key in ("StudyDescription", "SeriesDescription", "ProtocolName"))
    if any(sign in part or (not part and sign in told) for sign in rules["signs"]):
        return True
    if part:
        return part in rules["body_parts"]
    shown = set(words(simple(told)))
    return not shown.isdisjoint(rules["words"]) and shown.isdisjoint(rules["elsewhere"])


def _spacing(attributes: Mapping[str, str], positions: Sequence[float]) -> float | None:
    if len(positions) > 1:
        ordered = sorted(set(positions))
        gaps = [after - before for before, after in pairwise(ordered)]
        return sorted(gaps)[len(gaps) // 2] if gaps else None
    for keyword in ("SpacingBetweenSlices", "SliceThickness"):
        found = _number(attributes.get(keyword, ""))
        if found:
            return found
    return None


def _field(attributes: Mapping[str, str]) -> float | None:
    spacing = _number(attributes.get("PixelSpacing", "").split("\\")[0])
    rows = _number(attributes.get("Rows", ""))
    return spacing * rows if spacing and rows else None


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if 0 < found < 1e6 else None


@lru_cache(maxsize=1)
def _table() -> Any:
    text = (files("auditor.pixels") / "data" / "risk.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
