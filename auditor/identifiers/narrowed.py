"""Patterns cut down to what ASCII text can match, which are far quicker to compile.

Classes of Unicode under counted repeats make programs of ten thousands of steps; most texts need none of them.
"""

import re

_CLASS = re.compile(r"\\\\|\\p\{?(?P<held>\w+)\}?|\\P\{?(?P<barred>\w+)\}?|(?P<open>\[)|(?P<close>\])|\\.")
_LETTERS = {"L": "a-zA-Z", "Lu": "A-Z", "Ll": "a-z"}
_NOTHING = r"\x{E000}"  # a character that no text in ASCII holds, where a class may not be empty


def narrowed(source: str) -> str:
    """A pattern that matches in any ASCII text what `source` (RE2) matches there, with the same groups."""
    pieces: list[str] = []
    place, inside = 0, False
    for found in _CLASS.finditer(source):
        pieces.append(source[place : found.start()])
        place = found.end()
        if found["held"]:
            letters = _LETTERS.get(found["held"], _NOTHING)
            pieces.append(letters if inside else f"[{letters}]")
        elif found["barred"]:
            pieces.append(r"\x00-\x7f" if inside else r"[\x00-\x7f]")
        else:
            pieces.append(found[0])
            inside = bool(found["open"]) or (inside and not found["close"])
    return "".join(pieces) + source[place:]
