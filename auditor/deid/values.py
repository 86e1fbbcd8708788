"""What becomes of one value: pseudonym, replaced UID, moved date, dummy, or cleaned text. Bytes in, bytes out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from auditor.config.strictyaml import loads
from auditor.deid import dates
from auditor.deid.decide import Act, Decision
from auditor.deid.people import Person
from auditor.deid.uids import UidMap
from auditor.dicomio.charset import decode, encode

FILL = "***"
LONGEST = {"AE": 16, "AS": 4, "CS": 16, "DS": 16, "IS": 12, "LO": 64, "LT": 10240, "PN": 64, "SH": 16, "ST": 1024}
MULTIPLE = frozenset(("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "PN", "SH", "TM", "UC", "UI"))
_SUBJECT_TAGS = {0x00100010: "PN", 0x00100020: "LO", 0x00120040: "LO", 0x00120042: "LO"}


@dataclass(frozen=True, slots=True)
class Values:
    """Makes new values for one person under one project key."""

    uids: UidMap
    person: Person
    shift_dates: bool

    def uid(self, value: bytes) -> bytes:
        """Every UID of a (multi-valued) UI value replaced."""
        parts = value.decode("latin-1").split("\\")
        return "\\".join(self.uids.new(part) for part in parts).encode("ascii")

    def shifted(self, value: bytes, vr: str, days: int | None = None) -> bytes | None:
        """Every date of a DA or DT value moved by `days` or the person's offset; None when one of them is no date."""
        move: Callable[[str, int], str | None] = dates.shift_date_time if vr == "DT" else dates.shift_range
        moved = []
        for part in value.decode("latin-1").split("\\"):
            text = part.strip(" \0")
            new = move(text, self.person.days if days is None else days) if text else ""
            if new is None:
                return None
            moved.append(new)
        return "\\".join(moved).encode("ascii")

    def dummy(self, tag: int, vr: str, value: bytes) -> bytes:
        """A value that is valid, says nothing, and keeps what consistency asks for."""
        if tag in _SUBJECT_TAGS:
            return self.person.pseudonym.encode("ascii")
        if vr == "UI":
            return self.uid(value)
        if vr in ("DA", "DT") and self.shift_dates:
            return self.shifted(value, vr) or dummies()[vr].encode("ascii")
        return dummies().get(vr, "").encode("ascii")

    def replaced(self, decision: Decision, vr: str, charset: bytes) -> bytes:
        """The value a profile gives, in the file's character set when it can be written there."""
        try:
            return encode(decision.value[: LONGEST.get(vr, len(decision.value))], charset, vr)
        except ValueError:
            return decision.value.encode("ascii", "replace")[: LONGEST.get(vr, 64)]

    def text(self, value: bytes, vr: str, charset: bytes, change: Callable[[str], str]) -> bytes | None:
        """`value` with every component changed and the rest byte for byte; None when nothing changed.

        The result is cut to the VR's maximum length (PS3.5 6.2).
        """
        whole = decode(value, charset, vr)
        parts = whole.split("\\") if vr in MULTIPLE else [whole]
        new = [change(part) for part in parts]
        if new == parts:
            return None
        longest = LONGEST.get(vr)
        cut = [part[:longest].rstrip() if longest and vr != "PN" else part for part in new]
        joined = "\\".join(cut)
        try:
            return encode(joined, charset, vr)
        except ValueError:
            return encode(joined.encode("ascii", "replace").decode("ascii"), charset, vr)


def needs_value(act: Act) -> bool:
    """Whether an action leaves an element with a value."""
    return act not in (Act.REMOVE, Act.EMPTY)


@lru_cache(maxsize=1)
def dummies() -> Mapping[str, str]:
    """Dummy values by VR."""
    raw = files("auditor.deid").joinpath("data/dummies.yaml").read_bytes()
    found: Mapping[str, str] = loads(raw, "data/dummies.yaml").data
    return found
