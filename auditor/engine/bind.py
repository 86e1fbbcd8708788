"""A rule with its parameters put in: what the judge works with."""

from collections.abc import Mapping
from dataclasses import dataclass

import re2

from auditor.config.strictyaml import nearest
from auditor.engine.understand import out_of_bounds
from auditor.engine.walk import ParamValue, bind
from auditor.errors import ConfigError
from auditor.model.condition import Condition
from auditor.model.rule import Rule
from auditor.model.severity import Severity

PLACEHOLDER = re2.compile(r"\{([a-z0-9_-]+)\}")


@dataclass(frozen=True, slots=True)
class BoundRule:
    """`rule` as it will be judged: severity, parameters and conditions final, message filled in."""

    rule: Rule
    severity: Severity
    params: Mapping[str, ParamValue]
    fires_when: Condition
    applies_when: Condition | None
    message: str


def bind_rule(
    rule: Rule, severity: Severity | None = None, params: Mapping[str, ParamValue] | None = None
) -> BoundRule:
    """Put parameters into `rule`: its defaults, and over them `params`.

    ``{name}`` in the message becomes the parameter's value. Raises ConfigError for an unknown parameter or
    a value out of bounds.
    """
    values = {name: parameter.default for name, parameter in rule.params.items()}
    for name, value in (params or {}).items():
        where = f"rules.params.{rule.id}.{name}"
        if name not in rule.params:
            raise ConfigError(
                f"{rule.id} has no param {name!r}",
                where=where,
                right=nearest(name, rule.params),
                next_step=f"auditor rules show {rule.id}",
            )
        problem = out_of_bounds(rule.params[name], value)
        if problem:
            raise ConfigError(
                f"param {name!r} of {rule.id}: {problem}",
                where=where,
                right=bounds(rule, name),
                next_step=f"auditor rules show {rule.id}",
            )
        values[name] = value
    return BoundRule(
        rule,
        rule.severity if severity is None else severity,
        values,
        bind(rule.fires_when, values),
        None if rule.applies_when is None else bind(rule.applies_when, values),
        PLACEHOLDER.sub(lambda found: str(values.get(found.group(1), found.group())), rule.message),
    )


def bounds(rule: Rule, name: str) -> str:
    """Say in words what may be given to parameter `name` of `rule`."""
    parameter = rule.params[name]
    kind = {bool: "true or false", str: "text"}.get(type(parameter.default), "a number")
    least = f", at least {parameter.minimum}" if parameter.minimum is not None else ""
    most = f", at most {parameter.maximum}" if parameter.maximum is not None else ""
    return f"{kind}{least}{most} (default {parameter.default})"
