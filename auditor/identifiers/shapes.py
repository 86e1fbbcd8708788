"""Names by their shape alone, confirmed by the lists: LAST^FIRST, Last, First, First Last, F. Last."""

from auditor.identifiers.announced import Named
from auditor.identifiers.dates import is_month
from auditor.identifiers.field import Nature
from auditor.identifiers.hit import Explanation
from auditor.identifiers.phrase import Phrase, is_medical
from auditor.identifiers.vocabulary import is_eponym, is_given, is_ordinary, is_surname, words_of

_SPACE = frozenset(" \u00a0\u3000\t")


def shaped(phrase: Phrase, place: int, notes: list[Explanation]) -> Named | None:
    """A name by its shape at `place`; an eponym that has the shape goes to `notes`."""
    one, two, gap = phrase.word(place), phrase.word(place + 1), phrase.gap(place)
    if not two or one.isdecimal() or two.isdecimal() or not one.isascii():
        return None
    initial = _initial(phrase, place, one, two, gap)
    if initial or len(one) < 2 or not phrase.capital(place) or not phrase.capital(place + 1):
        return initial
    caret = gap == "^"
    comma = gap in (", ", ",")
    blank = len(gap) == 1 and (gap in _SPACE or gap == "_")
    if not (caret or comma or blank):
        return None
    if not _pair(phrase, one, two, caret=caret, comma=comma, score=gap == "_"):
        return None
    if phrase.headed(place + 1) or _refused_before(phrase, place):
        start, end = phrase.folded.span(phrase.tokens[place].start, phrase.tokens[place + 1].end)
        reason = "an eponym or a product: what stands beside it says so"
        notes.append(Explanation(start, end, "people.shape", False, reason))
        return None
    reason = "a family and a given name, written as names are"
    return place, _shape_end(phrase, place + 1), "people.shape", 0.85 if caret else 0.8, reason


def _pair(phrase: Phrase, one: str, two: str, *, caret: bool, comma: bool, score: bool) -> bool:
    if len(two) < 2 or is_medical(one) or is_medical(two):
        return False
    listed = phrase.nature is not Nature.DESCRIPTION and not is_eponym(one)
    if (caret or (comma and listed)) and is_surname(one) and is_given(two) and not is_ordinary(two):
        return True
    spoken = not (caret or comma or score) and listed and is_given(one) and not is_eponym(two)
    if spoken and is_surname(two) and not is_ordinary(two):
        return True
    if is_ordinary(one) or (is_ordinary(two) and not is_given(two)):
        return False
    reversed_order = (is_surname(one) and is_given(two)) or (is_given(two) and not is_eponym(one))
    straight = is_given(one) and is_surname(two) and not (is_eponym(one) and is_eponym(two))
    if score and (is_ordinary(two) or len(one) < 3):
        return False
    if caret or comma or score:
        return reversed_order and not (is_ordinary(two) and is_eponym(one))
    if phrase.nature is Nature.DESCRIPTION:
        return straight and is_surname(two) and not is_eponym(one) and not is_eponym(two)
    return straight and not is_ordinary(two)


def _shape_end(phrase: Phrase, last: int) -> int:
    while (
        last + 1 < len(phrase.tokens)
        and phrase.gap(last) in (" ", "^", ". ", "-")
        and (len(phrase.word(last + 1)) == 1 or (phrase.known(last + 1) and phrase.capital(last + 1)))
        and not phrase.word(last + 1).isdecimal()
        and phrase.capital(last + 1)
        and not phrase.headed(last + 1)
        and not is_month(phrase.word(last + 1))
    ):
        last += 1
    return last


def _initial(phrase: Phrase, place: int, one: str, two: str, gap: str) -> Named | None:
    """`J. Kerr` and `KERR, J.`: an initial with its stop beside a family name that is no word."""
    if phrase.nature is Nature.DESCRIPTION:
        return None
    if len(one) == 1 and gap in (". ", ".") and len(two) > 2 and phrase.capital(place) and phrase.capital(place + 1):
        sure = is_surname(two) and not is_ordinary(two) and not is_eponym(two) and not phrase.headed(place + 1)
        before = phrase.word(place - 1)
        if (
            sure
            and not (before.isdecimal() and phrase.gap(place - 1) == " ")
            and (place == 0 or phrase.gap(place - 1) != ".")
        ):
            return place, place + 1, "people.initial", 0.75, "an initial and a family name"
    if len(two) == 1 and gap in (",", ", ", "^") and len(one) > 2 and phrase.raw(place + 1).isupper():
        follows = phrase.gap(place + 1)[:1]
        clear = is_surname(one) and not is_ordinary(one) and not is_eponym(one) and phrase.capital(place)
        if clear and follows not in ("'", "-", "^", "_"):
            return place, place + 1, "people.initial", 0.75, "a family name and an initial"
    return None


def _refused_before(phrase: Phrase, place: int) -> bool:
    before = phrase.word(place - 1)
    return (
        place > 0
        and (before in words_of("prefix_heads") or before in words_of("vendors"))
        and (phrase.gap(place - 1) == " " and before not in ("of", "post", "sign", "m", "non"))
    )
