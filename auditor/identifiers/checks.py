"""Check digits and tests of numbers in general, by name, for `patterns.yaml`. Each takes the value found: yes or no."""

import ipaddress
import re
from collections.abc import Sequence

_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
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


def weighted(numbers: Sequence[int], weights: Sequence[int]) -> int:
    """The sum of numbers times weights, as far as both go."""
    return sum(number * weight for number, weight in zip(numbers, weights, strict=False))


def varied(found: Sequence[int]) -> bool:
    """Whether more than two different digits occur: 0000 and 1212 are placeholders."""
    return len(set(found)) > 2


def luhn(text: str) -> bool:
    """ISO/IEC 7812 check digit."""
    found = digits(text)
    total = sum(number if place % 2 == 0 else sum(divmod(2 * number, 10)) for place, number in enumerate(found[::-1]))
    return total % 10 == 0 and varied(found)


def verhoeff(text: str) -> bool:
    """Verhoeff check digit (Aadhaar)."""
    check = 0
    found = digits(text)
    for place, number in enumerate(found[::-1]):
        check = int(_DIHEDRAL[check][int(_VERHOEFF[place % 8][number])])
    return check == 0 and varied(found)


def ean(text: str) -> bool:
    """EAN-13 check digit (Swiss AHV)."""
    found = digits(text)
    return -weighted(found[:12], (1, 3) * 6) % 10 == found[12]


def iban(text: str) -> bool:
    """ISO 13616: modulus 97."""
    plain = text.replace(" ", "")
    moved = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def vin(text: str) -> bool:
    """ISO 3779 with the North American check digit in place nine; letters and digits both."""
    if text.isdecimal() or text.isalpha():
        return False
    total = weighted([int(char) if char.isdecimal() else _VIN_VALUES[char] for char in text], _VIN_WEIGHTS)
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
    parted = text.startswith("+") or any(mark in text for mark in " .-/(")
    return parted and 8 <= len(digits(text.lower().split("x")[0])) <= 17


def phone_trunk(text: str) -> bool:
    """A national number: 9 to 12 digits, the second of them no zero unless an exit code."""
    found = digits(text)
    return 9 <= len(found) <= 12 and found[1] > 0 and varied(found)


def phone_whole(text: str) -> bool:
    """A text of nine to fifteen digits in two or three groups, or behind an exit code."""
    return 9 <= len(digits(text)) <= 15 and varied(digits(text))


def phone_groups(text: str) -> bool:
    """A number in groups that are no sizes of pictures (512 512 128): not all of them are divided by sixteen."""
    return varied(digits(text)) and any(int(group) % 16 for group in re.findall(r"\d+", text))


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
