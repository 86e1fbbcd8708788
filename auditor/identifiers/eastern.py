"""Numbers of registers that mostly hold the date of birth, by name, for `patterns.yaml`. Each takes the value found."""

from collections.abc import Sequence

from auditor.identifiers.checks import digits, varied, weighted
from auditor.identifiers.dates import real_day

_CENTURY = 2000  # a leap year: the number tells no century, or tells it elsewhere


def _born(found: Sequence[int], *, year: int, month: int, day: int) -> bool:
    """Whether the pairs of digits at these places name a day."""
    two = [found[place] * 10 + found[place + 1] for place in (year, month, day)]
    return real_day(_CENTURY + two[0], two[1], two[2]) or real_day(_CENTURY - 100 + two[0], two[1], two[2])


def born_first(text: str) -> bool:
    """Any number that begins with year, month and day of birth (Malaysia)."""
    return _born(digits(text), year=0, month=2, day=4)


def nik(text: str) -> bool:
    """Indonesian NIK: province 11 to 96, district, day (raised by 40 for women), month, year, serial number."""
    found = digits(text)
    day = found[6] * 10 + found[7]
    born = real_day(_CENTURY + found[10] * 10 + found[11], found[8] * 10 + found[9], day - 40 * (day > 40))
    return 11 <= found[0] * 10 + found[1] <= 96 and born and varied(found)


def egyptian(text: str) -> bool:
    """Egyptian national number: century, date, governorate 01 to 35 or 88."""
    found = digits(text)
    governorate = found[7] * 10 + found[8]
    return _born(found, year=1, month=3, day=5) and (1 <= governorate <= 35 or governorate == 88)


def jmbg(text: str) -> bool:
    """JMBG and EMŠO: day, month, year of three digits; weights 7 6 5 4 3 2 twice, modulus 11."""
    found = digits(text)
    rest = 11 - weighted(found, (7, 6, 5, 4, 3, 2) * 2) % 11
    return _born(found, year=5, month=2, day=0) and (0 if rest > 9 else rest) == found[12]


def egn(text: str) -> bool:
    """Bulgarian EGN: months from 21 and 41 tell the century; weights 2 4 8 5 10 9 7 3 6, modulus 11."""
    found = digits(text)
    month = (found[2] * 10 + found[3]) % 20
    born = real_day(_CENTURY + found[0] * 10 + found[1], month, found[4] * 10 + found[5])
    return born and weighted(found, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == found[9]


def baltic(text: str) -> bool:
    """Estonian and Lithuanian personal codes: century and sex, date; weights 1 to 9 and 1, else 3 to 9 and 1 to 3."""
    found = digits(text)
    check = weighted(found, (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if check == 10:
        check = weighted(found, (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return _born(found, year=1, month=3, day=5) and check == found[10]


def latvian(text: str) -> bool:
    """Latvian personal code: a date in the first six digits, or a number from 32 that tells none."""
    found = digits(text)
    return found[:2] == [3, 2] or _born(found, year=4, month=2, day=0)


def kazakh(text: str) -> bool:
    """IIN of Kazakhstan: date, century and sex; weights 1 to 11, else 3 to 11 and 1 2, modulus 11."""
    found = digits(text)
    check = weighted(found, range(1, 12)) % 11
    if check == 10:
        check = weighted(found, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    return _born(found, year=0, month=2, day=4) and check == found[11]


def ramq(text: str) -> bool:
    """Health insurance number of Quebec: four letters, year, month (raised by 50 for women), day."""
    found = digits(text)
    month = (found[2] * 10 + found[3]) % 50
    return real_day(_CENTURY + found[0] * 10 + found[1], month, found[4] * 10 + found[5])


def cns(text: str) -> bool:
    """Brazilian health card: weights 15 to 1, modulus 11."""
    found = digits(text)
    return weighted(found, range(15, 0, -1)) % 11 == 0 and varied(found)


def hong_kong(text: str) -> bool:
    """Hong Kong identity card: letters as 10 to 35, a missing one as 36; weights 9 to 2, modulus 11."""
    body, _, check = text.rstrip(")").partition("(")
    values = [int(char, 36) for char in body.rjust(8)] if len(body) == 8 else [36, *(int(char, 36) for char in body)]
    return "0A987654321"[weighted(values, range(9, 1, -1)) % 11] == check
