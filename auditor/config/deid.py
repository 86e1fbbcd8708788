"""`[deid]`: how `auditor deid` works, and which copies an audit compares."""

from typing import Annotated

from pydantic import Field

from auditor.config.section import Section


class ComparedPair(Section):
    """A source folder and the de-identified copy made of it."""

    source: str
    copy_folder: str


class DeidSettings(Section):
    """`[deid]`: profile, project key, the site's table of subjects, and the pairs an audit compares.

    `subjects` is a CSV file with the columns patient_id and pseudonym; several IDs may carry one pseudonym.
    `smallest_group` is the k below which groups of patients are shown.
    """

    profile: str = "basic"
    key_file: str = ""
    subjects: str = ""
    smallest_group: Annotated[int, Field(ge=2, le=1000)] = 5
    pairs: tuple[ComparedPair, ...] = ()
