"""One audit message as an lxml tree to named fields (DICOM PS3.15 A.5, RFC 3881)."""

import base64
from collections.abc import Iterator
from typing import Any

from lxml import etree

_CODES = ("csd-code", "code")
_ROLES = {"110153": "src", "110152": "dst", "110154": "media", "110155": "media_src", "110150": "app"}


def parser() -> etree.XMLParser:
    """A parser that loads no DTD, resolves no entity, touches no network and refuses huge trees."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


def extract(message: Any) -> dict[str, str]:
    """Fields of one AuditMessage element, by name; names that are absent are left out.

    Participants give `user`, `alt_user`, `ip` (the requestor) and `src`, `src_alt`, `dst`, `dst_alt`;
    objects give `patient`, `study`, `accession`, `instances` (numbers joined by spaces), `query`.
    """
    fields: dict[str, str] = {}
    people: list[tuple[Any, str]] = []
    for child in message:
        name = _name(child)
        if name == "EventIdentification":
            _event(child, fields)
        elif name == "ActiveParticipant":
            people.append((child, _code(next(_children(child, "RoleIDCode"), None))))
            _media(child, fields)
        elif name == "AuditSourceIdentification":
            fields["source"] = child.get("AuditSourceID") or child.get("code") or ""
            fields["site"] = child.get("AuditEnterpriseSiteID") or ""
        elif name == "ParticipantObjectIdentification":
            _object(child, fields)
    _participants(people, fields)
    return fields


def _event(element: Any, fields: dict[str, str]) -> None:
    fields["time"] = element.get("EventDateTime") or ""
    fields["action"] = element.get("EventActionCode") or ""
    fields["outcome"] = element.get("EventOutcomeIndicator") or ""
    for child in element:
        name = _name(child)
        if name == "EventID":
            fields["code"] = _code(child)
        elif name == "EventTypeCode" and "type" not in fields:
            fields["type"] = _code(child)
        elif name == "PurposeOfUse":
            fields["purpose"] = _code(child)
        elif name == "EventOutcomeDescription" and child.text:
            fields["reason"] = child.text.strip()


def _participants(people: list[tuple[Any, str]], fields: dict[str, str]) -> None:
    """The requestor is the person; without one, the first participant that is no application role."""
    asked = [person for person, _ in people if (person.get("UserIsRequestor") or "").lower() in ("true", "1")]
    for person, role in people:
        slot = _ROLES.get(role)
        if slot in ("src", "dst") and (person not in asked[:1] or person.get("AlternativeUserID")):
            fields.setdefault(slot, person.get("UserID") or "")
            fields.setdefault(f"{slot}_alt", person.get("AlternativeUserID") or "")
        elif slot == "media":
            fields.setdefault("dst", person.get("UserID") or "")
            fields.setdefault("dst_alt", person.get("AlternativeUserID") or "")
    named = [person for person in asked if person.get("UserName")] or asked
    if named:
        who = named[0]
        fields["user"] = who.get("UserID") or ""
        fields["alt_user"] = who.get("AlternativeUserID") or ""
        fields["ip"] = who.get("NetworkAccessPointID") or ""
    if not fields.get("ip"):
        fields["ip"] = next(
            (person.get("NetworkAccessPointID") for person, _ in people if person.get("NetworkAccessPointID")), ""
        )


def _media(element: Any, fields: dict[str, str]) -> None:
    for identifier in _children(element, "MediaIdentifier"):
        fields["media"] = _label(next(_children(identifier, "MediaType"), None))
    for direct in _children(element, "MediaType"):
        fields["media"] = _label(direct)


def _object(element: Any, fields: dict[str, str]) -> None:
    role, kind = element.get("ParticipantObjectTypeCodeRole"), element.get("ParticipantObjectTypeCode")
    identifier = element.get("ParticipantObjectID") or ""
    if role == "1" or (kind == "1" and role in (None, "")):
        fields.setdefault("patient", identifier)
    elif role == "3" and kind == "2":
        fields.setdefault("study", identifier)
        _description(element, fields)
    elif role == "26" or role == "13":
        fields.setdefault("object", identifier)
    for query in _children(element, "ParticipantObjectQuery"):
        fields["query"] = (query.text or "").strip()


def _description(element: Any, fields: dict[str, str]) -> None:
    counts: list[str] = []
    for part in element.iter():
        name = _name(part)
        if name == "Accession" and part.get("Number"):
            fields.setdefault("accession", part.get("Number"))
        elif name == "SOPClass" and part.get("NumberOfInstances"):
            counts.append(part.get("NumberOfInstances"))
    if counts:
        fields["instances"] = " ".join([fields["instances"], *counts] if "instances" in fields else counts)


def unwrap_query(text: str) -> str:
    """ParticipantObjectQuery is base64 (PS3.15 A.5.2); text that is not is kept as it stands."""
    if len(text) % 4 == 0 and text:
        try:
            return base64.b64decode(text, validate=True).decode("utf-8")
        except ValueError:
            return text
    return text


def _children(element: Any, name: str) -> Iterator[Any]:
    return (child for child in element if _name(child) == name)


def _code(element: Any) -> str:
    if element is None:
        return ""
    return next((element.get(name) for name in _CODES if element.get(name)), "")


def _label(element: Any) -> str:
    if element is None:
        return ""
    return element.get("originalText") or element.get("displayName") or _code(element)


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
