"""`[[schedule]]` and `[mail]`: which audits run when, and to whom their reports go."""

from typing import Annotated, Literal

from pydantic import Field

from auditor.config.section import Section

Kind = Literal["officer", "technical", "deid-certificate"]
FormatName = Literal["json", "jsonl", "csv", "sarif", "oscal", "junit", "ocsf", "hdf", "markdown"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class ScheduleSettings(Section):
    """One `[[schedule]]`: a cron expression in a time zone, what is audited, and where the report goes.

    `rooms` empty means everything that is configured. `overlap` says whether a run that is due while another one
    works waits for it or is skipped. `promised_hours` is how old the last good run may be before
    `auditor schedule status` complains; `keep_days` deletes older runs of the plan (0: never).
    """

    name: Name
    cron: str
    timezone: str = "UTC"
    rooms: tuple[str, ...] = ()
    reports: tuple[Kind, ...] = ("officer",)
    formats: tuple[FormatName, ...] = ()
    folder: str = ""
    mail_to: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    overlap: Literal["skip", "wait"] = "skip"
    promised_hours: Annotated[int, Field(ge=0, le=9000)] = 0
    keep_days: Annotated[int, Field(ge=0, le=36500)] = 0


class MailSettings(Section):
    """`[mail]`: the server that reports are sent through. The password is read from `password_file` (0600)."""

    host: str = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: str = ""
    sender: str = ""
    user: str = ""
    password_file: str = ""
    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    wait_seconds: Annotated[int, Field(ge=0, le=600)] = 20
