"""Encapsulated documents: text is taken out of them, not covered; what cannot be cleaned is not released."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

Words: TypeAlias = Callable[[Any], list[Any]]


class TextCleaner(Protocol):
    """Cleans a text as the profile wants; `date` moves, keeps or removes a date of HL7; `uid` replaces one."""

    def text(self, text: str) -> str:
        """The text without its identifiers."""

    def finished(self, text: str) -> bool:
        """Whether nothing is left to clean, dates that the profile moves aside."""

    def spans(self, text: str, *, picture: bool = False) -> list[tuple[int, int]]:
        """Where the identifiers stand in a text, dates included; `picture` says that it was read from one."""

    def date(self, text: str) -> str:
        """The date as the copy may hold it, or an empty string."""

    def uid(self, text: str) -> str:
        """The replaced UID."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """The cleaned document, or why it must be withheld."""

    content: bytes
    withhold: str = ""


def redact(
    mime: str, content: bytes, cleaner: TextCleaner, words: Words | None = None, *, doubted: bool = False
) -> Redacted:
    """Clean one document by what it is, not by what it claims; unknown kinds are withheld.

    `words` reads the text of a picture (None: nothing here does), for pages that are more than text. `doubted`
    says that an earlier copy was objected to, so that nothing of its inner structure is carried along.
    """
    from auditor.deid import cda, mesh, pdf

    kind = mime.strip().lower()
    body = content.lstrip(b"\xef\xbb\xbf \r\n\t")
    if b"%PDF-" in content[:1024]:
        return pdf.redact(content, cleaner, words, doubted=doubted)
    if body.startswith(b"<"):
        return cda.redact(body.rstrip(b" \0"), cleaner, words)
    if kind in ("model/stl", "application/sla"):
        return mesh.stl(content)
    if kind in ("model/obj", "model/mtl"):
        return mesh.text(content, cleaner)
    return Redacted(b"", f"a document of type {kind[:40] or 'unknown'} cannot be cleaned")
