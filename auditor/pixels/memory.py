"""A memory of what was read from pictures that several readers share, in one process or in many.

De-identification reads the text of a picture, and the scan that verifies the copy meets the same picture again
wherever nothing was blanked: equal bytes need not be read twice.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from auditor.config.private import replaced
from auditor.pixels.engine import Word


@dataclass(frozen=True, slots=True)
class Memory:
    """A folder with one small file a picture (mode 0600), named by the digest of the picture. Picklable.

    What it holds may be what a picture says of a patient: the folder belongs within a work folder of mode 0700 and
    goes with it. A file that cannot be read or written is as good as none.
    """

    folder: Path

    def get(self, key: bytes) -> list[Word] | None:
        """The lines of text of the picture with this digest, or None when nobody has read it yet."""
        try:
            rows = json.loads((self.folder / key.hex()).read_text("utf-8"))
            return [Word((box[0], box[1], box[2], box[3]), str(text), float(score)) for box, text, score in rows]
        except (OSError, ValueError, IndexError, TypeError):
            return None

    def put(self, key: bytes, words: list[Word]) -> None:
        """Keep the lines of text of a picture, whole or not at all."""
        content = json.dumps([[word.box, word.text, word.confidence] for word in words]).encode("utf-8")
        with suppress(OSError), replaced(self.folder / key.hex()) as stream:
            stream.write(content)
