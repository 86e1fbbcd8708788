"""`[headers]`: what `auditor scan` looks at."""

from auditor.config.section import Section


class HeadersSettings(Section):
    """`[headers]`: folders, files and archives with DICOM in them."""

    paths: tuple[str, ...] = ()
    roster: str = ""
    ocr: bool = True
