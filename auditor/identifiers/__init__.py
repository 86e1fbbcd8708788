"""What a person is recognised by: masking, text detectors, identity learnt from a file or a roster. No DICOM here.

The public interface, by module (import from the module; nothing is re-exported):

* `kind.Kind`: the closed set of what a text can give away; `Kind.NAME.letter` is its Safe Harbor letter A..R.
* `hit.Hit(start, end, kind, detector, confidence, reason)`: offsets count characters of the text looked at; `letter` is
  that of the kind; `reason` is one line in words and never repeats the text. Detectors are named `identity.*`
  (known from the file), `roster.*` (patient list), `ocr.*` (known, read with errors), `dates.*`, `general.*` (by form,
  check digit or context), `people.*` and `scripts.*` (names nobody announced), `uids.*`.
* `field.Field(nature, label)`: what is known of the place a text stands in. `Nature`: `FREE_TEXT`, `DESCRIPTION`
  (series description, protocol name), `PERSON_NAME`, `IDENTIFIER`, `CODE` (coded or enumerated entries), `DATE`, `UID`,
  `BYTES` (text found inside bytes of unknown meaning), `FILE_NAME`, `OCR`.
* `known.Known(kind, value)`: one thing known of the person: a name (`DOE^JANE=...`, or plain), a number, a date in any
  layout, an address, an institution (`Kind.PLACE`), a phone. `identity.Identity.learn(known)` is frozen, hashable
  and picklable; `one.merge(other)` joins file, series and study; `Identity()` is nobody; `with_roster(roster)` adds a
    patient list (`roster.load(path)`, `roster.Roster.of(people)`), of which a hit needs two parts of one person or a
  number. * `detectors.Detectors().find(text, identity, field) -> tuple[Hit, ...]`: sorted by start, never
  overlapping. Pure;
  build one a process. A memo by value belongs to the caller. `explain(text, identity, field)` also lists what was
  considered and left alone, with the reason. `telling(texts, identity)` says of many texts with their natures, at a
  fraction of the cost, in which of them `find` may find anything; it never passes over one in which it does.
* `redact.redact(text, hits, fill="") -> str`: the text without the hits and with everything else as it was; `fill` is a
  string, or a function from Hit and the text found to its replacement.
* `dates.parse(text) -> date | None`: any written date; `dates.find(text)`: every date with span and layout;
  `dates.rewrite(text, found, new)`: the new date in the old one's layout, language and padding.
* `protector.SiteProtector`: masks and digests.
"""
