"""HTML becomes PDF/A-3a that also says it is PDF/UA: tagged, fonts inside, nothing fetched, same bytes each time."""

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from auditor.errors import ConfigError
from auditor.report.tags import free_running_lines, scope_headers

_UA = (
    b'<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1"/>'
    b'<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    b' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about=""><pdfaExtension:schemas><rdf:Bag>'
    b'<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>'
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    b'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>'
    b"<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description></rdf:li>"
    b"</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to embed; `relationship` is its AFRelationship (ISO 32000-2, 7.11.3): Source, Data, Supplement."""

    name: str
    description: str
    content: bytes
    relationship: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the content."""
        return sha256(self.content).hexdigest()


def make_pdf(html: str, folders: Sequence[Path], attached: Sequence[Attached], moment: datetime) -> bytes:
    """Render `html` to PDF/A-3a. Only files below `folders` may be named in it; `moment` dates everything.

    The first folder is the shipped one; a file of the same name in a later folder takes its place.

    Raises ConfigError when Pango or the shipped font is missing.
    """
    weasyprint = _weasyprint()
    stamps = {"created": moment, "modified": moment}
    attachments = [
        weasyprint.Attachment(
            string=item.content,
            name=item.name,
            description=item.description,
            relationship=item.relationship,
            **stamps,
        )
        for item in attached
    ]
    document = weasyprint.HTML(string=html, base_url=folders[0].as_uri() + "/", url_fetcher=_fetcher(folders))
    with _dated(moment):
        return _rendered(
            document,
            pdf_variant="pdf/a-3a",
            pdf_tags=True,
            attachments=attachments,
            finisher=_finish,
            pdf_identifier=sha256(html.encode("utf-8", "replace")).hexdigest()[:32].encode("ascii"),
            custom_metadata=False,
        )


def renderer() -> str:
    """The libraries that draw and their versions; with others the same page may break its lines elsewhere."""
    from weasyprint.text.ffi import pango

    return f"weasyprint {_weasyprint().__version__}, pango {pango.pango_version()}"


@contextlib.contextmanager
def _dated(moment: datetime) -> Iterator[None]:
    """Subset fonts are dated by SOURCE_DATE_EPOCH, so that the same run gives the same bytes."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(moment.timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def _rendered(document: Any, **options: Any) -> bytes:
    from weasyprint.urls import FatalURLFetchingError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # the library leaves its colour profile open
            content: bytes = document.write_pdf(**options)
    except FatalURLFetchingError as error:
        raise ConfigError(
            f"the report cannot be drawn: {error}",
            where="the template or its style",
            right="files of the reports folder or of [report] templates only",
            next_step="auditor doctor",
        ) from error
    return content


def draw_plain(html: str, folders: Sequence[Path]) -> bytes:
    """Render a small page without tags or metadata, to be placed inside another PDF."""
    weasyprint = _weasyprint()
    document = weasyprint.HTML(string=html, base_url=folders[0].as_uri() + "/", url_fetcher=_fetcher(folders))
    content: bytes = document.write_pdf()
    return content


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as error:
        raise ConfigError(
            "reports cannot be drawn: the Pango library is missing",
            where="this machine",
            right="Pango 1.44 or newer",
            next_step="apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; then auditor doctor",
        ) from error
    for name in ("weasyprint", "fontTools", "fontTools.subset"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return weasyprint


def _fetcher(folders: Sequence[Path]) -> Any:
    """A fetcher that opens files below `folders` and nothing else; whatever else is asked for stops the report."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    roots = [folder.resolve() for folder in folders]

    class FolderFetcher(URLFetcher):  # type: ignore[misc]
        """Files of the report's own folders only."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            parts = urlsplit(url)
            file = Path(unquote(parts.path)).resolve()
            if parts.scheme != "file" or parts.netloc or not any(root in file.parents for root in roots):
                raise FatalURLFetchingError(f"a report may not load {parts.scheme}:{file.name}")
            own = next((root / file.relative_to(roots[0]) for root in roots[1:] if roots[0] in file.parents), file)
            chosen = own if own.is_file() else file
            if not chosen.is_file():
                raise FatalURLFetchingError(f"a report needs {file.name}, which is missing")
            kind = _KINDS.get(chosen.suffix.lower())
            if kind is None:
                raise FatalURLFetchingError(f"a report may not load files such as {chosen.name}")
            return URLFetcherResponse(url, chosen.read_bytes(), {"Content-Type": kind})

    return FolderFetcher()


def _finish(document: Any, pdf: Any) -> None:
    """Add the PDF/UA mark to the XMP metadata, and name each attached file once (ISO 19005-3, 6.8).

    Objects are written outside of object streams: a verifier that looks for changes reads every object, and would
    unpack the same stream once for each of them.
    """
    scope_headers(pdf)
    free_running_lines(pdf)
    write = pdf.write
    pdf.write = lambda output, version, identifier, compress: write(output, version, identifier)
    for item in pdf.objects:
        extra = getattr(item, "extra", None)
        if extra and extra.get("Subtype") == "/XML":
            item.stream = [part.replace(b"</rdf:RDF>", _UA + b"</rdf:RDF>") for part in item.stream]
            item.compress = False
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = list(dict.fromkeys(pdf.catalog["AF"]))
