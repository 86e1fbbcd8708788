"""Which version of a product a configuration is for: as listed, as installed, as a comment says, or not known."""

import re
from dataclasses import dataclass
from pathlib import Path

from auditor.endpoints.data import document

_MOST = 60_000_000
_COMMENT = re.compile(r"^\s*(?:#|;|//|/?\*|--)[^\n]*", re.MULTILINE)
_OF_A_SETTING = re.compile(
    r"(?i)\b(new in|since|from|before|until|prior to|as of|starting with|at least|requires?|needs|ab|seit)\s*$"
)
_IMAGE = re.compile(r"^\s*(?:image:|FROM)\s+[\"']?([\w./-]+):v?(\d+\.\d+(?:\.\d+)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Version:
    """A version as written, and where it was learnt; both empty where nothing tells it."""

    text: str = ""
    source: str = ""


UNKNOWN = Version()


def version_of(path: Path, text: str, product: str, listed: Version) -> Version:
    """What is listed or was answered counts first, then the package installed beside the file, then its own words."""
    if listed.text:
        return listed
    return _installed(path, product) or _written(text, product) or UNKNOWN


def of_banner(server: str, implementation: str) -> tuple[str, str] | None:
    """Product and version of a `Server` header or an implementation version name (PS3.7 D.3.3.2)."""
    for product, pattern in document("products.yaml")["banners"].items():
        found = re.search(pattern, server) or re.search(pattern, implementation)
        if found:
            return product, _dotted(found.group(1))
    return None


def _dotted(text: str) -> str:
    """DCMTK writes 3.6.7 as 367."""
    return ".".join(text) if text.isdecimal() and len(text) == 3 else text


def _installed(path: Path, product: str) -> Version | None:
    """The Debian package beside a file that lies in its place: `…/etc/nginx` and `…/var/lib/dpkg/status`."""
    parts = path.resolve().parts
    packages = document("products.yaml")["packages"].get(product, ())
    if "etc" not in parts or not packages:
        return None
    status = Path(*parts[: parts.index("etc")]) / "var/lib/dpkg/status"
    try:
        fits = status.is_file() and status.stat().st_size <= _MOST
        found = status.read_text("utf-8", "replace") if fits else ""
    except OSError:
        return None
    for name in packages:
        entry = re.search(
            rf"^Package: {re.escape(name)}\nStatus: \S+ ok installed\n(?:.+\n)*?Version: (?:\d+:)?(\S+)$", found, re.M
        )
        if entry:
            return Version(entry.group(1), f"package {name}")
    return None


def _written(text: str, product: str) -> Version | None:
    """`# nginx 1.18.0`, `; stunnel version 5.68`, or the tag of a container image.

    What came "new in" a version tells of a setting, not of the product; Orthanc's own file is full of that, so of JSON
    only what stands before the document is read.
    """
    names = "|".join(re.escape(name) for name in document("products.yaml")["names"].get(product, (product,)))
    words = re.compile(rf"\b(?:{names})(?:[ /-]|, |\s+version\s+|\s+v\.?\s*)v?(\d+\.\d+(?:\.\d+)*)", re.IGNORECASE)
    head = text[: text.find("{") if product == "orthanc" and "{" in text else 20_000]
    for comment in _COMMENT.finditer(head):
        found = words.search(comment.group())
        if found and not _OF_A_SETTING.search(comment.group()[: found.start()]):
            return Version(found.group(1), f"comment in line {head.count(chr(10), 0, comment.start()) + 1}")
    for image in _IMAGE.finditer(text[:200_000]):
        if re.search(document("products.yaml")["images"].get(product, r"(?!)"), image.group(1)):
            return Version(image.group(2), "tag of the image")
    return None
