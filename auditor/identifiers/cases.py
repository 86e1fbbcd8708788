"""The forms of the names of one identity, sought in texts."""

from collections.abc import Iterable

from auditor.identifiers.inflection import inflected, is_word

_BEGINNING = 2  # letters that a name has in common with its forms


class Cases:
    """The forms of some folded names. They are many, so they are made when a word is met that begins as one does."""

    def __init__(self, names: Iterable[str], spelt: frozenset[str]) -> None:
        self._spelt = spelt
        self._begun: dict[str, list[str]] = {}
        self._forms: dict[str, frozenset[str]] = {}
        for name in names:
            for start in _beginnings(name):
                self._begun.setdefault(start, []).append(name)

    def among(self, words: Iterable[str]) -> set[str]:
        """Those of `words` that are a form of a name, no word of their own, and not a name as it is spelt."""
        begun, spelt = self._begun, self._spelt
        near = [word for word in words if word[:_BEGINNING] in begun and word not in spelt]
        return {word for word in near if self._is_form(word) and not is_word(word)}

    def __contains__(self, word: str) -> bool:
        return bool(self.among((word,)))

    def isdisjoint(self, words: Iterable[str]) -> bool:
        """Whether none of `words` is a form of a name."""
        return not self.among(words)

    def _is_form(self, word: str) -> bool:
        return any(word in self._of(name) for name in self._begun[word[:_BEGINNING]])

    def _of(self, name: str) -> frozenset[str]:
        if name not in self._forms:
            self._forms[name] = inflected(name)
        return self._forms[name]


def _beginnings(name: str) -> set[str]:
    """How forms begin: as the name does, but for scripts that put prefixes to it."""
    return {name[:_BEGINNING]} if name.isascii() else {form[:_BEGINNING] for form in inflected(name)}
