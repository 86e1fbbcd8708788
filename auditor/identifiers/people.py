"""Names of people whom nobody announced: next to titles, relations, roles and labels, or by their shape."""

from collections.abc import Iterator, Sequence

from auditor.identifiers.dates import is_month
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.fold import Folded, Token
from auditor.identifiers.hit import Explanation, Hit
from auditor.identifiers.kind import Kind
from auditor.identifiers.resource import wordlist
from auditor.identifiers.vocabulary import is_eponym, is_given, is_ordinary, is_surname, words_of

_LONGEST = 4
_SPACE = frozenset(" \u00a0\u3000\t")
_NAMED = frozenset(
    (Nature.FREE_TEXT, Nature.BYTES, Nature.OCR, Nature.FILE_NAME, Nature.PERSON_NAME, Nature.DESCRIPTION)
)


class People:
    """One text in which names are sought. Made for one call."""

    def __init__(self, folded: Folded, tokens: Sequence[Token], field: Field) -> None:
        self.folded = folded
        self.tokens = tokens
        self.field = field
        self.notes: list[Explanation] = []

    def hits(self) -> Iterator[Hit]:
        """Every name found; refused candidates are in `notes` afterwards."""
        if self.field.nature not in _NAMED:
            return
        place = 0
        while place < len(self.tokens):
            taken = self._announced(place) or self._degree(place) or self._apposed(place) or self._shaped(place)
            if taken:
                first, last, detector, sure, reason = taken
                yield self._hit(first, last, detector, sure, reason)
                place = max(place, last)
            place += 1

    def _hit(self, first: int, last: int, detector: str, sure: float, reason: str) -> Hit:
        start, end = self.folded.span(self.tokens[first].start, self.tokens[last].end)
        return Hit(start, end, Kind.NAME, detector, sure, reason)

    def _word(self, place: int) -> str:
        return self.tokens[place].text if 0 <= place < len(self.tokens) else ""

    def _raw(self, place: int) -> str:
        token = self.tokens[place]
        start, end = self.folded.span(token.start, token.end)
        return self.folded.original[start:end]

    def _gap(self, place: int) -> str:
        """What stands between this token and the next."""
        if place + 1 >= len(self.tokens) or place < 0:
            return self.folded.text[self.tokens[place].end :] + "\n" if place >= 0 else "\n"
        return self.folded.text[self.tokens[place].end : self.tokens[place + 1].start]

    def _capital(self, place: int) -> bool:
        raw = self._raw(place)
        return not raw[0].islower() and raw[0].isalpha()

    def _announced(self, place: int) -> tuple[int, int, str, float, str] | None:
        word = self._word(place)
        gap = self._gap(place)
        if word in words_of("titles") and gap.strip(" \u00a0") in ("", ".", ".,") and gap:
            return self._titled(place)
        labels = self.field.nature is not Nature.DESCRIPTION and word in words_of("labels")
        if labels and set(gap) & set(":=") and len(gap) <= 3:
            return self._labelled(place + 1, loose=True, reason="stands after a label for a name")
        if word in words_of("relations") or word in words_of("roles"):
            return self._related(place)
        return None

    def _titled(self, place: int) -> tuple[int, int, str, float, str] | None:
        first = place + 1
        while self._word(first) in words_of("titles") and len(self._gap(first)) <= 2:
            first += 1
        if first >= len(self.tokens) or not self._namelike(first, lenient=True):
            return None
        single = len(self._word(first)) == 1 and self._gap(first) not in (". ", ".")
        modality = self._raw(place) == "MR" and "." not in self._gap(place) and not self._known(first)
        if (single and self._word(first).isascii()) or modality:
            return None
        if self._headed(first):
            return None
        if self._word(place) in ("st", "pt", "pr", "hab", "ing", "dame", "pan", "bay", "med") and is_ordinary(
            self._word(first)
        ):
            return None
        return first, self._run(first, lenient=True), "people.title", 0.95, "stands after a title"

    def _related(self, place: int) -> tuple[int, int, str, float, str] | None:
        first = place + 1
        steps = 0
        while (
            first < len(self.tokens) and steps < 2 and self._word(first) in words_of("joins") and self._near(first - 1)
        ):
            first, steps = first + 1, steps + 1
        if first < len(self.tokens) and self._word(first) in words_of("titles") and self._near(first - 1):
            return None  # the title itself announces the name
        announced = steps > 0 or bool(set(self._gap(place)) & set(":=("))
        if not self._near(first - 1) or first >= len(self.tokens):
            return None
        kind = "a relation" if self._word(place) in words_of("relations") else "a role"
        return self._labelled(first, loose=False, reason=f"stands after {kind}", announced=announced)

    def _near(self, place: int) -> bool:
        gap = self._gap(place)
        return 0 < len(gap) <= 3 and set(gap) <= set(" :=,(.-\u00a0")

    def _labelled(
        self, first: int, *, loose: bool, reason: str, announced: bool = True
    ) -> tuple[int, int, str, float, str] | None:
        if first >= len(self.tokens) or not self._namelike(first, lenient=False, loose=loose):
            return None
        last = self._run(first, lenient=False, loose=loose)
        known = sum(self._known(place) for place in range(first, last + 1))
        if self._headed(last) or not (known or self._foreign(first, last)):
            return None
        if not announced and not (last > first and (known or self._foreign(first, last))):
            return None
        return first, last, "people.context", 0.88 if known else 0.75, reason

    def _foreign(self, first: int, last: int) -> bool:
        """Words that no list holds, longer than an abbreviation and not written as one."""
        if any(self._raw(place).isupper() for place in range(first, last + 1)) and not self.folded.original.isupper():
            return False
        return all(
            self._word(place) in words_of("particles") or len(self._word(place)) > 3 or len(self._word(place)) == 1
            for place in range(first, last + 1)
        ) and any(len(self._word(place)) > 3 for place in range(first, last + 1))

    def _known(self, place: int) -> bool:
        word = self._word(place)
        return (
            len(word) > 1
            and (is_given(word) or is_surname(word) or not word.isascii())
            and (not is_ordinary(word) or is_given(word))
        )

    def _namelike(self, place: int, *, lenient: bool, loose: bool = False) -> bool:
        word = self._word(place)
        if not word or word.isdigit() or word in words_of("placeholders") or is_month(word):
            return False
        if word in words_of("suffixes") and place and not lenient:
            return False
        if not loose and not self._capital(place):
            return self._particles_lead(place)
        if _medical(word) or (word in words_of("joins") and not self._capital(place)):
            return False
        return lenient or not is_ordinary(word) or is_given(word) or (is_surname(word) and not self._english(place))

    def _particles_lead(self, place: int) -> bool:
        """Whether particles (`van der`) lead to a capitalised word."""
        while place + 1 < len(self.tokens) and self._word(place) in words_of("particles") and self._near(place):
            place += 1
            if self._capital(place):
                return True
        return False

    def _run(self, first: int, *, lenient: bool, loose: bool = False) -> int:
        """The last word of the name that starts at `first`: at most four words over spaces, initials, one comma."""
        last = first
        commas = 0
        while last + 1 < len(self.tokens) and last - first < _LONGEST - 1:
            gap = self._gap(last)
            initial = len(self._word(last)) == 1 or len(self._word(last + 1)) == 1
            tight = set(gap) <= set(" \u00a0\u3000-^'\u2019_·・") and 0 < len(gap) <= 2
            dotted = gap in (". ", ".") and len(self._word(last)) == 1
            family = all(self._word(place) in words_of("particles") for place in range(first, last))
            comma = gap in (", ", ",") and commas == 0 and family and not lenient
            if not (tight or dotted or comma):
                break
            following = last + 1
            paired = is_given(self._word(last)) and is_surname(self._word(following)) and self._capital(following)
            paired = paired and not _medical(self._word(following)) and not self._english(following)
            if not paired and not self._namelike(following, lenient=False, loose=loose):
                break
            if self._word(following) in words_of("joins") and not self._capital(following):
                break
            if comma and not (self._known(following) or initial):
                break
            commas += comma
            last = following
        while (
            last > first
            and self._word(last) in words_of("particles")
            and len(self._word(last)) > 1
            and (not self._capital(last))
        ):
            last -= 1
        return last

    def _english(self, place: int) -> bool:
        return self._word(place) in wordlist("words_en")

    def _headed(self, place: int) -> bool:
        following = place + 1
        if self._word(following) == "s":
            following += 1
        gap = self._gap(following - 1)
        return self._word(following) in words_of("heads") and len(gap) <= 2 and not set(gap) & set(",.;:\n^=")

    def _apposed(self, place: int) -> tuple[int, int, str, float, str] | None:
        """`Jane Doe, wife of the patient`, `John Doe (son)`: capitalised words before a relation."""
        before, after = self._gap(place - 1), self._gap(place)
        closed = before == " (" and after[:1] == ")"
        if self._word(place) not in words_of("relations") or not (closed or before == ", "):
            return None
        first = place
        while first > 0 and place - first < _LONGEST and (first == place or self._gap(first - 1) in (" ", "-")):
            word = self._word(first - 1)
            particle = word in words_of("particles")
            if not particle and (not self._capital(first - 1) or (is_ordinary(word) and not is_surname(word))):
                break
            first -= 1
        while first < place and not self._capital(first):
            first += 1
        if place - first < 2 or any(_medical(self._word(index)) for index in range(first, place)):
            return None
        return first, place - 1, "people.context", 0.85, "stands before a relation"

    def _degree(self, place: int) -> tuple[int, int, str, float, str] | None:
        """`J. Kerr MD`, `Smith, RN`: one to three capitalised words before a degree."""
        if self._word(place) not in words_of("suffixes") or self.field.nature is Nature.DESCRIPTION or place == 0:
            return None
        if not self._raw(place).isupper() and self._word(place) not in ("phd", "jr", "sr"):
            return None
        first = place
        while first > 0 and place - first < 3 and self._gap(first - 1) in (" ", ", ", ". ", ".", ","):
            before = first - 1
            if not self._capital(before) or _medical(self._word(before)) or self._word(before).isdigit():
                break
            if (
                is_ordinary(self._word(before))
                and not is_given(self._word(before))
                and not is_surname(self._word(before))
            ):
                break
            first = before
        words = [self._word(index) for index in range(first, place)]
        if not any(len(word) > 2 and (is_surname(word) or not is_ordinary(word)) for word in words):
            return None
        if all(is_ordinary(word) for word in words if len(word) > 1) or (len(words) == 1 and is_eponym(words[0])):
            return None
        return first, place - 1, "people.degree", 0.9, "stands before a degree"

    def _shaped(self, place: int) -> tuple[int, int, str, float, str] | None:
        """Names by shape alone: LAST^FIRST, Last, First, First Last, F. Last, each confirmed by the lists."""
        one, two, gap = self._word(place), self._word(place + 1), self._gap(place)
        if not two or one.isdigit() or two.isdigit() or not one.isascii():
            return None
        initial = self._initial(place, one, two, gap)
        if initial or len(one) < 2 or not self._capital(place) or not self._capital(place + 1):
            return initial
        caret = gap == "^"
        comma = gap in (", ", ",")
        blank = len(gap) == 1 and (gap in _SPACE or gap == "_")
        if not (caret or comma or blank):
            return None
        if not self._pair(one, two, caret=caret, comma=comma):
            return None
        if self._headed(place + 1) or self._refused_before(place):
            self._note(place, place + 1, "an eponym or a product: what stands beside it says so")
            return None
        reason = "a family and a given name, written as names are"
        return place, self._shape_end(place + 1), "people.shape", 0.85 if caret else 0.8, reason

    def _pair(self, one: str, two: str, *, caret: bool, comma: bool) -> bool:
        if len(two) < 2 or _medical(one) or _medical(two):
            return False
        if caret and is_surname(one) and is_given(two) and not is_ordinary(two):
            return True
        if is_ordinary(one) or (is_ordinary(two) and not is_given(two)):
            return False
        reversed_order = (is_surname(one) and is_given(two)) or (is_given(two) and not is_eponym(one))
        straight = is_given(one) and is_surname(two) and not (is_eponym(one) and is_eponym(two))
        if caret or comma:
            return reversed_order and not (is_ordinary(two) and is_eponym(one))
        if self.field.nature is Nature.DESCRIPTION:
            return straight and is_surname(two) and not is_eponym(one) and not is_eponym(two)
        return straight and not is_ordinary(two)

    def _shape_end(self, last: int) -> int:
        while (
            last + 1 < len(self.tokens)
            and self._gap(last) in (" ", "^", ". ", "-")
            and (len(self._word(last + 1)) == 1 or (self._known(last + 1) and self._capital(last + 1)))
            and not self._word(last + 1).isdigit()
            and self._capital(last + 1)
            and not self._headed(last + 1)
            and not is_month(self._word(last + 1))
        ):
            last += 1
        return last

    def _initial(self, place: int, one: str, two: str, gap: str) -> tuple[int, int, str, float, str] | None:
        """`J. Kerr` and `KERR, J.`: an initial with its stop beside a family name that is no word."""
        if self.field.nature is Nature.DESCRIPTION:
            return None
        if len(one) == 1 and gap in (". ", ".") and len(two) > 2 and self._capital(place) and self._capital(place + 1):
            sure = is_surname(two) and not is_ordinary(two) and not is_eponym(two) and not self._headed(place + 1)
            before = self._word(place - 1)
            if (
                sure
                and not (before.isdigit() and self._gap(place - 1) == " ")
                and (place == 0 or self._gap(place - 1) != ".")
            ):
                return place, place + 1, "people.initial", 0.75, "an initial and a family name"
        return None

    def _refused_before(self, place: int) -> bool:
        before = self._word(place - 1)
        return (
            place > 0
            and (before in words_of("prefix_heads") or before in words_of("vendors"))
            and (self._gap(place - 1) == " " and before not in ("of", "post", "sign", "m", "non"))
        )

    def _note(self, first: int, last: int, reason: str) -> None:
        start, end = self.folded.span(self.tokens[first].start, self.tokens[last].end)
        self.notes.append(Explanation(start, end, "people.shape", False, reason))


def _medical(word: str) -> bool:
    """Whether a word belongs to reports and pictures; particles of names do not count, though they are articles too."""
    return word in words_of("medicine") and word not in words_of("particles")
