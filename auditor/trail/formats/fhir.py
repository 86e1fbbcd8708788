"""FHIR AuditEvent, R4 and R5, as parsed JSON to rows (IHE BALP profiles included)."""

import base64
from collections.abc import Iterator
from typing import Any

from auditor.trail.schema import COLUMNS

Row = tuple[str | None, ...]
_ROLES = {"110153": "src_ae", "110152": "dst_ae", "110154": "dst_ae"}
_OUTCOMES = {"success": "0", "information": "0", "warning": "4", "error": "8", "fatal": "12"}
_ISSUES = {"0", "4", "8", "12"}
_REST = {"read": "R", "vread": "R", "search": "E", "search-type": "E", "create": "C", "update": "U", "delete": "D"}


def events_in(resource: Any) -> Iterator[dict[str, Any]]:
    """Every AuditEvent in a parsed resource: itself, or the entries of a Bundle, at any depth below ten."""
    stack = [(resource, 0)]
    while stack:
        item, depth = stack.pop()
        if not isinstance(item, dict) or depth > 10:
            continue
        kind = item.get("resourceType")
        if kind == "AuditEvent":
            yield item
        elif kind == "Bundle":
            entries = item.get("entry")
            if isinstance(entries, list):
                stack.extend((_dict(entry).get("resource"), depth + 1) for entry in reversed(entries))


def row(event: dict[str, Any]) -> Row:
    """The row of one AuditEvent; what has another type than the specification says is left out."""
    fields: dict[str, str] = {"time": _time(event)}
    fields["action"] = _text(event.get("action"))
    _codes(event, fields)
    _outcome(event.get("outcome"), fields)
    _source(event, fields)
    for agent in _list(event.get("agent")):
        _agent(_dict(agent), fields)
    for entity in _list(event.get("entity")):
        _entity(_dict(entity), fields)
    if "patient" not in fields and event.get("patient"):
        fields["patient"] = _reference(event["patient"])
    _identity(event, fields)
    return tuple(fields.get(name) or None for name in COLUMNS)


def _time(event: dict[str, Any]) -> str:
    """When it was recorded, else when it occurred: `period` of R4, `occurred[x]` of R5."""
    spans = [_dict(event.get(name)) for name in ("period", "occurredPeriod")]
    told = [event.get("recorded"), event.get("occurredDateTime"), *(span.get("start") for span in spans)]
    return next((text for text in map(_text, told) if text), "")


def _codes(event: dict[str, Any], fields: dict[str, str]) -> None:
    """R4 has `type` (Coding) and `subtype`; R5 has `category` and `code` (CodeableConcepts)."""
    main = _dict(event.get("type")) or _coding(next(iter(_list(event.get("category"))), None))
    sub = [_dict(item) for item in _list(event.get("subtype"))]
    if event.get("code") is not None:
        sub.insert(0, _coding(event["code"]))
    fields["code"] = _text(main.get("code"))
    fields["type"] = next((_text(item.get("code")) for item in sub if item.get("code")), "")
    for item in sub:
        word = _text(item.get("code"))
        if word in _REST and not fields["action"]:
            fields["action"] = _REST[word]
    purposes = _list(event.get("purposeOfEvent")) or _list(event.get("authorization"))
    if purposes:
        fields["purpose"] = _text(_coding(purposes[0]).get("code"))


def _outcome(outcome: Any, fields: dict[str, str]) -> None:
    if isinstance(outcome, str):
        fields["outcome"] = outcome
    elif isinstance(outcome, dict):
        code = _text(_dict(outcome.get("code")).get("code"))
        fields["outcome"] = code if code in _ISSUES else _OUTCOMES.get(code, "8")


def _source(event: dict[str, Any], fields: dict[str, str]) -> None:
    source = _dict(event.get("source"))
    fields["source"] = _who(source.get("observer")) or _text(source.get("site"))


def _agent(agent: dict[str, Any], fields: dict[str, str]) -> None:
    types = agent.get("type")
    code = _text(_coding(types).get("code"))
    roles = {code} | {_text(_coding(role).get("code")) for role in _list(agent.get("role"))}
    network = agent.get("network")
    address = _text(_dict(network).get("address")) or _text(agent.get("networkString"))
    if agent.get("media"):
        media = _dict(agent["media"])
        fields["media"] = _text(media.get("display")) or _text(media.get("code"))
    slot = next((_ROLES[role] for role in roles if role in _ROLES), "")
    if agent.get("requestor") is True and (not slot or not fields.get("user")):
        fields["user"] = _who(agent.get("who")) or _text(agent.get("altId")) or _text(agent.get("name"))
        fields["alt_user"] = _text(agent.get("altId"))
        fields["ip"] = address or fields.get("ip", "")
        if slot and not _text(_dict(_dict(agent.get("who")).get("identifier")).get("value")):
            fields.setdefault(slot, _who(agent.get("who")))
    elif slot:
        fields.setdefault(slot, _text(agent.get("altId")) or _who(agent.get("who")))
    if not fields.get("ip") and address:
        fields["ip"] = address


def _entity(entity: dict[str, Any], fields: dict[str, str]) -> None:
    role, what = _text(_coding(entity.get("role")).get("code")), entity.get("what")
    reference = _text(_dict(what).get("reference"))
    if role == "1" or reference.startswith("Patient/") or "/Patient/" in reference:
        fields.setdefault("patient", _reference(what))
    elif role == "3":
        fields.setdefault("study", _reference(what).removeprefix("urn:oid:"))
    if entity.get("query"):
        fields["query"] = _query(_text(entity["query"]))
    for detail in _list(entity.get("detail")):
        item = _dict(detail)
        kind = item.get("type")
        name = _text(kind) or _text(_coding(kind).get("code")) or _text(_dict(kind).get("text"))
        value = next((str(item[key]) for key in item if key.startswith("value")), "")
        if name == "NumberOfInstances":
            fields["instances"] = value
        elif name in ("AccessionNumber", "Accession"):
            fields["accession"] = value
        elif name == "MediaType":
            fields["media"] = value


def _identity(event: dict[str, Any], fields: dict[str, str]) -> None:
    """`SOURCE-17` as a resource id carries the number of the record in its source."""
    identifier = _text(event.get("id"))
    fields["record"] = identifier
    head, dash, tail = identifier.rpartition("-")
    if dash and tail.isdecimal() and head and len(tail) < 16 and head.lower() == fields.get("source", "").lower():
        fields["seq"] = tail


def _who(value: Any) -> str:
    who = _dict(value)
    identifier = _text(_dict(who.get("identifier")).get("value"))
    return identifier or _tail(_text(who.get("reference"))) or _text(who.get("display"))


def _reference(value: Any) -> str:
    what = _dict(value)
    return _text(_dict(what.get("identifier")).get("value")) or _tail(_text(what.get("reference")))


def _tail(reference: str) -> str:
    return reference.split("/_history/")[0].rsplit("/", 1)[-1] if reference else ""


def _query(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except ValueError:
        return text


def _coding(value: Any) -> dict[str, Any]:
    item = value[0] if isinstance(value, list) and value else value
    concept = _dict(item)
    codings = _list(concept.get("coding"))
    return _dict(codings[0]) if codings else concept


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
