"""Says in sentences what a report is worth: who, when, what is covered, trusted by whom, and what changed."""

import io
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import Any

from auditor.report.certificates import name_of
from auditor.report.contents import contents_sentences, look
from auditor.report.devca import TRUST_SENTENCE
from auditor.report.field import APPROVAL, SIGNATURE
from auditor.report.judge import Judged, digest_fits, judge
from auditor.report.strict import gap_problem

Lookup = Callable[[str], str | None]


class Worth(IntEnum):
    """What a report is worth; the number is the exit code."""

    WHOLE = 0
    BROKEN = 1
    UNDECIDED = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, in sentences, in the order a person wants to know them."""

    worth: Worth
    sentences: tuple[str, ...]
    signers: tuple[str, ...] = ()
    run: str = ""


def verify(pdf: bytes, roots: Sequence[Any], now: datetime, lookup: Lookup | None = None) -> Verdict:
    """Verify a report against the trusted certificates `roots` at the moment `now`.

    `lookup` gives the recorded hash of a run in a store, or None for one it does not know. Never raises for any
    bytes: what cannot be read is broken.
    """
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return _verify(pdf, roots, now, lookup)
    except Exception as error:  # hostile bytes reach every corner of a PDF parser; each failure means the same
        return Verdict(Worth.BROKEN, (f"The file cannot be read as a signed PDF ({type(error).__name__}).",))


def _verify(pdf: bytes, roots: Sequence[Any], now: datetime, lookup: Lookup | None) -> Verdict:
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(io.BytesIO(pdf), strict=True)
    signatures = list(reader.embedded_signatures)
    if not signatures:
        return Verdict(Worth.BROKEN, ("The report carries no signature: anybody may have written or changed it.",))
    fault = _structure(pdf, signatures)
    if fault:
        return Verdict(Worth.BROKEN, (f"The report was changed after it was signed: {fault}.",))
    if not all(digest_fits(item) for item in signatures):
        said = "The report was changed after it was signed: its content does not fit the signature."
        return Verdict(Worth.BROKEN, (said,), tuple(name_of(item.signer_cert) for item in signatures))
    judged = []
    for item in signatures:
        judged.append(judge(reader, item, roots, now))
        if judged[-1].problem:
            return Verdict(Worth.BROKEN, (judged[-1].problem,), tuple(one.name for one in judged))
    return _tell(reader, judged, bool(roots), lookup, signatures[0].signer_cert)


def _structure(pdf: bytes, signatures: list[Any]) -> str:
    """What is wrong with how the signatures lie in the file, or an empty string."""
    names = [item.field_name for item in signatures]
    allowed = ([SIGNATURE], [SIGNATURE, APPROVAL], [SIGNATURE, "Timestamp"], [SIGNATURE, "Timestamp", APPROVAL])
    if names not in allowed or (APPROVAL in names and signatures[0].docmdp_level is None):
        return "it carries other signatures than a report has"
    if signatures[0].docmdp_level is None:
        return "its signature does not forbid changes, as the signature of a report does"
    for item in signatures:
        fault = gap_problem(pdf, [int(number) for number in item.byte_range], bytes(item.pkcs7_content))
        if fault:
            return fault
    covered = sum(int(number) for number in list(signatures[-1].byte_range)[2:])
    if covered != len(pdf):
        return f"{len(pdf) - covered} bytes were added behind the last signature"
    return ""


def _tell(reader: Any, judged: list[Judged], has_roots: bool, lookup: Lookup | None, signer: Any) -> Verdict:
    sentences = []
    worth = Worth.WHOLE
    for item in judged:
        sentences += [item.story, *([item.trust] if item.trust else [])]
        if item.development:
            sentences.append(TRUST_SENTENCE)
        if item.trusted is None:
            worth = max(worth, Worth.UNDECIDED)
        elif not item.trusted:
            worth = Worth.BROKEN if has_roots and worth is not Worth.UNDECIDED else max(worth, Worth.UNDECIDED)
    sentences.append("The signature covers the whole file, and nothing was changed or added since.")
    signers = tuple(item.name for item in judged if not item.timestamp)
    if len(signers) == 1 and _awaits(reader):
        sentences.append("The report has a place for the approval of a second person, which is still empty.")
    inside = contents_sentences(reader, lookup, signer)
    if inside.problem:
        return Verdict(Worth.BROKEN, (*sentences, *inside.sentences, inside.problem), signers, inside.run)
    return Verdict(worth, (*sentences, *inside.sentences), signers, inside.run)


def _awaits(reader: Any) -> bool:
    fields = look(look(reader.root, "/AcroForm"), "/Fields") or ()
    return any(look(item, "/T") == APPROVAL and look(item, "/V") is None for item in fields)


def with_sentence(verdict: Verdict, sentence: str, worth: Worth) -> Verdict:
    """The verdict with one more sentence, and at least as bad."""
    return replace(verdict, sentences=(*verdict.sentences, sentence), worth=max(verdict.worth, worth, key=_badness))


def _badness(worth: Worth) -> int:
    return (Worth.WHOLE, Worth.UNDECIDED, Worth.BROKEN).index(worth)


__all__ = ["Lookup", "Verdict", "Worth", "name_of", "verify", "with_sentence"]
