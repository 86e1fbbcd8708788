"""Names by their shape alone, confirmed by the lists: LAST^FIRST, Last, First, First Last, F. Last."""

from auditor.identifiers.announced import Named
from auditor.identifiers.dates import is_month
from auditor.identifiers.hit import Explanation
from auditor.identifiers.phrase import Phrase, is_medical
from auditor.identifiers.scripts import vietnamese
from auditor.identifiers.vocabulary import is_eponym, is_given, is_ordinary, is_surname, is_worded, words_of

_SPACE = frozenset(" \u00a0\u3000\t")
_ELISIONS = ("'", "\u2019")
_SYLLABLE = 6  # letters of the longest in Vietnamese
_LATIN_LAST = "\u30ff"  # signs beyond kana are read by their own patterns, not by how they are romanised


def shaped(phrase: Phrase, place: int, notes: list[Explanation]) -> Named | None:
    """A name by its shape at `place`; an eponym that has the shape goes to `notes`."""
    one, two, gap = phrase.word(place), phrase.word(place + 1), phrase.gap(place)
    if not two or one.isdecimal() or two.isdecimal() or not one.isascii() or phrase.raw(place)[0] > _LATIN_LAST:
        return None
    initial = _initial(phrase, place, one, two, gap)
    if initial or len(one) < 2 or not phrase.capital(place):
        return initial or _login(phrase, place, one, two, gap)
    caret = gap == "^"
    comma = gap in (", ", ",")
    blank = len(gap) == 1 and (gap in _SPACE or gap == "_")
    if not (caret or comma or blank):
        return None
    second = _family(phrase, place + 1) if gap in _SPACE else place + 1
    two = phrase.word(second)
    if not phrase.capital(second) or not _pair(phrase, place, second, caret=caret, comma=comma, score=gap == "_"):
        return None
    if phrase.headed(second) or _refused_before(phrase, place):
        start, end = phrase.span(place, second)
        reason = "an eponym or a product: what stands beside it says so"
        notes.append(Explanation(start, end, "people.shape", False, reason))
        return None
    reason = "a family and a given name, written as names are"
    first = place
    while first > 1 and phrase.gap(first - 1) == "-" and phrase.capital(first - 1) and phrase.known(first - 1):
        first -= 1
    return first, _shape_end(phrase, second), "people.shape", 0.85 if caret else 0.8, reason


def _family(phrase: Phrase, place: int) -> int:
    """Where the family name that begins at `place` has its own word: behind `van der`, behind `O'`."""
    particles = words_of("particles")
    while (phrase.word(place) in particles and phrase.near(place) and not phrase.word(place + 1).isdecimal()) or (
        len(phrase.word(place)) == 1 and phrase.gap(place) in _ELISIONS
    ):
        place += 1
    return place


def _pair(phrase: Phrase, first: int, second: int, *, caret: bool, comma: bool, score: bool) -> bool:
    one, two = phrase.word(first), phrase.word(second)
    if _barred(phrase, first, second):
        return False
    spaced = not (caret or comma or score)
    listed = not is_eponym(one) or is_worded(one)
    if (caret or (comma and listed)) and is_surname(one) and is_given(two) and not is_ordinary(two):
        return True
    if spaced and listed and is_given(one) and not is_eponym(two) and is_surname(two) and not is_ordinary(two):
        return True
    if is_ordinary(one):
        return False
    if spaced and not is_eponym(one) and _spoken(phrase, first, second):
        return True
    if is_ordinary(two) and not is_given(two):
        return False
    return _listed(phrase, one, two, score=score, marked=not spaced)


def _barred(phrase: Phrase, first: int, second: int) -> bool:
    """Whether one of two words is never part of a name where it stands."""
    one, two = phrase.word(first), phrase.word(second)
    if len(two) < 2 or is_medical(one) or is_medical(two):
        return True
    if one in words_of("titles") or one in words_of("relations") or not words_of("placeholders").isdisjoint((one, two)):
        return True
    if second > first + 1 and is_eponym(two):
        return True  # `linea di Hilgenreiner`
    beside = (one, two) if phrase.gap(first) != " " else (one, two, phrase.word(first - 1))
    if phrase.shouted and not words_of("articles").isdisjoint(beside):
        return True  # `ÚNICA DE 12 MM`, `CITERNE DE GALIEN LIBRE`
    if _hyphened(phrase, first - 1, second):
        return True  # `May-Thurner, Budd-Chiari`
    if one in words_of("saints") and phrase.gap(first) in _SPACE and is_given(two):
        return True  # `San Diego`; who is called so is known from elsewhere
    # syllables of Vietnamese happen to spell names of other languages; a pattern of their own knows its names
    return vietnamese(phrase.folded.original) and max(len(one), len(two)) <= _SYLLABLE


def _hyphened(phrase: Phrase, before: int, second: int) -> bool:
    """Whether an eponym is joined to either of two words by a hyphen."""
    left = before >= 0 and phrase.gap(before) == "-" and is_eponym(phrase.word(before))
    return left or (phrase.gap(second) == "-" and is_eponym(phrase.word(second + 1)))


def _spoken(phrase: Phrase, first: int, second: int) -> bool:
    """A given name before a family name that is a word too, or that particles lead to; or the family name first."""
    one, two = phrase.word(first), phrase.word(second)
    led = second > first + 1 or not phrase.raw(second).isascii()  # letters with marks are no English word
    if is_given(one) and len(one) > 3 and (is_worded(two) or (led and is_surname(two) and not is_eponym(two))):
        return True
    return _family_first(phrase, one, two)


def _listed(phrase: Phrase, one: str, two: str, *, score: bool, marked: bool) -> bool:
    """Whether two words that mean nothing else are names of the right kinds for how they are written."""
    straight = is_given(one) and is_surname(two) and not (is_eponym(one) and (is_eponym(two) or len(two) < 4))
    if score and (is_ordinary(two) or len(one) < 3):
        return False
    if marked:
        reversed_order = is_given(two) and (is_surname(one) or not is_eponym(one))
        doubtful = is_ordinary(two) and (is_eponym(one) or len(one) < 3)
        return reversed_order and not doubtful
    return straight and not is_ordinary(two)


def _family_first(phrase: Phrase, one: str, two: str) -> bool:
    """`Kovács Ildikó`: the family name first over a blank, where capitals say something and neither is another word."""
    plain = not is_given(one) and is_surname(one) and is_given(two) and not is_ordinary(two) and not is_eponym(two)
    return plain and min(len(one), len(two)) > 3 and not phrase.shouted


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


def _login(phrase: Phrase, place: int, one: str, two: str, gap: str) -> Named | None:
    """`printed by maren.lindqvist`: a name as computers write it, not part of a longer dotted one."""
    if gap != "." or min(len(one), len(two)) < 4:
        return None
    dotted = (
        set(phrase.gap(place - 1) + phrase.gap(place + 1)[:1]) & set(".@/\\:") if place else phrase.gap(1)[:1] in "./"
    )
    names = is_given(one) and is_surname(two) and not is_ordinary(one) and not is_ordinary(two)
    if dotted or not names or is_eponym(one) or is_eponym(two):
        return None
    return place, place + 1, "people.shape", 0.75, "a given and a family name, joined as in the name of a user"


def _initial(phrase: Phrase, place: int, one: str, two: str, gap: str) -> Named | None:
    """`J. Kerr` and `KERR, J.`: an initial with its stop beside a family name that is no word."""
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
        if clear and follows not in ("", "'", "-", "^", "_", "/"):
            return place, place + 1, "people.initial", 0.75, "a family name and an initial"
    return None


def _refused_before(phrase: Phrase, place: int) -> bool:
    before = phrase.word(place - 1)
    return (
        place > 0
        and (before in words_of("prefix_heads") or before in words_of("vendors"))
        and (phrase.gap(place - 1) == " " and before not in ("of", "post", "sign", "m", "non"))
    )
