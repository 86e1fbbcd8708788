"""How profiles and recipes write an attribute: a keyword, a tag, or a private tag with its creator."""

import re
from typing import TypeAlias

from auditor.errors import RuleError

PrivateKey: TypeAlias = tuple[int, str, int]
_PLAIN = re.compile(r"\(?([0-9A-Fa-f]{4}),?([0-9A-Fa-f]{4})\)?")
_PRIVATE = re.compile(r"\(?([0-9A-Fa-f]{3}[13579BDFbdf]),\s*\"?([^\"]+?)\"?,\s*([0-9A-Fa-f]{1,2})\)?")


def parse_attribute(name: str) -> int | PrivateKey:
    """A keyword, ``(gggg,eeee)`` or ``(gggg,"CREATOR",ee)`` as a tag or a private key; raises RuleError."""
    from pydicom.datadict import tag_for_keyword

    plain = _PLAIN.fullmatch(name)
    if plain:
        return int(plain.group(1) + plain.group(2), 16)
    private = _PRIVATE.fullmatch(name)
    if private:
        return int(private.group(1), 16), private.group(2), int(private.group(3), 16)
    tag = tag_for_keyword(name)
    if tag is None:
        raise RuleError(f"{name!r} is no attribute", right='a keyword, (gggg,eeee) or (gggg,"CREATOR",ee)')
    return tag
