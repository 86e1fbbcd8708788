"""What lies inside a report: the attached run and findings, held against what the report says of them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from auditor.model import codec
from auditor.model.header import read_header
from auditor.report.certificates import name_of

_STATED = re.compile(r"(\S+) sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Inside:
    """Sentences about the attached data, what is wrong with it, and the id of its run."""

    sentences: tuple[str, ...]
    problem: str
    run: str


def contents_sentences(reader: Any, lookup: Callable[[str], str | None] | None, signer: Any = None) -> Inside:
    """Hold the attached files against the hashes the report states, the run against a store, and the attached
    certificate against the one that signed.
    """
    files = dict(attachments(reader))
    fault = _fault(files, stated_hashes(str(look(look(reader.trailer_view, "/Info"), "/Keywords") or "")), signer)
    if fault:
        return Inside((), fault, "")
    raw = files["run.json"]
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


def stated_hashes(keywords: str) -> dict[str, str]:
    """The hashes that a report states of the files it was made with, by their names."""
    return dict(_STATED.findall(keywords))


def _fault(files: Mapping[str, bytes], stated: Mapping[str, str], signer: Any) -> str:
    """What is wrong with the attached files, or an empty string."""
    if "run.json" not in files:
        return "The run that the report was made of is not attached to it."
    for name, digest in stated.items():
        if name in files and sha256(files[name]).hexdigest() != digest:
            return f"The attached {name} is not the one the report was made with."
    if set(files) - set(stated):
        return "A file is attached that does not belong to the report."
    if signer is not None and "signer.pem" in files and files["signer.pem"] != _pem(signer):
        return f"The report was made for another signer than {name_of(signer)}, whose certificate is in its signature."
    return ""


def _pem(certificate: Any) -> bytes:
    from asn1crypto import pem

    return bytes(pem.armor("CERTIFICATE", certificate.dump()))


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
