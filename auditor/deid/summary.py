"""What a comparison says of another tool's work, in the form of a certificate: counted, not claimed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auditor.config.private import replaced
from auditor.deid import table
from auditor.deid.certificate import Certificate, clauses, risks
from auditor.deid.codes import BASIC_CODE, Option
from auditor.deid.groups import Anonymity
from auditor.deid.markers import METHOD_CODES
from auditor.deid.view import View
from auditor.model.ports import Protector

_CODE_VALUE = 0x00080100
_TITLE = "As the work of any tool is found by comparing the copy with its source"
_BULK = "pixels"


@dataclass(slots=True)
class Summary:
    """Fed with every pair of a comparison."""

    actions: Counter[str] = field(default_factory=Counter)
    claimed: Counter[str] = field(default_factory=Counter)
    patients: set[str] = field(default_factory=set)
    pairs: int = 0

    def add(self, source: View, copy: View) -> None:
        """Count what became of each element of one file."""
        self.pairs += 1
        patient = copy.text(0x00100020)
        if patient:
            self.patients.add(patient)
        for place, element in source.elements.items():
            self.actions[_became(element[2], copy, place)] += 1
        self.actions["add"] += len(copy.elements.keys() - source.elements.keys())
        if source.pixels and source.pixels != copy.pixels:
            self.actions[_BULK] += 1
        self.claimed.update(
            {
                (value or b"").decode("latin-1").strip(" \0")
                for tag, _, value, scope, _, _ in copy.walk.elements
                if tag == _CODE_VALUE and scope.sequence is not None and scope.sequence.tag == METHOD_CODES
            }
        )

    def certificate(
        self,
        groups: Anonymity,
        alone: tuple[int, int],
        files: tuple[Sequence[str], Sequence[str]],
        protector: Protector,
    ) -> Certificate:
        """The certificate. `alone` counts sources without copy and copies without source, `files` tells all of both."""
        lost, surplus = alone
        known = {code: (name, code, meaning) for name, (code, meaning) in _codes().items()}
        options = tuple(known[code] for code in sorted(self.claimed) if code in known)
        actions = {name: number for name, number in sorted(self.actions.items()) if number}
        manifests = [protector.digest("\n".join(sorted(side))) for side in files]
        return Certificate(
            profile="comparison",
            profile_title=_TITLE,
            options=options,
            exceptions=(),
            table_edition=table.EDITION,
            table_rows=len(table.load()),
            files={"staged": self.pairs, "withheld": lost, "skipped": surplus},
            patients=len(self.patients),
            actions=actions,
            clauses=clauses(actions),
            withheld={"no copy was found": lost} if lost else {},
            skipped={"a copy without a source": surplus} if surplus else {},
            shared_ids=0,
            joined_ids=0,
            duplicate_instances=0,
            source_manifest=manifests[0],
            copy_manifest=manifests[1],
            smallest_group=groups.smallest,
            small_groups=tuple((group.label, group.size) for group in groups.small[:20]),
            risks=risks(),
        )


def write(path: Path, made: Certificate) -> None:
    """Put a certificate where whoever seals the run finds it (mode 0600)."""
    with replaced(path) as stream:
        stream.write(made.text().encode("utf-8"))


def _became(old: bytes | None, copy: View, place: str) -> str:
    after = copy.elements.get(place)
    if after is None:
        return "remove"
    if old == after[2]:
        return "keep"
    return "replace" if after[2] else "empty"


def _codes() -> Mapping[str, tuple[str, str]]:
    return {"basic": BASIC_CODE} | {option.value: option.code for option in Option}
