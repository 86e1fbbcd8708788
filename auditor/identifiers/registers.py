"""Check digits of further population registers, by name, for `patterns.yaml`. Each takes the value found: yes or no."""

from auditor.identifiers.checks import digits, luhn, varied, weighted
from auditor.identifiers.dates import real_day

_TAIWAN = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def svnr(text: str) -> bool:
    """Austrian social insurance number: weights 3 7 9 - 5 8 4 2 1 6, modulus 11; the last six digits are a date."""
    found = digits(text)
    check = weighted([*found[:3], *found[4:]], (3, 7, 9, 5, 8, 4, 2, 1, 6)) % 11
    return check == found[3] and real_day(2000, found[6] * 10 + found[7], found[4] * 10 + found[5])


def kennitala(text: str) -> bool:
    """Icelandic kennitala: weights 3 2 7 6 5 4 3 2, modulus 11; the last digit is the century."""
    found = digits(text)
    check = -weighted(found, (3, 2, 7, 6, 5, 4, 3, 2)) % 11
    day = found[0] * 10 + found[1]
    born = real_day(2000, found[2] * 10 + found[3], day - 40 * (day > 40))
    return check == found[8] and found[9] in (8, 9, 0) and born


def tckn(text: str) -> bool:
    """Turkish identity number: two check digits."""
    found = digits(text)
    return (sum(found[0:9:2]) * 7 - sum(found[1:8:2])) % 10 == found[9] and sum(found[:10]) % 10 == found[10]


def amka(text: str) -> bool:
    """Greek AMKA: date and Luhn."""
    found = digits(text)
    return real_day(2000, found[2] * 10 + found[3], found[0] * 10 + found[1]) and luhn(text)


def taiwanese(text: str) -> bool:
    """Identity number of Taiwan: the letter as two digits, weights 1 9 8 to 1, modulus 10."""
    code = 10 + _TAIWAN.index(text[0].upper())
    found = digits(text)
    return (code // 10 + code % 10 * 9 + weighted(found, (8, 7, 6, 5, 4, 3, 2, 1, 1))) % 10 == 0


def my_number(text: str) -> bool:
    """Japanese Individual Number: weights 2 to 7 and 2 to 6 from the right, modulus 11."""
    found = digits(text)
    rest = weighted(found[10::-1], (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)) % 11
    return found[11] == (0 if rest < 2 else 11 - rest) and varied(found)


def weak(text: str) -> bool:
    """Nine to twelve digits with one of the single check digits of many registers (nine- and ten-digit numbers)."""
    found = digits(text)
    if not any(found[:2]):
        return False  # filled up with zeros to a length, as houses do with their own
    if len(found) > 10:
        return varied(found)  # eleven and thirteen digits are the lengths of registers, seldom of a house's own numbers
    return varied(found) and (_nine(found, text) if len(found) == 9 else _ten(found, text))


def _nine(found: list[int], text: str) -> bool:
    dutch = weighted(found, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0
    portuguese = 11 - weighted(found[:8], range(9, 1, -1)) % 11
    hungarian = weighted(found[:8], (3, 7) * 4) % 10 == found[8]
    return dutch or (0 if portuguese > 9 else portuguese) == found[8] or hungarian or luhn(text)


def _ten(found: list[int], text: str) -> bool:
    rest = weighted(found[:9], range(10, 1, -1)) % 11
    iranian = found[9] == (rest if rest < 2 else 11 - rest)
    ukrainian = weighted(found[:9], (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10 == found[9]
    return iranian or ukrainian or (found[0] in (1, 2) and luhn(text))
