"""What may stand on the right of an operator: each kind checks what was written and says what would be right."""

import ipaddress
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias

import re2

from auditor.model.condition import Operand
from auditor.model.facts import FactType

Kind: TypeAlias = Callable[[Any, FactType], Operand]

_DURATION = re.compile(r"(?:[0-9]{1,6}[dhms])(?: ?[0-9]{1,6}[dhms])*")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_SCALARS: dict[FactType, tuple[type, ...]] = {
    FactType.TEXT: (str,),
    FactType.ADDRESS: (str,),
    FactType.TEXTS: (str,),
    FactType.NUMBER: (int, float),
    FactType.FLAG: (bool,),
    FactType.MOMENT: (str,),
}
_WANTED: dict[FactType, str] = {
    FactType.TEXT: "text (write it in quotes)",
    FactType.ADDRESS: "an address or host name (write it in quotes)",
    FactType.TEXTS: "text (write it in quotes)",
    FactType.NUMBER: "a number",
    FactType.FLAG: "true or false",
    FactType.MOMENT: "a date such as '2026-01-31', or a moment with its time zone",
}


class OperandError(ValueError):
    """The operand cannot be used; `right` says what would be."""

    def __init__(self, what: str, right: str) -> None:
        super().__init__(what)
        self.right = right


def flag(raw: Any, _type: FactType) -> Operand:
    """`true` or `false`."""
    if not isinstance(raw, bool):
        raise OperandError(f"{raw!r} is neither true nor false", "true or false")
    return raw


def scalar(raw: Any, fact_type: FactType) -> Operand:
    """One value of the fact's own type."""
    if type(raw) not in _SCALARS[fact_type]:
        raise OperandError(f"{raw!r} does not fit a fact of type {fact_type}", _WANTED[fact_type])
    if fact_type is FactType.MOMENT:
        moment(raw)
    return raw  # type: ignore[no-any-return]


def scalars(raw: Any, fact_type: FactType) -> Operand:
    """A list of at least one value of the fact's own type, none of them twice."""
    if not isinstance(raw, tuple) or not raw:
        raise OperandError(f"{raw!r} is not a list", "a list such as [a, b]")
    for item in raw:
        scalar(item, fact_type)
    if len(set(raw)) != len(raw):
        raise OperandError("a value stands in the list twice", "each value once")
    return raw


def text(raw: Any, _type: FactType) -> Operand:
    """Text that is not empty."""
    if not isinstance(raw, str) or not raw:
        raise OperandError(f"{raw!r} is not text", "text (write it in quotes)")
    return raw


def pattern(raw: Any, fact_type: FactType) -> Operand:
    """A regular expression that RE2 accepts; it is searched for, so anchor it with ``^`` and ``$``."""
    compiled(str(text(raw, fact_type)))
    return raw  # type: ignore[no-any-return]


def number(raw: Any, _type: FactType) -> Operand:
    """An integer or decimal."""
    if type(raw) not in (int, float):
        raise OperandError(f"{raw!r} is not a number", "a number")
    return raw  # type: ignore[no-any-return]


def pair(raw: Any, fact_type: FactType) -> Operand:
    """Two numbers, the smaller first; both ends are included."""
    if not isinstance(raw, tuple) or len(raw) != 2:
        raise OperandError(f"{raw!r} is not a pair", "two numbers, [lowest, highest]")
    number(raw[0], fact_type)
    number(raw[1], fact_type)
    if raw[0] > raw[1]:
        raise OperandError(f"{raw[0]} is more than {raw[1]}", f"[{raw[1]}, {raw[0]}]")
    return raw


def span(raw: Any, _type: FactType) -> Operand:
    """A duration in days, hours, minutes and seconds: ``30d``, ``12h``, ``1d 6h``."""
    duration(raw)
    return raw  # type: ignore[no-any-return]


def networks(raw: Any, _type: FactType) -> Operand:
    """One network in CIDR form, or a list of them."""
    for item in raw if isinstance(raw, tuple) and raw else (raw,):
        network(item)
    return raw  # type: ignore[no-any-return]


def name(raw: Any, _type: FactType) -> Operand:
    """The name of another fact, or inside `some` and `each` of another field."""
    return text(raw, _type)


def compiled(raw: str) -> Any:
    """Compile `raw` with RE2; raises OperandError with RE2's own reason."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(raw, options)
    except re2.error as problem:
        reason = problem.args[0]
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise OperandError(f"{raw!r} is no pattern: {reason}", "a pattern RE2 accepts (no lookaround)") from problem


def duration(raw: Any) -> timedelta:
    """The duration written as `raw`."""
    if not isinstance(raw, str) or not _DURATION.fullmatch(raw):
        raise OperandError(f"{raw!r} is not a duration", "a duration such as '30d', '12h' or '1d 6h'")
    parts = re.findall(r"([0-9]+)([dhms])", raw)
    return sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in parts), timedelta())


def network(raw: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """The network written as `raw`, host bits must be zero."""
    try:
        return ipaddress.ip_network(raw if isinstance(raw, str) else "")
    except ValueError as problem:
        raise OperandError(f"{raw!r} is not a network", "a network such as '10.0.0.0/8' or 'fd00::/8'") from problem


def moment(raw: str | date | datetime) -> datetime:
    """`raw` as an aware moment; a date is its first instant, and what names no zone is UTC."""
    if isinstance(raw, str):
        try:
            raw = datetime.fromisoformat(raw)
        except ValueError as problem:
            raise OperandError(f"{raw!r} is not a moment", _WANTED[FactType.MOMENT]) from problem
    if not isinstance(raw, datetime):
        return datetime.combine(raw, time.min, UTC)
    return raw if raw.tzinfo else raw.replace(tzinfo=UTC)
