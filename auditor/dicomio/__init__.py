"""Finds, opens and walks DICOM safely; every *place* in a file that can hold text; writes changed files back.

The floor below the headers and deid rooms. Everything is imported from this package::

    from auditor.dicomio import Opener, Walker, expand, find, read

Find (`find.py`, `source.py`)
    ``find(root, limits) -> Iterator[Found | Refused]`` walks a file or folder lazily in stable order and
    decides by content. ``Found(root, locator, form, size)``: `locator` is a POSIX path below root, members
    as ``a/b.zip!c/d``; `form` is PART10, DICOMDIR or BARE (no preamble). ``Refused(root, locator, reason,
    disposition, size)`` for everything not taken. Links out of the tree, FIFOs and devices are never opened.
    ``with Opener(limits) as opener: blob = opener.open(root, locator)`` gives the bytes of a Found as a
    ``Blob`` (`size`, ``pread(offset, count)``); archives stay open in between. Raises errors.ReadError.

Read (`read.py`)
    ``read(blob, limits) -> DicomFile``: `form`, `preamble`, `syntax` (uid, explicit, little, deflated,
    encapsulated), `stream` (a Blob of what the offsets of the data set count in: the file itself, or the
    inflated data set), `data_start`, `stop`. Nothing but the file meta is read. Raises errors.ReadError when
    the bytes are not DICOM at all. ``peek(file, tags) -> {tag: bytes}`` gives top-level values alone, cheaply;
    ``Walker.peek`` does so with what the walker has learnt, and is cheaper still.

Walk (`walk.py`, `element.py`)
    ``Walker(limits).walk(file, memo=None) -> Walk``. A Walker keeps tables between files: one for each worker.
    ``Walk.elements`` is a list of plain tuples in file order, the file meta first::

        tag, vr, value, scope, start, end = element

    `value` is the raw bytes (None: a sequence, pixel data, or longer than Limits.value); `scope` tells path,
    `charset` in force, ``creator(tag)`` and `locator`; ``locator(element)`` is the tag path. Also
    ``Walk.bulk`` (located values: tag, offset, length, fragments), ``Walk.end``, ``Walk.trailing`` (offset,
    length), ``Walk.stop`` (a Stop when the data set was only partly read) and ``Walk.disposition``. Where the
    walk did not understand what it met, pydicom is asked, and what it finds besides has offsets of -1.
    With a ``Memo``, elements and whole sequences whose raw bytes were seen before come as ``Walk.known``
    ``(scope, pairs)`` instead, without being parsed; `pairs` are the ``(relative locator, verdict)`` that are
    true. After judging, store with ``memo.keep(walk, verdicts)``, one verdict for each of ``Walk.elements``.
    ``memo.space(name)`` gives a memo of its own, for verdicts that depend on an identity.

Places (`places.py`, `expand.py`, `bitmaps.py`)
    ``expand(element) -> tuple[Text, ...]``: all texts of one element, decoded; call it on a memo miss. ``Text``
    has text, locator, origin, tag, vr, raw, derived, where, number, component, label, creator, scope.
    ``outside(file, walk, locator) -> tuple[Text, ...]``: preamble, trailing bytes, file and folder names.
    ``places(file, walk, locator)`` is both for the whole file. ``concept_names(walk)`` gives the SR concept
    name of each scope. ``bitmaps(file, walk) -> tuple[Bitmap, ...]`` locates pixel data, overlays and icons.
    ``may_hold_text(tag, vr)`` tells whether expand can give anything. ``bulk_texts(file, bulk)`` looks,
    part by part, into a value that was too long to load, and reads the comments in compressed pixel data.

Text (`charset.py`)
    ``decode(raw, charset, vr) -> str`` and ``encode(text, charset, vr) -> bytes`` (PS3.3 C.12.1.1.2, code
    extensions included); neither ever raises on bytes, encode raises ValueError on what cannot be written.

Write (`writer.py`)
    ``rewrite(file, walk, edits, target, *, preamble=None, keep_trailing=True) -> None`` copies the file to the
    binary file object `target`, everything unchanged as bytes, pixel data streamed. An edit is
    ``Replace(element, value, vr=None)``, ``Remove(element)`` (a whole sequence too), ``RemoveItem(scope)``,
    ``Insert(scope, tag, vr, value)`` or ``ReplaceBulk(element, chunks, length, vr, encapsulated)``. Lengths of
    enclosing items and sequences, group lengths and DICOMDIR offsets are put right; the transfer syntax stays.
    Values are raw bytes in the byte order of the file, padded here to even length; ``encode_items(items,
    explicit, little)`` and ``encode_element`` make those of sequences. Elements of the file meta (scope
    ``file.meta_scope``) are edited the same way. Walk without a memo. Raises ValueError where a value does not
    fit or one element is edited twice, errors.ReadError when the file was only partly read.

Tables (`dictionary.py`, `safe_private.py`)
    ``vr_of(tag, creator="")``, ``keyword_of(tag)``, ``name_of(tag)``; ``is_safe_private(creator, tag)`` and
    ``safe_private(creator, tag) -> SafePrivate | None`` (PS3.15 Table E.3.10-1, data/safe_private.csv).
"""

from auditor.dicomio.bitmaps import bitmaps
from auditor.dicomio.charset import decode, encode
from auditor.dicomio.dictionary import is_creator, is_private, keyword_of, name_of, private_path, vr_of
from auditor.dicomio.edits import Edit, Insert, Remove, RemoveItem, Replace, ReplaceBulk
from auditor.dicomio.element import Element, Reason, Scope, Sequence, Stop, creator_tag, locator, tag_text
from auditor.dicomio.encoding import encode_element, encode_items
from auditor.dicomio.expand import expand, may_hold_text
from auditor.dicomio.find import Found, find
from auditor.dicomio.form import Form
from auditor.dicomio.limits import DEFAULT_LIMITS, Limits
from auditor.dicomio.memo import Memo
from auditor.dicomio.place import Bitmap, BitmapKind, Origin, Text
from auditor.dicomio.places import bulk_texts, concept_names, outside, path_texts, places
from auditor.dicomio.read import DicomFile, read
from auditor.dicomio.refuse import Refused, Why
from auditor.dicomio.safe_private import SafePrivate, all_safe_private, is_safe_private, safe_private
from auditor.dicomio.skim import peek
from auditor.dicomio.source import Opener
from auditor.dicomio.stream import Blob, BytesBlob, FileBlob
from auditor.dicomio.syntax import Syntax, syntax_of
from auditor.dicomio.walk import Walker
from auditor.dicomio.walked import Bulk, Walk
from auditor.dicomio.writer import rewrite

__all__ = [
    "DEFAULT_LIMITS",
    "Bitmap",
    "BitmapKind",
    "Blob",
    "Bulk",
    "BytesBlob",
    "DicomFile",
    "Edit",
    "Element",
    "FileBlob",
    "Form",
    "Found",
    "Insert",
    "Limits",
    "Memo",
    "Opener",
    "Origin",
    "Reason",
    "Refused",
    "Remove",
    "RemoveItem",
    "Replace",
    "ReplaceBulk",
    "SafePrivate",
    "Scope",
    "Sequence",
    "Stop",
    "Syntax",
    "Text",
    "Walk",
    "Walker",
    "Why",
    "all_safe_private",
    "bitmaps",
    "bulk_texts",
    "concept_names",
    "creator_tag",
    "decode",
    "encode",
    "encode_element",
    "encode_items",
    "expand",
    "find",
    "is_creator",
    "is_private",
    "is_safe_private",
    "keyword_of",
    "locator",
    "may_hold_text",
    "name_of",
    "outside",
    "path_texts",
    "peek",
    "places",
    "private_path",
    "read",
    "rewrite",
    "safe_private",
    "syntax_of",
    "tag_text",
    "vr_of",
]
