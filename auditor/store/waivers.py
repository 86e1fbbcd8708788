"""The ledger of waivers: proposed by one person, approved by another, chained, and signed where keys are at hand."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from auditor.errors import UsageError
from auditor.store.folder import Store

LONGEST = timedelta(days=366)
Sign = Callable[[bytes], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A waiver that somebody asks for."""

    rule: str
    subject: str
    reason: str
    ticket: str
    expires: str
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A proposal and what became of it: `proposed`, `approved` or `expired`."""

    number: int
    proposal: Proposal
    proposer: str
    state: str
    approver: str = ""
    approved: str = ""
    signatures: tuple[Mapping[str, str], ...] = field(default_factory=tuple)


def propose(store: Store, proposal: Proposal, who: str, people: tuple[str, ...], today: date, sign: Sign | None) -> int:
    """Enter a proposal and return its number; raises UsageError when it could never be approved."""
    _known(who, people)
    _sound(proposal, today)
    details: dict[str, object] = {"proposal": asdict(proposal)}
    _enter(store, who, "waiver proposed", "", details, sign)
    return len([entry for entry in store.log("waivers") if entry.action == "waiver proposed"])


def approve(store: Store, number: int, who: str, people: tuple[str, ...], today: date, sign: Sign | None) -> Dossier:
    """Approve a proposal; refused for the proposer, under another name with the same key too (four eyes)."""
    _known(who, people)
    found = _open(store, number)
    if found.proposer.casefold() == who.casefold():
        raise _refusal("a waiver cannot be approved by the person who proposed it", "another person")
    _sound(found.proposal, today)
    details: dict[str, object] = {"approved": today.isoformat(), "proposal": asdict(found.proposal)}
    if sign is not None:
        key = sign(b"").get("certificate_sha256", "")
        if any(item.get("certificate_sha256") == key for item in found.signatures):
            raise _refusal("a waiver cannot be approved with the key that it was proposed with", "another person's key")
    _enter(store, who, "waiver approved", str(number), details, sign)
    return dossiers(store)[number - 1]


def expire(store: Store, number: int, who: str, sign: Sign | None) -> Dossier:
    """End a waiver before its day, or withdraw a proposal."""
    found = dossiers(store)
    if not 0 < number <= len(found) or found[number - 1].state == "expired":
        raise _refusal(f"there is no waiver {number} to end", "the number of a waiver that is proposed or approved")
    _enter(store, who, "waiver expired", str(number), {}, sign)
    return dossiers(store)[number - 1]


def dossiers(store: Store) -> list[Dossier]:
    """All proposals with their states, in the order they were made."""
    found: list[Dossier] = []
    for entry in store.log("waivers"):
        signatures = (entry.details["signature"],) if "signature" in entry.details else ()
        if entry.action == "waiver proposed":
            proposal = Proposal(**entry.details["proposal"])
            found.append(Dossier(len(found) + 1, proposal, entry.who, "proposed", signatures=signatures))
            continue
        before = found[int(entry.subject) - 1]
        state = "approved" if entry.action == "waiver approved" else "expired"
        approver = entry.who if state == "approved" else before.approver
        approved = str(entry.details.get("approved", before.approved))
        signed = (*before.signatures, *signatures)
        found[before.number - 1] = Dossier(
            before.number, before.proposal, before.proposer, state, approver, approved, signed
        )
    return found


def signed_bytes(who: str, action: str, subject: str, details: Mapping[str, object]) -> bytes:
    """What a signature of an entry covers."""
    body = {"who": who, "action": action, "subject": subject, "details": dict(details)}
    return json.dumps(body, sort_keys=True, ensure_ascii=True).encode("ascii")


def _enter(store: Store, who: str, action: str, subject: str, details: dict[str, object], sign: Sign | None) -> None:
    signature = dict(sign(signed_bytes(who, action, subject, details))) if sign else None
    store.append("waivers", who, action, subject, details | ({"signature": signature} if signature else {}))
    store.record(action, who=who, subject=subject or str(details.get("proposal", "")))


def _open(store: Store, number: int) -> Dossier:
    found = dossiers(store)
    if not 0 < number <= len(found) or found[number - 1].state != "proposed":
        raise _refusal(f"there is no open proposal {number}", "the number of a proposal that nobody decided yet")
    return found[number - 1]


def _known(who: str, people: tuple[str, ...]) -> None:
    if people and who not in people:
        raise _refusal(f"{who!r} is not among the people of this site", "a name in [site] people")


def _sound(proposal: Proposal, today: date) -> None:
    try:
        expires = date.fromisoformat(proposal.expires)
    except ValueError as error:
        raise _refusal(f"{proposal.expires!r} is no day", "a day such as 2027-01-31") from error
    if not today <= expires <= today + LONGEST:
        raise _refusal("a waiver ends today at the earliest and within a year", f"{today} to {today + LONGEST}")
    if len(proposal.reason.strip()) < 3 or not proposal.ticket.strip():
        raise _refusal("a waiver needs a reason and a ticket", "--reason and --ticket")


def _refusal(what: str, right: str) -> UsageError:
    return UsageError(what, where="the ledger of waivers", right=right, next_step="auditor waive list")
