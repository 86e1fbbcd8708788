"""What lies inside a report: the attached run and findings, held against what the report says of them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from auditor.model import codec
from auditor.model.header import read_header

_STATED = re.compile(r"(\S+) sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Inside:
    """Sentences about the attached data, what is wrong with it, and the id of its run."""

    sentences: tuple[str, ...]
    problem: str
    run: str


def contents_sentences(reader: Any, lookup: Callable[[str], str | None] | None) -> Inside:
    """Hold the attached files against the hashes the report states, and the run against a store."""
    files = dict(attachments(reader))
    stated = dict(_STATED.findall(str(look(look(reader.trailer_view, "/Info"), "/Keywords") or "")))
    raw = files.get("run.json")
    if raw is None:
        return Inside((), "The run that the report was made of is not attached to it.", "")
    for name, digest in stated.items():
        if name in files and sha256(files[name]).hexdigest() != digest:
            return Inside((), f"The attached {name} is not the one the report was made with.", "")
    if set(files) - set(stated):
        return Inside((), "A file is attached that does not belong to the report.", "")
    try:
        run = read_header(raw)
    except codec.CodecError:
        return Inside((), "The attached run cannot be read by this version of the auditor.", "")
    sentences = [f"It reports on run {run.id} of {run.site}; the attached data is what the report was made of."]
    if run.waivers:
        words = ", ".join(sorted({f"{waiver.ticket} ({waiver.approver})" for waiver in run.waivers}))
        sentences.append(f"Waivers were in use, approved by: {words}.")
    if lookup is None:
        return Inside(tuple(sentences), "", run.id)
    recorded = lookup(run.id)
    if recorded is None:
        return Inside((*sentences, "The store at hand does not know this run."), "", run.id)
    if recorded != sha256(raw).hexdigest():
        return Inside(
            tuple(sentences), "The store recorded another run under this id: one of the two was forged.", run.id
        )
    return Inside((*sentences, "The store's chain of runs holds this very run."), "", run.id)


def attachments(reader: Any) -> Iterator[tuple[str, bytes]]:
    """The embedded files by name."""
    names = look(look(look(reader.root, "/Names"), "/EmbeddedFiles"), "/Names") or []
    for index in range(0, len(names), 2):
        spec = names[index + 1]
        yield str(look(spec, "/UF") or look(spec, "/F")), spec["/EF"]["/F"].data


def look(thing: Any, key: str) -> Any:
    """The value under `key` of a PDF dictionary, references followed, or None."""
    thing = thing.get_object() if hasattr(thing, "get_object") else thing
    return thing[key] if thing is not None and key in thing else None
