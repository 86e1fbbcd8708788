"""The language of a report: gettext catalogues (`reports/shared/locale/<code>.po`), read without tools."""

import ast
import gettext
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import re2

from auditor.errors import ConfigError
from auditor.resources import reports_folder

SOURCE = "en"
_FIELD = re.compile(r'(msgid|msgid_plural|msgstr(?:\[(\d)\])?)\s+(".*")$')
_PLACE = re.compile(r"\{([a-z_]+)\}")
_BETWEEN = tuple(re.compile(rf"{mark}(?![^()]*\))") for mark in ("; ", " · ", ": "))
_VALUE = r"((?:\([^()]*\)|[^:;·]|[:;·]\S)+?)"


class Language(gettext.NullTranslations):
    """One language: English words to its own. What a catalogue lacks stays English."""

    def __init__(self, code: str, words: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.code = code
        self.words = words
        filled = {key: forms[0] for key, forms in words.items() if _PLACE.search(key)}
        self._moulds = [(_mould(key), _PLACE.findall(key), said) for key, said in filled.items()]

    def gettext(self, message: str) -> str:
        """The translation of `message`."""
        return self.words.get(message, (message,))[0]

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The translation for `n` things; two forms, one and many, as in English and German."""
        forms = self.words.get(msgid1, (msgid1, msgid2))
        return forms[0] if n == 1 or len(forms) == 1 else forms[1]

    def told(self, text: str) -> str:
        """The translation of a sentence that a rule, a framework or a room said.

        It is looked up as it stands, then among the sentences with `{places}` that were filled in, then part by part
        (`fact: reason; fact: reason`), what stands in brackets last.
        """
        if text in self.words:
            return self.words[text][0]
        for mould, names, said in self._moulds:
            if found := mould.fullmatch(text):
                return _filled(said, dict(zip(names, map(self.told, found.groups()), strict=True)))
        for mark in _BETWEEN:
            if found := mark.search(text):
                return self.told(text[: found.start()]) + found[0] + self.told(text[found.end() :])
        return f"({self.told(text[1:-1])})" if text[:1] == "(" and text[-1:] == ")" else text


def load_language(code: str, folder: Path | None = None) -> Language:
    """Load the catalogue of a language by its code; `folder` (a site's own) is looked in first.

    What rules, frameworks and rooms say is kept apart by topic, in `<code>-<topic>.po` beside it.
    """
    if code == SOURCE:
        return Language(SOURCE, {})
    shipped = reports_folder() / "shared" / "locale"
    for place in (folder, shipped):
        file = place / f"{code}.po" if place else None
        if file and re.fullmatch(r"[a-z]{2}(_[A-Z]{2})?", code) and file.is_file():
            words: dict[str, tuple[str, ...]] = {}
            for catalogue in (*sorted(file.parent.glob(f"{code}-*.po")), file):
                words |= read_catalogue(catalogue)
            return Language(code, words)
    known = sorted({file.stem for file in shipped.glob("*.po") if "-" not in file.stem} | {SOURCE})
    raise ConfigError(
        f"there are no reports in the language {code!r}",
        where="[report] language, or --language",
        right="one of " + ", ".join(known),
        next_step=f"add {code}.po to the locale folder of your templates",
    )


def read_catalogue(file: Path) -> dict[str, tuple[str, ...]]:
    """Read a .po file (msgid, msgid_plural, msgstr, msgstr[n]); raises ConfigError at `file:line`."""
    words: dict[str, tuple[str, ...]] = {}
    entry: dict[str, str] = {}
    current = ""
    for number, raw in enumerate([*file.read_text("utf-8").splitlines(), ""], 1):
        line = raw.strip()
        if line.startswith("#"):
            continue
        try:
            if not line:
                _keep(words, entry)
                entry, current = {}, ""
            elif match := _FIELD.match(line):
                current = match.group(1)
                entry[current] = ast.literal_eval(match.group(3))
            else:
                entry[current] += ast.literal_eval(line)
        except (SyntaxError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                "a line of the catalogue cannot be read", where=f"{file}:{number}", right='msgid "…" or msgstr "…"'
            ) from error
    return words


def _mould(sentence: str) -> Any:
    """A pattern for `sentence` with its places filled in; no value holds what stands between two parts."""
    literals = _PLACE.split(sentence)[::2]
    return re2.compile(_VALUE.join(map(re2.escape, literals)))


def _filled(sentence: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), sentence)


def _keep(words: dict[str, tuple[str, ...]], entry: Mapping[str, str]) -> None:
    forms = tuple(entry[key] for key in sorted(entry) if key.startswith("msgstr") and entry[key])
    if entry.get("msgid") and forms:
        words[entry["msgid"]] = forms
