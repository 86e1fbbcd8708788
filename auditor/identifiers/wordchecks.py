"""Tests of what a pattern found, by the words in it: whether a street, a town or an institution is really named."""

from auditor.identifiers.fold import simple, words
from auditor.identifiers.resource import table
from auditor.identifiers.vocabulary import is_ordinary, is_town, words_of


def _names(text: str) -> list[str]:
    return [word for word in words(simple(text)) if not word.isdecimal()]


def _listed(group: str) -> frozenset[str]:
    return frozenset(simple(str(table("streets")[group])).split())


def street(value: str, rest: str) -> bool:
    """English: a telling word before the street word; weak street words (`Hills`, `Point`) need one that is no word."""
    found = _names(value)
    if not any(char.isupper() for char in value):
        return False
    kind = next((word for word in found[::-1] if word in _listed("strong") | _listed("weak")), "")
    between = found[: found.index(kind)] if kind in found else found[:-1]
    if not words_of("medicine").isdisjoint(between):
        return False
    if kind in _listed("strong") and len(kind) > 3 and between:
        return True
    number, *named = value.split(" ")
    written = all(word[0].isupper() for word in named[: len(between) + 1])
    short_road = kind in _listed("short") and written and bool(between) and not (kind == "st" and value.isupper())
    return len(number) >= 2 and (short_road or not all(map(is_ordinary, between)))


def joined_street(value: str, rest: str) -> bool:
    """A capital, and no word of medicine that happens to end like a street (`Atemweg`, `Ring`)."""
    name = _names(value)
    return value.lstrip()[0].isupper() and max(map(len, name), default=0) > 4 and not any(map(_medical, name))


def _medical(word: str) -> bool:
    stems = (
        "atem",
        "harn",
        "gallen",
        "luft",
        "tracheo",
        "fusion",
        "nerven",
        "leitungs",
        "rechts",
        "links",
        "ct",
        "navi",
    )
    return word.startswith(stems)


def capital(value: str, rest: str) -> bool:
    """The name starts with a capital letter and is no word of medicine."""
    name = _names(value)
    return value[0].isupper() and not (name and name[0] in words_of("medicine"))


def romance(value: str, rest: str) -> bool:
    """A capital in the name of the street and a number somewhere; `via venosa` and `place of` are none."""
    name = _names(value)
    telling = [word for word in name[1:] if word not in words_of("particles") and word not in words_of("medicine")]
    capitals = sum(word[:1].isupper() for word in value.replace("'", " ").split())
    return (
        any(char.isdecimal() for char in value)
        and bool(telling)
        and capitals >= 1
        and not (name and name[0] in ("place", "via", "route") and all(map(is_ordinary, telling)))
    )


def named_street(value: str, rest: str) -> bool:
    """A word in the name of the street that is neither English nor medicine: `R. Ipiranga 776`, not `R. Kidney 12`."""
    return any(len(word) > 2 and not is_ordinary(word) and word not in words_of("joins") for word in _names(value)[1:])


def greek_street(value: str, rest: str) -> bool:
    """A name in the genitive before a house number, and no word of medicine: `Ερμού 23`, not `Θώρακος 2`."""
    return not any(word in words_of("medicine") for word in _names(value))


def addressed(value: str, rest: str) -> bool:
    """A number or a name in capitals or in a script without them: what follows the label is no sentence."""
    return any(char.isdecimal() for char in value[:40]) or not value[0].islower()


def phoned(value: str, rest: str) -> bool:
    """Six digits or more."""
    return sum(char.isdecimal() for char in value) > 5


def town(value: str, rest: str) -> bool:
    """A word beside the postcode is no ordinary word and no abbreviation of three letters, or all are a town."""
    names = [name for name in value.split() if not (name.isupper() and len(name) < 4)]
    found = _names(" ".join(names))
    return any(len(word) > 2 and not is_ordinary(word) for word in found) or is_town("_".join(found))


def institution(value: str, rest: str) -> bool:
    """At least one word that is not a word of institutions in general."""
    if any(word in words_of("vendors") and word not in words_of("institutions") for word in _names(value)[:2]):
        return False
    own = [word for word in _names(value)[:-1] if word not in words_of("institutions")]
    return len(own) > 1 or any(
        not is_ordinary(word) or word in words_of("saints") or word in ("st", "mount") for word in own
    )


def house(value: str, rest: str) -> bool:
    """An institution by its first word; in capitals `KLINIK` and the like begin sentences too, and a name is short."""
    found = _names(value)
    return not value.isupper() or (found[0] not in ("klinik", "klinika", "spital") and len(found) < 5)


def foreign_host(value: str, rest: str) -> bool:
    """Not an address of a standards body or of a schema, which name no one."""
    folded = value.lower()
    return not any(host in folded for host in words_of("harmless_hosts"))


def long_number(value: str, rest: str) -> bool:
    """Six digits or more that are neither a measure nor one digit over and over."""
    digits = [char for char in value if char.isdecimal()]
    measured = rest.lstrip().lower().startswith(("mm", "cm", "kv", "ma ", "ml", "%", "hz", "ms", "mg", "gy"))
    return len(digits) > 5 and len(set(digits)) > 1 and not measured


def home_town(value: str, rest: str) -> bool:
    """A town of 15,000 inhabitants or more."""
    return is_town("_".join(_names(value)))
