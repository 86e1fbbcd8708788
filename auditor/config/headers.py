"""`[headers]`: what `auditor scan` looks at."""

from auditor.config.section import Section


class HeadersSettings(Section):
    """`[headers]`: folders, files and archives with DICOM in them.

    `roster` is a patient list whose names are sought too, `ocr` whether text in pixels is read, and
    `pseudonyms` an RE2 pattern of the site's pseudonyms, which identify nobody.
    """

    paths: tuple[str, ...] = ()
    roster: str = ""
    ocr: bool = True
    pseudonyms: str = ""
