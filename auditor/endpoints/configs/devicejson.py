"""Device JSON of dcm4chee-arc, turned into the same objects as its LDIF."""

from typing import Any

from auditor.endpoints.configs.jsonc import Json, parse
from auditor.endpoints.configs.ldif import Entry
from auditor.endpoints.configs.statement import Unparseable

_CHILDREN = {"dicomNetworkConnection": "dicomNetworkConnection", "dicomNetworkAE": "dicomNetworkAE",
             "dcmAuditLogger": "dcmAuditLogger", "dcmKeycloakClient": "dcmKeycloakClient",
             "dcmWebApp": "dcmWebApp", "dicomTransferCapability": "dicomTransferCapability"}  # fmt: skip


def entries(text: str) -> list[Entry]:
    """The device and everything below it; raises Unparseable when it is no device."""
    found = parse(text)
    devices = found.data if isinstance(found.data, list) else [found.data]
    result: list[Entry] = []
    for number, device in enumerate(devices):
        if not isinstance(device, dict) or "dicomDeviceName" not in device:
            raise Unparseable("there is no dicomDeviceName, so this is no device")
        place = (str(number),) if isinstance(found.data, list) else ()
        name = f"dicomdevicename={str(device['dicomDeviceName']).lower()}"
        _walk(found, device, place, Entry(name, max(1, found.line(*place))), "dicomDevice", result)
    return result


def _walk(
    found: Json, data: dict[str, Any], place: tuple[str, ...], entry: Entry, kind: str, result: list[Entry]
) -> None:
    entry.values.setdefault("objectclass", []).append((kind, entry.line))
    result.append(entry)
    _fill(found, data, place, entry, result)


def _fill(found: Json, data: dict[str, Any], place: tuple[str, ...], entry: Entry, result: list[Entry]) -> None:
    """Plain values become attributes; objects in objects extend the same entry; children are new entries."""
    for key, value in data.items():
        here = (*place, key)
        if key in _CHILDREN and isinstance(value, list | dict):
            items = value if isinstance(value, list) else [value]
            for number, item in enumerate(items):
                spot = (*here, str(number)) if isinstance(value, list) else here
                if isinstance(item, dict):
                    child = Entry(f"{key.lower()}={number},{entry.name}", found.line(*spot))
                    _walk(found, item, spot, child, _CHILDREN[key], result)
        elif isinstance(value, dict):
            entry.values.setdefault("objectclass", []).append((key, found.line(*here)))
            _fill(found, value, here, entry, result)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                if isinstance(item, str | int | bool):
                    entry.values.setdefault(key.lower(), []).append((_text(item), found.line(*here, str(number))))
        else:
            entry.values.setdefault(key.lower(), []).append((_text(value), found.line(*here)))


def _text(value: object) -> str:
    return str(value).upper() if isinstance(value, bool) else str(value)
