"""Writes approved waivers into `waivers.yaml`, each under a mark of its own, and takes them out again."""

import json
import re
from pathlib import Path

from auditor.errors import ConfigError
from auditor.store.files import write_bytes
from auditor.store.waivers import Dossier

_EMPTY = re.compile(r"^waivers:\s*\[\s*\]\s*(#.*)?$", re.MULTILINE)


def append_waiver(file: Path, done: Dossier) -> None:
    """Add an approved waiver at the end of the file, which is made where missing; what stands there stays."""
    text = _read(file)
    text = _EMPTY.sub("waivers:", text)
    if not re.search(r"^waivers:", text, re.MULTILINE):
        text = text.rstrip("\n") + ("\n" if text.strip() else "") + "waivers:\n"
    proposal = done.proposal
    pairs = {
        "rule": proposal.rule,
        "subject": proposal.subject,
        "reason": proposal.reason,
        "approver": done.approver,
        "ticket": proposal.ticket,
        "created": done.approved,
        "expires": proposal.expires,
    }
    if proposal.fingerprint:
        pairs["fingerprint"] = proposal.fingerprint
    lines = [
        f"  {'-' if number == 0 else ' '} {key}: {_quoted(value)}" for number, (key, value) in enumerate(pairs.items())
    ]
    block = "\n".join([_mark(done, "begin"), *lines, _mark(done, "end")])
    write_bytes(file, (text.rstrip("\n") + "\n" + block + "\n").encode("utf-8"))


def remove_waiver(file: Path, done: Dossier) -> None:
    """Take a waiver out again, if it stands between its marks."""
    text = _read(file)
    begin, end = re.escape(_mark(done, "begin")), re.escape(_mark(done, "end"))
    left = re.sub(rf"{begin}\n.*?{end}\n", "", text, flags=re.DOTALL)
    if left != text:
        if re.fullmatch(r"(\s*#.*\n|\s*\n)*waivers:\s*(#.*\n|\s)*", left):
            left = re.sub(r"^waivers:.*$", "waivers: []", left, flags=re.MULTILINE)
        write_bytes(file, left.encode("utf-8"))


def _mark(done: Dossier, word: str) -> str:
    return f"  # auditor waive {done.number} {word}"


def _quoted(value: str) -> str:
    """A YAML double-quoted scalar; JSON strings are such."""
    return json.dumps(value, ensure_ascii=True)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            "the waivers file cannot be read", where=str(file), right="YAML in UTF-8", next_step="auditor waive list"
        ) from error
