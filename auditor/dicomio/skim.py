"""A glance at the top level of a data set, for what must be known before it is walked."""

from auditor.dicomio.element import UNDEFINED
from auditor.dicomio.heads import NOTED, PIXELS, PLAIN, Heads
from auditor.dicomio.read import DicomFile


def peek(file: DicomFile, tags: frozenset[int], heads: Heads | None = None) -> dict[int, bytes]:
    """Raw values of those of `tags` that stand at the top level; the first of each.

    Looks no further than the bytes read at once, sequences of undefined length, pixel data, or the
    highest tag asked for, whichever comes first. Costs a fraction of a walk; `Walker.peek` hands in the
    `heads` it has understood so far, which costs less still.
    """
    heads = heads or Heads(file.syntax.explicit, file.syntax.little, {})
    table = heads.table
    held, pos, highest = file.first, file.data_start, max(tags, default=0)
    found: dict[int, bytes] = {}
    while pos + 8 <= len(held):
        head = held[pos : pos + 8]
        kind, tag, _, size = table.get(head) or heads.learn(head)
        if tag > highest or kind == PIXELS:
            break
        body, end = pos + 8, pos + size
        if kind not in (PLAIN, NOTED):
            body = pos + size
            if body > len(held) or (length := heads.length(held, body - 4)[0]) == UNDEFINED:
                break
            end = body + length
        if end > len(held) or end <= pos:
            break
        if tag in tags:
            found.setdefault(tag, held[body:end])
        pos = end
    return found
