"""The words of one text with what stands between them, and whether they may be names."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from auditor.identifiers.dates import is_month
from auditor.identifiers.field import Nature
from auditor.identifiers.fold import Folded, Token
from auditor.identifiers.resource import wordlist
from auditor.identifiers.vocabulary import is_given, is_ordinary, is_surname, words_of

LONGEST = 6  # words of a name, particles and initials among them


@dataclass(frozen=True, slots=True)
class Phrase:
    """A folded text, its tokens, and the nature of its field. Places count tokens."""

    folded: Folded
    tokens: Sequence[Token]
    nature: Nature

    def word(self, place: int) -> str:
        """The folded word at a place, empty outside the text."""
        return self.tokens[place].text if 0 <= place < len(self.tokens) else ""

    def raw(self, place: int) -> str:
        """The word as it is written."""
        start, end = self.span(place, place)
        return self.folded.original[start:end]

    @property
    def shouted(self) -> bool:
        """Whether the whole text is in capitals."""
        return self.folded.original.isupper()

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the words from `first` to `last` stand in the text."""
        return self.folded.span(self.tokens[first].start, self.tokens[last].end)

    def gap(self, place: int) -> str:
        """What stands between this token and the next."""
        if place + 1 >= len(self.tokens) or place < 0:
            return self.folded.text[self.tokens[place].end :] + "\n" if place >= 0 else "\n"
        return self.folded.text[self.tokens[place].end : self.tokens[place + 1].start]

    def capital(self, place: int) -> bool:
        """Whether the word starts with no small letter."""
        raw = self.raw(place)
        return not raw[0].islower() and raw[0].isalpha()

    def near(self, place: int) -> bool:
        """Whether the next word follows over a blank or a mark that announces it."""
        gap = self.gap(place)
        return 0 < len(gap) <= 3 and set(gap) <= set(" :=,(.-\u00a0")

    def known(self, place: int) -> bool:
        """Whether the word is on a list of names, or in another script."""
        word = self.word(place)
        return (
            len(word) > 1
            and (is_given(word) or is_surname(word) or not word.isascii())
            and (not is_ordinary(word) or is_given(word))
        )

    def foreign(self, first: int, last: int) -> bool:
        """Words that no list holds, longer than an abbreviation and not written as one."""
        if any(self.raw(place).isupper() for place in range(first, last + 1)) and not self.shouted:
            return False
        return all(
            self.word(place) in words_of("particles") or len(self.word(place)) > 3 or len(self.word(place)) == 1
            for place in range(first, last + 1)
        ) and any(len(self.word(place)) > 3 for place in range(first, last + 1))

    def english(self, place: int) -> bool:
        """Whether the word is plain English."""
        return self.word(place) in wordlist("words_en")

    def headed(self, place: int) -> bool:
        """Whether a word of medicine follows that makes an eponym of this one."""
        following = place + 1
        if self.word(following) == "s":
            following += 1
        gap = self.gap(following - 1)
        return self.word(following) in words_of("heads") and len(gap) <= 2 and not set(gap) & set(",.;:(\n^=")

    def namelike(self, place: int, *, lenient: bool, loose: bool = False) -> bool:
        """Whether the word may be part of a name."""
        word = self.word(place)
        if not word or word.isdecimal() or word in words_of("placeholders") or is_month(word):
            return False
        if _camel(self.raw(place)):
            return False
        if word in words_of("suffixes") and place and not lenient and not self.particles_lead(place):
            return False
        if not loose and not self.capital(place):
            return self.particles_lead(place)
        if is_medical(word) or (
            word in words_of("joins") and not self.capital(place) and not self.particles_lead(place)
        ):
            return False
        return lenient or not is_ordinary(word) or is_given(word) or (is_surname(word) and not self.english(place))

    def particles_lead(self, place: int) -> bool:
        """Whether particles (`van der`) lead to a capitalised word."""
        while place + 1 < len(self.tokens) and self.word(place) in words_of("particles") and self.near(place):
            place += 1
            if self.capital(place):
                return self.word(place) not in words_of("titles")
        return False

    def run(self, first: int, *, lenient: bool, loose: bool = False) -> int:
        """The last word of the name that starts at `first`: at most four words over spaces, initials, one comma."""
        last = first
        commas = 0
        while last + 1 < len(self.tokens) and last - first < LONGEST - 1:
            gap = self.gap(last)
            initial = len(self.word(last)) == 1 or len(self.word(last + 1)) == 1
            tight = set(gap) <= set(" \u00a0\u3000-^'\u2019_·・") and 0 < len(gap) <= 2
            dotted = gap in (". ", ".") and len(self.word(last)) == 1
            family = all(self.word(place) in words_of("particles") for place in range(first, last))
            comma = gap in (", ", ",") and commas == 0 and family and not lenient
            if not (tight or dotted or comma):
                break
            following = last + 1
            paired = is_given(self.word(last)) and is_surname(self.word(following)) and self.capital(following)
            paired = paired and not is_medical(self.word(following)) and not self.english(following)
            led = (
                self.word(last) in words_of("particles")
                and self.capital(following)
                and not is_medical(self.word(following))
            )
            if not paired and not led and not self.namelike(following, lenient=False, loose=loose):
                break
            joined = self.word(following) in words_of("joins") and not self.capital(following)
            if joined and not self.particles_lead(following):
                break
            if comma and not (self.known(following) or initial):
                break
            commas += comma
            last = following
        while (
            last > first
            and self.word(last) in words_of("particles")
            and len(self.word(last)) > 1
            and (not self.capital(last))
        ):
            last -= 1
        return last


def is_medical(word: str) -> bool:
    """Whether a word belongs to reports and pictures; particles of names do not count, though they are articles too."""
    return word in words_of("medicine") and word not in words_of("particles")


def _camel(raw: str) -> bool:
    """Whether a word is written like the names of programs (ClipMetadata); McBride and DeVries are people."""
    inner = any(one.islower() and other.isupper() for one, other in pairwise(raw))
    return inner and not raw.startswith(("Mc", "Mac", "De", "Di", "La", "Le", "Van", "Fitz", "O'"))
