"""Framework files to frameworks, and citations to the requirements they name."""

from collections.abc import Sequence
from pathlib import Path

from auditor.config.strictmodel import Fault, faults, raise_faults
from auditor.config.strictyaml import Document, load, nearest
from auditor.engine.operands import OperandError, compiled
from auditor.engine.rulefile import FrameworkShape
from auditor.errors import RuleError
from auditor.model.framework import Checkable, Framework, Obligation, Requirement


def load_frameworks(folder: Path) -> tuple[Framework, ...]:
    """Load every `*.yaml` of `folder`, sorted by id; raises RuleError with every fault found."""
    found: list[Fault] = []
    frameworks: dict[str, Framework] = {}
    for file in sorted(folder.glob("*.yaml")):
        document = load(file, error=RuleError)
        wrong = faults(document, FrameworkShape)
        if wrong:
            found += wrong
            continue
        framework = _understand(FrameworkShape.model_validate(document.data), document, found)
        if framework.id in frameworks:
            found.append(Fault(f"the framework {framework.id!r} is there twice", document.where(("id",)), "another id"))
        frameworks[framework.id] = framework
    _check_drawn(tuple(frameworks.values()), folder, found)
    if found:
        raise_faults(found, RuleError)
    return tuple(frameworks[name] for name in sorted(frameworks))


def _check_drawn(frameworks: Sequence[Framework], folder: Path, found: list[Fault]) -> None:
    known = {f"{framework.id}:{each.id}" for framework in frameworks for each in framework.requirements}
    for framework in frameworks:
        for each in framework.requirements:
            for drawn in each.draws_on:
                prefix = drawn.removesuffix("*")
                if drawn not in known and not (drawn != prefix and any(name.startswith(prefix) for name in known)):
                    what = f"{framework.id}:{each.id} draws on the unknown citation {drawn!r}"
                    found.append(Fault(what, str(folder), nearest(drawn, known)))


def resolve(reference: str, frameworks: Sequence[Framework]) -> Requirement | str:
    """The requirement that `reference` (``hipaa:164.312(b)``) cites, or what would be right as text."""
    prefix, colon, citation = reference.partition(":")
    framework = next((each for each in frameworks if each.id == prefix), None)
    if not colon or framework is None:
        return f"<framework>:<citation>, the framework {nearest(prefix, (each.id for each in frameworks))}"
    requirement = framework.find(citation)
    if requirement is None:
        return nearest(citation, (each.id for each in framework.requirements))
    if citation != requirement.id and not compiled(requirement.finer).fullmatch(citation[len(requirement.id) + 1 :]):
        return f"after {requirement.id + ':'!r} what matches {requirement.finer!r}"
    return requirement


def _understand(shape: FrameworkShape, document: Document, found: list[Fault]) -> Framework:
    known: set[str] = set()
    for number, each in enumerate(shape.requirements):
        place = ("requirements", number)
        if each.id in known:
            found.append(Fault(f"{each.id!r} is there twice", document.where((*place, "id")), "one entry for each"))
        if each.parent and each.parent not in known:
            found.append(
                Fault(
                    f"unknown parent {each.parent!r}", document.where((*place, "parent")), nearest(each.parent, known)
                )
            )
        if each.checkable != "yes" and each.obligation != "informative" and not each.attestation:
            what = f"{each.id!r} cannot wholly be checked by machine, and no attestation is named"
            found.append(Fault(what, document.where(place), "'attestation': what a person would sign for"))
        if each.finer:
            try:
                compiled(each.finer)
            except OperandError as problem:
                found.append(Fault(str(problem), document.where((*place, "finer")), problem.right))
        known.add(each.id)
    return Framework(
        id=shape.id,
        title=shape.title,
        edition=shape.edition,
        source=shape.source,
        status=shape.status,
        requirements=tuple(
            Requirement(
                each.id,
                each.title,
                each.text.strip(),
                Obligation(each.obligation),
                Checkable(each.checkable),
                each.parent,
                each.attestation.strip(),
                each.finer,
                each.draws_on,
            )
            for each in shape.requirements
        ),
    )
