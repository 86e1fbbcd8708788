"""What the room can say of a source and its de-identified copy."""

from auditor.model.facts import Catalogue, FactSpec, FactType

_LOCATOR = FactSpec("locator", FactType.TEXT, "tag path in the copy, or masked path of a file", plain=True)
_VALUE = FactSpec("value", FactType.TEXT, "the raw value")
_ATTRIBUTE = FactSpec("attribute", FactType.TEXT, "keyword of the attribute", plain=True)
_LETTER = FactSpec("letter", FactType.TEXT, "Safe Harbor letter A to R", plain=True)
_LOCATE = FactSpec("locate", FactType.TEXT, "what `auditor locate` finds the file by", plain=True)
_COUNT = FactSpec("count", FactType.NUMBER, "how many", plain=True)


def _records(name: str, doc: str, *more: FactSpec) -> FactSpec:
    return FactSpec(name, FactType.RECORDS, doc, fields=(_LOCATOR, _VALUE, *more))


def _plain(name: str, kind: FactType, doc: str) -> FactSpec:
    return FactSpec(name, kind, doc, plain=True)


CATALOGUE = Catalogue.of(
    "deid",
    (
        _plain("scope", FactType.TEXT, "`pair` for a file and its copy, `collection` for a folder and its copy"),
        _plain("purpose", FactType.TEXT, "why the copy was made: export, limited-data-set, pseudonymised, clinical"),
        _plain("paired_by", FactType.TEXT, "how source and copy were matched: uid, pixels, path or content"),
        _records("survivors", "identifiers of the source that are still in the copy", _ATTRIBUTE, _LETTER),
        _records("uids_kept", "instance UIDs of the source that are still in the copy", _ATTRIBUTE),
        _records("dates_kept", "full dates of the source that are still in the copy", _ATTRIBUTE),
        _records(
            "required_lost",
            "attributes of Type 1 or 2 in the source that are gone, or empty though Type 1, in the copy",
            _ATTRIBUTE,
            FactSpec("type", FactType.TEXT, "attribute Type in the IOD", plain=True),
        ),
        _records(
            "private_unsafe",
            "private elements of the copy that PS3.15 Table E.3.10-1 does not call safe",
            FactSpec("creator", FactType.TEXT, "the private creator"),
        ),
        _plain("markers_missing", FactType.TEXTS, "de-identification markers that the copy lacks"),
        _plain("markers_false", FactType.TEXTS, "de-identification markers that are not true of the copy"),
        _plain("pixels_changed", FactType.FLAG, "the pixel data are not those of the source"),
        _plain("pixels_claimed", FactType.FLAG, "the copy says that its pixels were cleaned"),
        _records("uid_conflicts", "UIDs of the source that became different UIDs in the copy", _COUNT),
        _records("uids_unresolved", "references of the copy to instances that the source holds and the copy does not"),
        _records("pseudonym_conflicts", "patients who became several, or who became one with others", _COUNT),
        _records("intervals_changed", "patients whose dates were moved by different numbers of days", _COUNT),
        _records("files_lost", "files of the source that have no copy", _LOCATE),
        _records("files_surplus", "files of the copy that have no source", _LOCATE),
        _plain("smallest_group", FactType.NUMBER, "patients in the smallest group of equal quasi-identifiers (k)"),
        FactSpec(
            "small_groups",
            FactType.RECORDS,
            "groups of patients with equal quasi-identifiers, the smallest first",
            fields=(
                FactSpec("locator", FactType.TEXT, "age band, sex, site and month", plain=True),
                FactSpec("value", FactType.TEXT, "the group's rare descriptors"),
                FactSpec("size", FactType.NUMBER, "patients in the group", plain=True),
            ),
        ),
    ),
)
