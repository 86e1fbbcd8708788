"""Says what was changed in a broken report, and whether the pages of a whole one show the run data inside it.

Two comparisons are at hand. Where the bytes that were signed still stand at the front of the file, the file is held
against them. Else the report is drawn again from the run data inside it, which gives the same bytes as the first time
where templates and drawing library are the same, and the file is held against that.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from auditor.errors import AuditorError
from auditor.model import codec
from auditor.report.anatomy import actions_in, files_in, notes_on, open_pdf, place_of
from auditor.report.changed import changed_files, changed_pages, unlike_groups
from auditor.report.contents import stated_hashes
from auditor.report.pages import read_pages
from auditor.report.redraw import TABLE, Look, drawn_with, redraw
from auditor.report.told import NAME, Told
from auditor.report.verify import Verdict, Worth, verify, with_sentence
from auditor.report.words import clean

Original = Callable[[str], Mapping[str, bytes] | None]
_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+\d+\s+(\d{1,12})\s+(\d{1,12})\s*\]")
_MOST = 12
_INSIDE = "the run data inside"


@dataclass(frozen=True, slots=True)
class Help:
    """What an explanation may draw on: how reports look here, and the files of a run as the store keeps them."""

    look: Look
    now: datetime
    original: Original | None = None


def explained(pdf: bytes, verdict: Verdict, support: Help) -> Verdict:
    """The verdict with sentences about what was changed, or about the pages of a report that is whole."""
    from pikepdf import PdfError

    try:
        if verdict.worth is Worth.BROKEN:
            told = list(dict.fromkeys(_changes(pdf, support)))
            rest = [f"{len(told) - _MOST} further differences are not listed."] if len(told) > _MOST else []
            for sentence in [*told[:_MOST], *rest]:
                verdict = with_sentence(verdict, sentence, Worth.BROKEN)
            return verdict
        return _checked(pdf, verdict, support)
    except (PdfError, KeyError, ValueError, TypeError, AttributeError) as error:
        said = f"What was changed cannot be told: the file is too broken to be read ({type(error).__name__})."
        return with_sentence(verdict, said, verdict.worth)


def _changes(pdf: bytes, support: Help) -> Iterator[str]:
    signed = _signed_part(pdf, support.now)
    if signed is not None:
        yield f"The first {len(signed)} bytes are the report as it was signed; {len(pdf) - len(signed)} were added."
        yield from _against_signed(signed, pdf)
        return
    with open_pdf(pdf) as opened:
        files = files_in(opened)
        stated = stated_hashes(str(opened.docinfo.get("/Keywords", "")))
    whole = dict(files)
    yield from _unlike_stated(files, stated)
    original = support.original(_run_of(files)) if support.original else None
    if original:
        yield from changed_files({name: raw for name, raw in original.items() if name in files}, files)
        whole |= {name: raw for name, raw in original.items() if name in files}
    drawn, reason = _drawn(whole, support.look)
    if drawn is None:
        yield reason
        return
    yield from _against_drawn(drawn, pdf)


def _unlike_stated(files: Mapping[str, bytes], stated: Mapping[str, str]) -> Iterator[str]:
    for name, digest in stated.items():
        raw = files.get(name)
        if raw is not None and sha256(raw).hexdigest() != digest:
            yield f"The attached {clean(name, 60)} is not the one the report was made with."
    with suppress(KeyError, codec.CodecError):
        yield from unlike_groups(files[TABLE], codec.load(Told, files[NAME]))


def _signed_part(pdf: bytes, now: datetime) -> bytes | None:
    """The longest beginning of the file that is a whole signed report, if one is shorter than the file."""
    ends = {int(found[0]) + int(found[1]) for found in _RANGE.findall(pdf)}
    for end in sorted(ends, reverse=True):
        if end < len(pdf) and verify(pdf[:end], [], now).worth is not Worth.BROKEN:
            return pdf[:end]
    return None


def _against_signed(signed: bytes, pdf: bytes) -> Iterator[str]:
    was = "what was signed"
    found = list(changed_pages(read_pages(signed, notes=True), read_pages(pdf, notes=True), was))
    yield from found
    with open_pdf(signed) as before, open_pdf(pdf) as after:
        found += (said := list(changed_files(files_in(before), files_in(after))))
        yield from said
        for number, (old, new) in enumerate(zip(notes_on(before), notes_on(after), strict=False), 1):
            if old != new:
                found.append(said_notes := f"Page {number} bears {new} fields or notes where {was} bears {old}.")
                yield said_notes
        removed = sorted({*before.Root.keys()} - {*after.Root.keys()})
        added = sorted({*after.Root.keys()} - {*before.Root.keys()})
    yield from (f"The part {key} of the file was removed." for key in removed)
    yield from (f"A part {key} was put into the file." for key in added)
    acts = [name for name in actions_in(pdf) if name not in actions_in(signed)]
    yield from (f"The file would act by itself now ({name})." for name in acts)
    if not (found or removed or added or acts):
        yield "Pages and attached files read and look as they were signed."


def _against_drawn(drawn: bytes, pdf: bytes) -> Iterator[str]:
    if pdf.startswith(drawn):
        yield f"Pages and attached files are what {_INSIDE} gives: what was changed is the signature or its frame."
        return
    found = list(changed_pages(read_pages(drawn, notes=False), read_pages(pdf, notes=False), _INSIDE))
    with open_pdf(drawn) as before, open_pdf(pdf) as after:
        found += changed_files(files_in(before), files_in(after))
    yield from found
    first = next((at for at, pair in enumerate(zip(drawn, pdf, strict=False)) if pair[0] != pair[1]), len(drawn))
    if first > 64 and len(pdf) > len(drawn):
        yield f"The first byte that differs is number {first}; it belongs to {place_of(drawn, first)}."
    elif not found:
        yield f"Pages and attached files read and look as {_INSIDE} gives; the file was written by another program."


def _drawn(files: Mapping[str, bytes], look: Look) -> tuple[bytes | None, str]:
    """The report drawn again, or why it cannot be."""
    try:
        if json.loads(files[NAME])["drawn_with"] != drawn_with(look):
            return None, "The pages cannot be held against the run data: other templates or libraries drew them."
        return redraw(files, look), ""
    except (KeyError, TypeError, ValueError, codec.CodecError, AuditorError):
        return None, "The run data inside is missing or cannot be read, so the pages cannot be drawn again from it."


def _run_of(files: Mapping[str, bytes]) -> str:
    try:
        return str(json.loads(files["run.json"])["id"])
    except (KeyError, TypeError, ValueError):
        return ""


def _checked(pdf: bytes, verdict: Verdict, support: Help) -> Verdict:
    """A whole report whose pages do not show the run data inside it was forged by somebody with a key."""
    with open_pdf(pdf) as opened:
        files = files_in(opened)
    drawn, reason = _drawn(files, support.look)
    if drawn is None:
        return with_sentence(verdict, reason, Worth.WHOLE)
    if pdf.startswith(drawn):
        return with_sentence(verdict, f"Its pages show what {_INSIDE} says.", Worth.WHOLE)
    told = list(changed_pages(read_pages(drawn, notes=False), read_pages(pdf, notes=False), _INSIDE))
    for sentence in told[:_MOST]:
        verdict = with_sentence(verdict, sentence, Worth.BROKEN)
    said = f"Its pages do not show what {_INSIDE} says." if told else f"Its pages show what {_INSIDE} says."
    return with_sentence(verdict, said, Worth.BROKEN if told else Worth.WHOLE)


__all__ = ["Help", "Original", "explained"]
