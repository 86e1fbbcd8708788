"""Check digits and other tests of numbers, by name, for `patterns.yaml`. Each takes the value found: yes or no."""

import datetime
import ipaddress
import re
from collections.abc import Sequence

_SPANISH = "TRWAGMYFPDXBNJZSQVHLCKE"
_FINNISH = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_IRISH = "WABCDEFGHIJKLMNOPQRSTUV"
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
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
_VERHOEFF = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)
_DIHEDRAL = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip


def digits(text: str) -> list[int]:
    """The ASCII digits of `text` as numbers."""
    return [ord(char) - 48 for char in text if "0" <= char <= "9"]


def _sum(numbers: Sequence[int], weights: Sequence[int]) -> int:
    return sum(number * weight for number, weight in zip(numbers, weights, strict=False))


def _day(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True


def _yymmdd(found: Sequence[int], offset: int = 0) -> bool:
    year, month, day = (found[place] * 10 + found[place + 1] for place in (offset, offset + 2, offset + 4))
    return _day(2000 + year, month, day) or _day(1900 + year, month, day)


def _varied(found: Sequence[int]) -> bool:
    return len(set(found)) > 2


def luhn(text: str) -> bool:
    """ISO/IEC 7812 check digit."""
    found = digits(text)
    total = sum(number if place % 2 == 0 else sum(divmod(2 * number, 10)) for place, number in enumerate(found[::-1]))
    return total % 10 == 0 and _varied(found)


def sin(text: str) -> bool:
    """Canadian social insurance number: nine digits, Luhn."""
    return len(digits(text)) == 9 and luhn(text)


def nhs(text: str) -> bool:
    """UK NHS number: weights 10 to 2, modulus 11."""
    found = digits(text)
    check = 11 - _sum(found, range(10, 1, -1)) % 11
    return check % 11 == found[9] and check != 10 and _varied(found)


def nir(text: str) -> bool:
    """French NIR: key is 97 less the number modulo 97; Corsica's 2A and 2B count as 19 and 18."""
    plain = text.replace(" ", "").upper().replace("2A", "19").replace("2B", "18")
    return plain.isdigit() and int(plain[13:]) == 97 - int(plain[:13]) % 97


def dni(text: str) -> bool:
    """Spanish DNI and NIE: the letter is the number modulo 23."""
    plain = re.sub(r"[.-]", "", text).upper()
    number = plain[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    return number.isdigit() and plain[-1] == _SPANISH[int(number) % 23]


def codice_fiscale(text: str) -> bool:
    """Italian codice fiscale: odd and even values, modulus 26."""
    plain = text.upper()
    total = 0
    for place, char in enumerate(plain[:15]):
        even = ord(char) - (48 if char.isdigit() else 65)
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
    first = -_sum(found, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -_sum(found, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    day = found[0] * 10 + found[1] - (40 if found[0] > 3 else 0)
    return first == found[9] and second == found[10] and _day(2000, found[2] * 10 + found[3], day)


def hetu(text: str) -> bool:
    """Finnish personal code: number modulo 31."""
    return text[-1].upper() == _FINNISH[int(text[:6] + text[7:10]) % 31]


def cpf(text: str) -> bool:
    """Brazilian CPF: two check digits, modulus 11."""
    found = digits(text)
    one = _sum(found, range(10, 1, -1)) * 10 % 11 % 10
    two = _sum(found, range(11, 1, -1)) * 10 % 11 % 10
    return found[9:] == [one, two] and _varied(found)


def medicare_au(text: str) -> bool:
    """Australian Medicare: weights 1 3 7 9 1 3 7 9, modulus 10."""
    found = digits(text)
    return _sum(found, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == found[8]


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


def verhoeff(text: str) -> bool:
    """Verhoeff check digit (Aadhaar)."""
    check = 0
    found = digits(text)
    for place, number in enumerate(found[::-1]):
        check = int(_DIHEDRAL[check][int(_VERHOEFF[place % 8][number])])
    return check == 0 and _varied(found)


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
    right = (-_sum(found, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3))) % 10 == found[10]
    return right and _day(2000, month, found[4] * 10 + found[5]) and _varied(found)


def czech(text: str) -> bool:
    """Czech and Slovak birth number: divides by 11; women's months are raised by 50."""
    found = digits(text)
    month = (found[2] * 10 + found[3]) % 50 % 20
    valid = _day(2000, month, found[4] * 10 + found[5])
    return valid and len(found) == 10 and int("".join(map(str, found))) % 11 == 0


def cnp(text: str) -> bool:
    """Romanian CNP: modulus 11, ten counts as one."""
    found = digits(text)
    check = _sum(found, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return (1 if check == 10 else check) == found[12]


def ean(text: str) -> bool:
    """EAN-13 check digit (Swiss AHV)."""
    found = digits(text)
    return -_sum(found[:12], (1, 3) * 6) % 10 == found[12]


def pps(text: str) -> bool:
    """Irish PPS: weights 8 to 2, the second letter times nine, modulus 23."""
    extra = _IRISH.find(text[8]) * 9 if len(text) > 8 else 0
    return _IRISH[(_sum(digits(text[:7]), range(8, 1, -1)) + extra) % 23] == text[7]


def rut(text: str) -> bool:
    """Chilean RUT: weights 2 to 7 from the right, modulus 11."""
    body, _, check = text.replace(".", "").upper().partition("-")
    total = sum(int(char) * (2 + place % 6) for place, char in enumerate(body[::-1]))
    return "0K987654321"[total % 11] == check


def nric(text: str) -> bool:
    """Singapore NRIC and FIN: weights 2 7 6 5 4 3 2, modulus 11."""
    total = _sum(digits(text[1:8]), (2, 7, 6, 5, 4, 3, 2)) + (4 if text[0] in "TG" else 0)
    return ("JZIHGFEDCBA" if text[0] in "ST" else "XWUTRQPNMLK")[total % 11] == text[8]


def south_african(text: str) -> bool:
    """South African identity number: date and Luhn."""
    return _yymmdd(digits(text)) and luhn(text)


def snils(text: str) -> bool:
    """Russian SNILS: weights 9 to 1, modulus 101."""
    found = digits(text)
    return _sum(found, range(9, 0, -1)) % 101 % 100 == found[9] * 10 + found[10]


def thai(text: str) -> bool:
    """Thai identity number: weights 13 to 2, modulus 11."""
    found = digits(text)
    return (11 - _sum(found, range(13, 1, -1)) % 11) % 10 == found[12]


def iban(text: str) -> bool:
    """ISO 13616: modulus 97."""
    plain = text.replace(" ", "")
    moved = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def vin(text: str) -> bool:
    """ISO 3779 with the North American check digit in place nine; letters and digits both."""
    if text.isdigit() or text.isalpha():
        return False
    total = _sum([int(char) if char.isdigit() else _VIN_VALUES[char] for char in text], _VIN_WEIGHTS)
    return text[8] == "0123456789X"[total % 11]


def ssn(text: str) -> bool:
    """US social security number: no area 000, 666 or 9xx, no group 00, no serial 0000."""
    found = text.replace("-", " ").split(" ")
    return (
        found[0] not in ("000", "666")
        and found[0][0] != "9"
        and found[1] != "00"
        and found[2] != "0000"
        and (text[3] == text[6])
    )


def phone_us(text: str) -> bool:
    """North American numbering plan: area and exchange start with 2 to 9."""
    found = digits(text.lower().split("x")[0].split("e")[0])[-10:]
    return len(found) == 10 and found[0] > 1


def phone_plus(text: str) -> bool:
    """E.164: 8 to 15 digits."""
    return 8 <= len(digits(text.lower().split("x")[0])) <= 17


def phone_trunk(text: str) -> bool:
    """A national number: 9 to 12 digits, the second of them no zero unless an exit code."""
    found = digits(text)
    return 9 <= len(found) <= 12 and found[1] > 0 and _varied(found)


def ipv4(text: str) -> bool:
    """An address of a host: four octets, of a private net or too large to be a version."""
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        return False
    octets = [int(part) for part in text.split(".")]
    return (address.is_private and octets[0] > 9) or (octets[0] > 9 and sum(octet > 99 for octet in octets) >= 1)


def ipv6(text: str) -> bool:
    """An IPv6 address with letters or a gap, so that times and ratios are none."""
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return len(text) > 6 and (text.count(":") == 7 or "::" in text)
