"""Which elements a recipe's field means, at every depth and in the file meta."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from auditor.deid.attributes import parse_attribute
from auditor.deid.recipe import Recipe
from auditor.dicomio.dictionary import keyword_of, name_of
from auditor.errors import RuleError

_PRIVATE_EXPANDER = re.compile(r'^([^:"]*):(.*)$')


@dataclass(frozen=True, slots=True)
class Named:
    """An element as recipes see it: tag, VR, private creator, and the keywords from the top down to it."""

    tag: int
    vr: str
    creator: str
    chain: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """Every spelling an expression may match, in lower case."""
        group, element = self.tag >> 16, self.tag & 0xFFFF
        plain = (f"({group:04x},{element:04x})", f"{group:04x}{element:04x}", name_of(self.tag).lower())
        private = (f'({group:04x},"{self.creator.lower()}",{element & 0xFF:02x})',) if self.creator else ()
        return (*plain, *private, keyword_of(self.tag).lower(), "__".join(self.chain).lower())


Test = Callable[[Named], bool]


@lru_cache(maxsize=4096)
def selector(field: str) -> Test:
    """The test for one field or expander (not ``fields:`` and ``values:``, which need a recipe)."""
    if field.lower() == "all":
        return lambda named: True
    match = _PRIVATE_EXPANDER.match(field)
    if match is None:
        return _exact(field)
    expander, expression = match.group(1).lower(), match.group(2).lower()
    if expander == "select":
        return _select(expression)
    pattern = {"startswith": f"^({expression})", "endswith": f"({expression})$"}.get(expander, expression)
    try:
        search = re.compile(pattern).search
    except re.error as error:
        raise RuleError(f"{field!r} is no expression", right="a regular expression") from error
    if expander == "except":
        return lambda named: not any(search(word) for word in named.words)
    return lambda named: any(search(word) for word in named.words)


def group_selector(recipe: Recipe, name: str) -> Test:
    """The test for ``fields:NAME``."""
    tests = [selector(entry["field"]) for entry in recipe.fields[name]]
    return lambda named: any(test(named) for test in tests)


def _exact(field: str) -> Test:
    wanted = parse_attribute(field)
    if isinstance(wanted, int):
        return lambda named: named.tag == wanted
    group, creator, low = wanted
    return lambda named: named.tag >> 16 == group and named.tag & 0xFF == low and named.creator == creator


def _select(expression: str) -> Test:
    kind, _, value = expression.partition(":")
    if kind == "vr":
        return lambda named: named.vr.lower() == value[:2]
    if kind == "group":
        number = int(value, 16)
        return lambda named: named.tag >> 16 == number
    raise RuleError(f"select:{kind} is unknown", right="select:VR:xx or select:group:gggg")
