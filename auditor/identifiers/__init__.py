"""What a person is recognised by: masking, text detectors, identity learnt from a file or a roster. No DICOM here.

The public interface, by module (import from the module; nothing is re-exported):

* `kind.Kind`: the closed set of what a text can give away; `Kind.NAME.letter` is its Safe Harbor letter A..R.
* `hit.Hit(start, end, kind, letter, detector, confidence, reason)`: offsets count characters of the text looked at;
  `reason` is one line in words and never repeats the text.
* `field.Field(nature, label)`: what is known of the place a text stands in. `Nature`: `FREE_TEXT`, `DESCRIPTION` (series
  description, protocol name), `PERSON_NAME`, `IDENTIFIER`, `CODE` (coded or enumerated entries), `DATE`, `UID`, `BYTES` (text
  found inside bytes of unknown meaning), `FILE_NAME`, `OCR`. `label` is the name of the attribute in words or CamelCase; it
  serves as context (`PatientTelephoneNumbers`).
* `identity.Known(kind, value)`: one thing known of the person: a name (`DOE^JANE=...`, or plain), record number, date (any layout),
  address, phone. `Identity.learn(known)` -> frozen, hashable, picklable; `one.merge(other)` joins file, series and
  study; `Identity.EMPTY`-like start is `Identity()`. `identity.with_roster(Roster)` adds a patient list
  (`roster.load(path)`, `roster.Roster.of(people)`), of which a hit needs two parts of one person or one of their numbers.
* `detectors.Detectors().find(text, identity, field) -> tuple[Hit, ...]`: sorted by start, never overlapping. Pure; build one a
  process and keep it. A memo by value belongs to the caller. `Detectors().explain(text, identity, field) -> tuple[Explanation, ...]`
  also lists what was considered and left alone, with the reason, for `--explain`.
* `redact.redact(text, hits, fill="") -> str`: the text without the hits and with everything else kept as it was; `fill` may be a
  string, or a function from Hit and the text found to its replacement (shifted dates).
* `dates.parse(text) -> datetime.date | None`: any written date to a date; `dates.find(text)` gives every date with its span and
  layout, so that a shifted date can be written back in the same layout by `dates.rewrite`.
* `protector.SiteProtector`: masks and digests.
"""
