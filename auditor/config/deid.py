"""`[deid]`: how `auditor deid` works, and which copies an audit compares."""

from auditor.config.section import Section


class ComparedPair(Section):
    """A source folder and the de-identified copy made of it."""

    source: str
    copy_folder: str


class DeidSettings(Section):
    """`[deid]`: profile, project key and the pairs an audit compares."""

    profile: str = "basic"
    key_file: str = ""
    pairs: tuple[ComparedPair, ...] = ()
