"""Kinds of identifier and the Safe Harbor letter of each (45 CFR 164.514(b)(2)(i)(A) to (R))."""

from enum import StrEnum


class Kind(StrEnum):
    """What a text can give away of a person. Closed: every hit has exactly one."""

    NAME = "name"
    ADDRESS = "address"
    PLACE = "place"
    DATE = "date"
    AGE = "age"
    PHONE = "phone"
    FAX = "fax"
    EMAIL = "email"
    SSN = "ssn"
    NATIONAL_ID = "national_id"
    RECORD_NUMBER = "record_number"
    HEALTH_PLAN = "health_plan"
    ACCOUNT = "account"
    LICENCE = "licence"
    VEHICLE = "vehicle"
    DEVICE_SERIAL = "device_serial"
    URL = "url"
    IP = "ip"
    MAC = "mac"
    BIOMETRIC = "biometric"
    FACE = "face"
    ACCESSION = "accession"
    OTHER = "other"

    __hash__ = str.__hash__

    @property
    def letter(self) -> str:
        """The letter of 164.514(b)(2)(i) this kind falls under, A to R."""
        return _LETTERS[self]


_LETTERS = {
    Kind.NAME: "A",
    Kind.ADDRESS: "B",
    Kind.PLACE: "B",
    Kind.DATE: "C",
    Kind.AGE: "C",
    Kind.PHONE: "D",
    Kind.FAX: "E",
    Kind.EMAIL: "F",
    Kind.SSN: "G",
    Kind.NATIONAL_ID: "G",
    Kind.RECORD_NUMBER: "H",
    Kind.HEALTH_PLAN: "I",
    Kind.ACCOUNT: "J",
    Kind.LICENCE: "K",
    Kind.VEHICLE: "L",
    Kind.DEVICE_SERIAL: "M",
    Kind.URL: "N",
    Kind.IP: "O",
    Kind.MAC: "M",
    Kind.BIOMETRIC: "P",
    Kind.FACE: "Q",
    Kind.ACCESSION: "R",
    Kind.OTHER: "R",
}
