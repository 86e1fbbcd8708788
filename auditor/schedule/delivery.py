"""Hands a report over: into a folder, by mail, to a command. What cannot be handed over is kept and said."""

import os
import smtplib
import ssl
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from auditor.config.schedule import MailSettings, ScheduleSettings
from auditor.config.settings import Configuration
from auditor.errors import ConfigError, StoreError
from auditor.store.files import make_folder, write_bytes

_COMMAND_SECONDS = 600
_LARGEST_MAIL = 20_000_000


@dataclass(frozen=True, slots=True)
class Document:
    """One file to hand over."""

    name: str
    content: bytes
    kind: str

    @property
    def subtype(self) -> tuple[str, str]:
        """The MIME type, divided."""
        first, _, second = self.kind.partition("/")
        return first, second


def deliver(
    schedule: ScheduleSettings,
    configuration: Configuration,
    documents: Sequence[Document],
    subject: str,
    text: str,
    wait: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Hand the documents over in every way the schedule names; returns sentences about what failed.

    A failed way never stops the others.
    """
    problems = []
    outbox = configuration.path(schedule.folder) if schedule.folder else None
    ways: list[Callable[[], None]] = []
    if outbox:
        ways.append(lambda: _to_folder(outbox, documents))
    if schedule.mail_to:
        ways.append(lambda: _by_mail(schedule, configuration, documents, subject, text, wait))
    if schedule.command:
        ways.append(lambda: _to_command(schedule, configuration, documents))
    for way in ways:
        try:
            way()
        except (OSError, StoreError, ConfigError, smtplib.SMTPException, subprocess.SubprocessError) as error:
            problems.append(f"The report was not handed over: {_words(error)}.")
    return problems


def _words(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return f"the command ended with {error.returncode}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"the command did not end within {_COMMAND_SECONDS} seconds"
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _to_folder(folder: Path, documents: Sequence[Document]) -> None:
    make_folder(folder)
    for document in documents:
        write_bytes(folder / document.name, document.content)


def _to_command(schedule: ScheduleSettings, configuration: Configuration, documents: Sequence[Document]) -> None:
    """Run the command with the paths of the documents added; no shell, and no secret in its environment."""
    folder = configuration.path(configuration.settings.store.path) / "outbox"
    make_folder(folder)
    paths = []
    for document in documents:
        write_bytes(folder / document.name, document.content)
        paths.append(str(folder / document.name))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AUDITOR_")}
    subprocess.run(  # noqa: S603 - the site's own command, as a list
        [*schedule.command, *paths], check=True, timeout=_COMMAND_SECONDS, env=environment, stdin=subprocess.DEVNULL
    )


def _by_mail(
    schedule: ScheduleSettings,
    configuration: Configuration,
    documents: Sequence[Document],
    subject: str,
    text: str,
    wait: Callable[[float], None],
) -> None:
    mail = configuration.settings.mail
    if not mail.host or not mail.sender:
        raise ConfigError("[mail] names no host or no sender", where="auditor.toml", right="host and sender")
    message = compose(mail, schedule.mail_to, documents, subject, text)
    for attempt in range(1, mail.attempts + 1):
        try:
            _send(mail, configuration, message)
        except (OSError, smtplib.SMTPException):
            if attempt == mail.attempts:
                raise
            wait(mail.wait_seconds * attempt)
        else:
            return


def compose(
    mail: MailSettings, recipients: Sequence[str], documents: Sequence[Document], subject: str, text: str
) -> EmailMessage:
    """The mail with the documents attached; what is too large to be sent is named instead."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail.sender, ", ".join(recipients), subject
    small = [item for item in documents if len(item.content) <= _LARGEST_MAIL]
    left = [f"{item.name} is too large to be sent; it lies in the store." for item in documents if item not in small]
    message.set_content("\n".join([text, *left]) + "\n")
    for item in small:
        maintype, subtype = item.subtype
        message.add_attachment(item.content, maintype=maintype, subtype=subtype, filename=item.name)
    return message


def _send(mail: MailSettings, configuration: Configuration, message: EmailMessage) -> None:
    context = ssl.create_default_context(cafile=str(configuration.path(mail.ca_file)) if mail.ca_file else None)
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=30, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=30)
    with server:
        if mail.security == "starttls":
            server.starttls(context=context)
        if mail.user:
            password = configuration.path(mail.password_file).read_text("utf-8").strip() if mail.password_file else ""
            server.login(mail.user, password)
        server.send_message(message)
