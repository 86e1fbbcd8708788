"""Reads the header of a run, and those of its parts, of this version of the model and of the versions before it."""

import json
from hashlib import sha256
from typing import Any

from auditor.model import codec
from auditor.model.part import Written
from auditor.model.run import SCHEMA_VERSION, Run


class VersionError(codec.CodecError):
    """The run was written by another version of the model than this one can read."""

    def __init__(self, version: object) -> None:
        super().__init__(f"the run has schema version {version}, this auditor reads version {SCHEMA_VERSION}")


def read_header(raw: bytes) -> Run:
    """The Run in the bytes of a `run.json`; raises CodecError, and VersionError for a version that is not known."""
    try:
        data = json.loads(raw)
        version = data["schema_version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise codec.CodecError("the run's header is not JSON with a schema_version") from error
    return codec.from_data(Run, upgraded(data, version))


def upgraded(data: Any, version: object) -> Any:
    """The data of a run in the form of this version; raises VersionError when there is no way there."""
    if version == SCHEMA_VERSION and type(version) is int:
        return data
    if version not in (1, 2) or type(version) is not int or not isinstance(data.get("parts"), list):
        raise VersionError(version)
    parts = [_slim(part) if isinstance(part, dict) else part for part in data["parts"]]
    return {**data, "parts": parts, "schema_version": SCHEMA_VERSION}


def read_written(raw: bytes) -> Written:
    """What is left to know of a part, in the bytes of its record; raises CodecError."""
    data = codec.parse(raw)
    if isinstance(data, dict) and "record" not in data:
        data = {"record": _slim(data), "tallies": data.get("tallies")}
    return codec.from_data(Written, data)


def _slim(part: dict[str, Any]) -> dict[str, Any]:
    """The record of a part of an earlier version without the tallies it came with: their hash takes their place."""
    rest = {name: value for name, value in part.items() if name != "tallies"}
    digest = sha256(codec.compact(part.get("tallies"))).hexdigest()
    return {"views": [], **rest, "tallies_sha256": digest}
