"""Check digits of national numbers, by name, for `patterns.yaml`. Each takes the value found and says yes or no."""

import datetime
import re
from collections.abc import Sequence

from auditor.identifiers.checks import digits, luhn, varied, weighted

_SPANISH = "TRWAGMYFPDXBNJZSQVHLCKE"
_FINNISH = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_IRISH = "WABCDEFGHIJKLMNOPQRSTUV"
_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (
            1,
            0,
            5,
            7,
            9,
            13,
            15,
            17,
            19,
            21,
            1,
            0,
            5,
            7,
            9,
            13,
            15,
            17,
            19,
            21,
            2,
            4,
            18,
            20,
            11,
            3,
            6,
            8,
            12,
            14,
            16,
            10,
            22,
            25,
            24,
            23,
        ),
        strict=True,
    )
)


def _day(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True


def _yymmdd(found: Sequence[int], offset: int = 0) -> bool:
    year, month, day = (found[place] * 10 + found[place + 1] for place in (offset, offset + 2, offset + 4))
    return _day(2000 + year, month, day) or _day(1900 + year, month, day)


def sin(text: str) -> bool:
    """Canadian social insurance number: nine digits, Luhn."""
    return len(digits(text)) == 9 and luhn(text)


def nhs(text: str) -> bool:
    """UK NHS number: weights 10 to 2, modulus 11."""
    found = digits(text)
    check = 11 - weighted(found, range(10, 1, -1)) % 11
    return check % 11 == found[9] and check != 10 and varied(found)


def nir(text: str) -> bool:
    """French NIR: key is 97 less the number modulo 97; Corsica's 2A and 2B count as 19 and 18."""
    plain = text.replace(" ", "").upper().replace("2A", "19").replace("2B", "18")
    return plain.isdecimal() and int(plain[13:]) == 97 - int(plain[:13]) % 97


def dni(text: str) -> bool:
    """Spanish DNI and NIE: the letter is the number modulo 23."""
    plain = re.sub(r"[.-]", "", text).upper()
    number = plain[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    return number.isdecimal() and plain[-1] == _SPANISH[int(number) % 23]


def codice_fiscale(text: str) -> bool:
    """Italian codice fiscale: odd and even values, modulus 26."""
    plain = text.upper()
    total = 0
    for place, char in enumerate(plain[:15]):
        even = ord(char) - (48 if char.isdecimal() else 65)
        total += even if place % 2 else _ODD[char]
    return chr(65 + total % 26) == plain[15]


def belgian(text: str) -> bool:
    """Belgian national number: modulus 97, for births from 2000 with a leading 2."""
    found = "".join(map(str, digits(text)))
    key = int(found[9:])
    return key in (97 - int(found[:9]) % 97, 97 - int("2" + found[:9]) % 97)


def nordic(text: str) -> bool:
    """Swedish personnummer (date, Luhn; coordination numbers too) or Danish CPR (date)."""
    found = digits(text)[-10:]
    swedish = [*found]
    swedish[4] -= 6 if swedish[4] >= 6 else 0
    danish = _day(2000 + found[4] * 10 + found[5], found[2] * 10 + found[3], found[0] * 10 + found[1])
    return (_yymmdd(swedish) and luhn("".join(map(str, found)))) or (danish and len(digits(text)) == 10)


def norwegian(text: str) -> bool:
    """Norwegian birth number: two check digits, modulus 11."""
    found = digits(text)
    first = -weighted(found, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -weighted(found, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    day = found[0] * 10 + found[1] - (40 if found[0] > 3 else 0)
    return first == found[9] and second == found[10] and _day(2000, found[2] * 10 + found[3], day)


def hetu(text: str) -> bool:
    """Finnish personal code: number modulo 31."""
    return text[-1].upper() == _FINNISH[int(text[:6] + text[7:10]) % 31]


def cpf(text: str) -> bool:
    """Brazilian CPF: two check digits, modulus 11."""
    found = digits(text)
    one = weighted(found, range(10, 1, -1)) * 10 % 11 % 10
    two = weighted(found, range(11, 1, -1)) * 10 % 11 % 10
    return found[9:] == [one, two] and varied(found)


def medicare_au(text: str) -> bool:
    """Australian Medicare: weights 1 3 7 9 1 3 7 9, modulus 10."""
    found = digits(text)
    return weighted(found, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == found[8]


def kvnr(text: str) -> bool:
    """German Krankenversichertennummer: the letter as two digits, weights 1 2 with cross sums, modulus 10."""
    found = digits(f"{ord(text[0]) - 64:02d}{text[1:]}")
    total = sum(sum(divmod(number * (1 + place % 2), 10)) for place, number in enumerate(found[:-1]))
    return total % 10 == found[-1]


def rvnr(text: str) -> bool:
    """German pension insurance number: weights 2 1 2 5 7 1 2 1 2 1 2 1 with cross sums, modulus 10."""
    plain = text.replace(" ", "")
    found = digits(f"{plain[:8]}{ord(plain[8]) - 64:02d}{plain[9:]}")
    products = (number * weight for number, weight in zip(found, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=False))
    return sum(sum(divmod(product, 10)) for product in products) % 10 == found[-1]


def chinese(text: str) -> bool:
    """Chinese resident number: ISO 7064 MOD 11-2."""
    total = sum(int(char) * (2 ** (17 - place) % 11) for place, char in enumerate(text[:17]))
    return "10X98765432"[total % 11] == text[17].upper()


def korean(text: str) -> bool:
    """Korean resident number: a valid date (the check digit is no longer assigned since 2020)."""
    return _yymmdd(digits(text))


def pesel(text: str) -> bool:
    """Polish PESEL: date with century in the month, modulus 10."""
    found = digits(text)
    month = (found[2] * 10 + found[3]) % 20
    right = (-weighted(found, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3))) % 10 == found[10]
    return right and _day(2000, month, found[4] * 10 + found[5]) and varied(found)


def czech(text: str) -> bool:
    """Czech and Slovak birth number: divides by 11, or was given before 1954; women's months are raised by 50."""
    found = digits(text)
    month = (found[2] * 10 + found[3]) % 50 % 20
    valid = _day(2000, month, found[4] * 10 + found[5])
    old = len(found) == 9 and found[0] * 10 + found[1] < 54
    return valid and (old or (len(found) == 10 and int("".join(map(str, found))) % 11 == 0))


def cnp(text: str) -> bool:
    """Romanian CNP: modulus 11, ten counts as one."""
    found = digits(text)
    check = weighted(found, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return (1 if check == 10 else check) == found[12]


def pps(text: str) -> bool:
    """Irish PPS: weights 8 to 2, the second letter times nine, modulus 23."""
    extra = _IRISH.find(text[8]) * 9 if len(text) > 8 else 0
    return _IRISH[(weighted(digits(text[:7]), range(8, 1, -1)) + extra) % 23] == text[7]


def rut(text: str) -> bool:
    """Chilean RUT: weights 2 to 7 from the right, modulus 11."""
    body, _, check = text.replace(".", "").upper().partition("-")
    total = sum(int(char) * (2 + place % 6) for place, char in enumerate(body[::-1]))
    return "0K987654321"[total % 11] == check


def nric(text: str) -> bool:
    """Singapore NRIC and FIN: weights 2 7 6 5 4 3 2, modulus 11."""
    total = weighted(digits(text[1:8]), (2, 7, 6, 5, 4, 3, 2)) + (4 if text[0] in "TG" else 0)
    return ("JZIHGFEDCBA" if text[0] in "ST" else "XWUTRQPNMLK")[total % 11] == text[8]


def south_african(text: str) -> bool:
    """South African identity number: date and Luhn."""
    return _yymmdd(digits(text)) and luhn(text)


def snils(text: str) -> bool:
    """Russian SNILS: weights 9 to 1, modulus 101."""
    found = digits(text)
    return weighted(found, range(9, 0, -1)) % 101 % 100 == found[9] * 10 + found[10]


def thai(text: str) -> bool:
    """Thai identity number: weights 13 to 2, modulus 11."""
    found = digits(text)
    return (11 - weighted(found, range(13, 1, -1)) % 11) % 10 == found[12]
