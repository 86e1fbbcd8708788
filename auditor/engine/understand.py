"""A rule file of the right shape to a rule: names, operands, citations and examples are looked up and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.config.strictmodel import Fault
from auditor.config.strictyaml import Document, Place, nearest
from auditor.engine.examples import read_examples
from auditor.engine.frameworks import resolve
from auditor.engine.parse import Scope, parse_condition
from auditor.engine.rulefile import ParameterShape, RuleShape
from auditor.engine.walk import ParamValue, facts_of
from auditor.model.facts import Catalogue
from auditor.model.framework import Framework
from auditor.model.rule import Parameter, Rule, Status
from auditor.model.severity import Severity


@dataclass(frozen=True, slots=True)
class Reader:
    """What is needed to understand rule files; faults are added to `faults`."""

    catalogues: Mapping[str, Catalogue]
    frameworks: Sequence[Framework]
    faults: list[Fault]

    def rule(self, shape: RuleShape, document: Document, file: Path, source: str, sha256: str) -> Rule | None:
        """The rule that `shape` describes, or None when a fault was noted."""
        before = len(self.faults)
        self._place(shape, document, file)
        catalogue = self.catalogues.get(shape.target)
        if catalogue is None:
            self._note(
                document, ("target",), f"unknown target {shape.target!r}", nearest(shape.target, self.catalogues)
            )
            return None
        params = {name: self._parameter(name, each, document) for name, each in shape.params.items()}
        scope = Scope(document, catalogue.specs, params, self.faults)
        fires = parse_condition(shape.fires_when, ("fires_when",), scope)
        applies = None if shape.applies_when is None else parse_condition(shape.applies_when, ("applies_when",), scope)
        self._names(shape, document, catalogue, scope)
        examples = read_examples(shape.tests, catalogue.specs, document, self.faults)
        if len(self.faults) > before:
            return None
        return Rule(
            id=shape.id,
            version=shape.version,
            status=Status(shape.status),
            title=shape.title,
            severity=Severity.from_word(shape.severity),
            target=shape.target,
            fires_when=fires,
            applies_when=applies,
            params=params,
            evidence=shape.evidence or tuple(sorted(facts_of(fires))),
            message=shape.message,
            rationale=shape.rationale.strip(),
            remediation={name: text.strip() for name, text in shape.remediation.items()},
            false_positives=shape.false_positives,
            references=shape.references,
            tags=shape.tags,
            examples=examples,
            source=source,
            sha256=sha256,
        )

    def _place(self, shape: RuleShape, document: Document, file: Path) -> None:
        expected = f"{file.parent.name}.{file.stem}"
        if shape.id != expected:
            what = f"the id {shape.id!r} does not fit the file's place"
            self._note(document, ("id",), what, f"{expected!r}, as folder and file are called")
        if not shape.id.startswith(f"{shape.target}."):
            what = f"the target {shape.target!r} does not fit the id"
            self._note(document, ("target",), what, repr(shape.id.split(".")[0]))
        if file.suffix != ".yaml":
            self._note(document, (), "the file's name does not end in .yaml", f"{file.stem}.yaml")

    def _names(self, shape: RuleShape, document: Document, catalogue: Catalogue, scope: Scope) -> None:
        for name in sorted(set(scope.params) - scope.used):
            right = f"{{param: {name}}} in a condition, or no such param"
            self._note(document, ("params", name), f"the param {name!r} is never used", right)
        for number, name in enumerate(shape.evidence):
            if name not in catalogue:
                right = nearest(name, catalogue.specs)
                self._note(document, ("evidence", number), f"unknown fact {name!r}", right)
        for number, reference in enumerate(shape.references):
            found = resolve(reference, self.frameworks)
            if isinstance(found, str):
                self._note(document, ("references", number), f"unknown citation {reference!r}", found)

    def _parameter(self, name: str, shape: ParameterShape, document: Document) -> Parameter:
        parameter = Parameter(shape.default, shape.why, shape.min, shape.max)
        problem = out_of_bounds(parameter, parameter.default)
        if problem:
            self._note(document, ("params", name), f"param {name!r}: {problem}", "a default within its bounds")
        return parameter

    def _note(self, document: Document, place: Place, what: str, right: str) -> None:
        self.faults.append(Fault(what, document.where(place), right))


def out_of_bounds(parameter: Parameter, value: ParamValue) -> str:
    """Say why `value` cannot be given to `parameter`; empty when it can."""
    if isinstance(parameter.default, bool | str):
        if type(value) is not type(parameter.default):
            return f"{value!r} is of another type than the default {parameter.default!r}"
        bounded = parameter.minimum is not None or parameter.maximum is not None
        return "bounds on something that is not a number" if bounded else ""
    if isinstance(value, bool | str):
        return f"{value!r} is not a number"
    if parameter.minimum is not None and not value >= parameter.minimum:
        return f"{value} is below {parameter.minimum}"
    if parameter.maximum is not None and not value <= parameter.maximum:
        return f"{value} is above {parameter.maximum}"
    return ""
