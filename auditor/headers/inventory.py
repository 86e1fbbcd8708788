"""Who made the files, and whether a series is whole: what `auditor scan --inventory` adds to the inventory."""

from collections.abc import Mapping
from typing import Any

from auditor.model.ports import Protector

_NAMES = ("manufacturer", "model", "software", "modality", "sop_class", "body_part")


def makers(
    values: Mapping[str, Any], series: bytes, number: bytes, syntax: str, protector: Protector
) -> Mapping[str, str]:
    """The maker, classes and place in its series of one file; series and station only as digests."""
    made = {name: str(values[name])[:64] for name in _NAMES if name in values}
    creators = {record["attribute"] for record in values.get("private_unsafe", ())}
    made["transfer_syntax"] = syntax
    if creators:
        made["private_creators"] = "; ".join(sorted(creators))[:256]
    if "station" in values:
        made["station"] = protector.mask(str(values["station"]))
    uid = series.decode("latin-1").strip(" \0")
    if uid:
        made["series"] = protector.digest(uid)
    place = number.decode("latin-1").strip(" \0")
    if place.isdecimal() and len(place) <= 9:
        made["instance_number"] = place
    return made
