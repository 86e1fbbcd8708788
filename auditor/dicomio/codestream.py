"""Comments that compressed pictures carry: JPEG and JPEG-LS segments, JPEG 2000 main headers."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.dicomio.limits import Limits
from auditor.dicomio.origins import origin_of
from auditor.dicomio.place import Text
from auditor.dicomio.stream import Blob
from auditor.dicomio.walked import Bulk
from auditor.dicomio.within import Seen, Within

_HEAD = 8192
_LOOKED_AT = 16
_JPEG, _JPEG_2000 = b"\xff\xd8", b"\xff\x4f\xff\x51"
# markers: JPEG comment and application segments (ITU-T T.81 B.1), JPEG 2000 comment (ISO 15444-1 A.9.2)
_COMMENT, _FIRST_APP, _LAST_APP, _SCAN, _END = 0xFE, 0xE0, 0xEF, 0xDA, 0xD9
_COMMENT_2000, _TILE = 0x64, 0x90


def comments(stream: Blob, bulk: Bulk, limits: Limits) -> Iterator[Text]:
    """Yield what the comment and application segments of the first fragments say; only their headers are read."""
    from auditor.dicomio.binary import texts_in_bytes

    if not bulk.fragments:
        return
    seen = Seen(limits)
    for number, (offset, length) in enumerate(bulk.fragments[1 : 1 + _LOOKED_AT], 1):
        head = stream.pread(offset, min(length, _HEAD))
        for body in _segments(head):
            origin = origin_of(bulk.element)
            yield from texts_in_bytes(body, Within(bulk.element, origin, seen, ("comment",), f"fragment[{number}]"))


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
