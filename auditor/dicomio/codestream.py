"""Comments that compressed pictures carry: JPEG and JPEG-LS segments, JPEG 2000 main headers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from auditor.dicomio.element import Scope
from auditor.dicomio.limits import DEFAULT_LIMITS
from auditor.dicomio.origins import origin_of
from auditor.dicomio.place import Origin, Text
from auditor.dicomio.stream import Blob
from auditor.dicomio.walked import Bulk
from auditor.dicomio.within import Seen, Within

_HEAD = 8192
_LOOKED_AT = 16
_JPEG, _JPEG_2000 = b"\xff\xd8", b"\xff\x4f\xff\x51"
# markers: JPEG comment and application segments (ITU-T T.81 B.1), JPEG 2000 comment (ISO 15444-1 A.9.2)
_COMMENT, _FIRST_APP, _LAST_APP, _SCAN, _END = 0xFE, 0xE0, 0xEF, 0xDA, 0xD9
_COMMENT_2000, _TILE = 0x64, 0x90


def comments(stream: Blob, bulk: Bulk) -> Iterator[Text]:
    """Yield what the comment and application segments of the first fragments say; only their headers are read."""
    element = bulk.element
    origin, charset = origin_of(element), element[3].charset
    for number, (offset, length) in enumerate(bulk.fragments[1 : 1 + _LOOKED_AT], 1):
        for body in _segments(stream.pread(offset, min(length, _HEAD))):
            for text in _said(body, charset):
                where = ".".join(filter(None, (f"fragment[{number}]", text.where)))
                yield text._replace(place=element, origin=origin, where=where)


@lru_cache(maxsize=64)
def _said(body: bytes, charset: bytes) -> tuple[Text, ...]:
    """The texts of a segment, which the frames of a series have in common."""
    from auditor.dicomio.binary import texts_in_bytes

    nowhere = Scope(None, None, 0, 0, 0, False)
    nowhere.charset_value = charset
    within = Within((0, "", body, nowhere, 0, 0), Origin.ELEMENT, Seen(DEFAULT_LIMITS), ("comment",))
    return tuple(texts_in_bytes(body, within))


def _segments(head: bytes) -> Iterator[bytes]:
    """Bodies of the segments that hold remarks."""
    newer = head.startswith(_JPEG_2000)
    if not newer and not head.startswith(_JPEG):
        return
    pos = 2
    while pos + 4 <= len(head) and head[pos] == 0xFF:
        marker, size = head[pos + 1], int.from_bytes(head[pos + 2 : pos + 4], "big")
        if marker in ((_TILE,) if newer else (_SCAN, _END)) or size < 2:
            return
        body = head[pos + 4 : pos + 2 + size]
        if newer and marker == _COMMENT_2000:
            yield body[2:]
        elif not newer and (marker == _COMMENT or _FIRST_APP <= marker <= _LAST_APP):
            yield body
        pos += 2 + size
