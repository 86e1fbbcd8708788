"""Names that their neighbours announce: titles, labels, relations, roles, degrees."""

from collections.abc import Callable
from typing import TypeAlias

from auditor.identifiers.inflection import is_declined
from auditor.identifiers.phrase import LONGEST, Phrase, is_medical
from auditor.identifiers.places import placed
from auditor.identifiers.vocabulary import is_eponym, is_given, is_ordinary, is_surname, is_worded, words_of

_NUMERALS = ("ii", "iii", "iv")
_CALLED = (("goes", "by"), ("known", "as"), ("k", "a"), ("called", "as"))
_DISCUSSED = (("d", "w"), ("s", "b"))  # discussed with, seen by
_PROJECTIONS = ("pa", "od")  # also how a picture was taken, and which eye
Named: TypeAlias = tuple[int, int, str, float, str]  # first and last place, detector, confidence, reason


def announced(phrase: Phrase, place: int) -> Named | None:
    """A name after the title, label, relation or role at `place`."""
    word = phrase.word(place)
    gap = phrase.gap(place)
    if place and word in words_of("post_titles") and phrase.gap(place - 1) == " " and _honoured(phrase, place):
        return place - 1, place - 1, "people.title", 0.85, "stands before a title"
    if word in words_of("titles") and gap.strip(" \u00a0") in ("", ".", ".,", "_") and gap:
        return _titled(phrase, place)
    if word in words_of("labels") and set(gap) & set(":=") and len(gap) <= 3:
        return _labelled(phrase, place + 1, loose=True, reason="stands after a label for a name")
    if set(gap) & set(":=") and place and phrase.word(place - 1) in words_of("staff") and len(gap) <= 3:
        return _labelled(phrase, place + 1, loose=True, reason="stands after a job with what it is about")
    if word in words_of("half_titles") and gap in (" ", ". ", "\u00a0") and _called(phrase, place + 1):
        return _labelled(phrase, place + 1, loose=False, reason="a given name after a word for a patient")
    if word in words_of("half_titles") and gap in (" ", ". ", "\u00a0") and _addressed(phrase, place + 1):
        return place + 1, place + 1, "people.context", 0.75, "a family name after a word for a patient"
    if word in words_of("relations") or word in words_of("roles"):
        return _related(phrase, place)
    return _spoken_of(phrase, place)


def _called(phrase: Phrase, place: int) -> bool:
    """Whether a given name stands here that is no other word: `pt Maren`, but not `pt supine`."""
    word = phrase.word(place)
    given = is_given(word) and len(word) > 3 and not is_ordinary(word) and not is_medical(word)
    return given and not is_eponym(word) and phrase.capital(place) and not phrase.headed(place)


def _addressed(phrase: Phrase, place: int) -> bool:
    """Whether a family name that means nothing else stands here, and the sentence goes on in small letters."""
    if place >= len(phrase.tokens) or phrase.shouted or not phrase.capital(place) or not _solely(phrase, place):
        return False
    after = phrase.gap(place)[:1] in (",", ".", ";", ")", "\n", "") or not phrase.capital(place + 1)
    return after and phrase.word(place + 1) not in words_of("heads")


def _honoured(phrase: Phrase, place: int) -> bool:
    """Whether a given or family name stands before a title that follows names: `Selin bey`, `Kovács úr`."""
    word = phrase.word(place - 1)
    known = (is_given(word) or is_surname(word)) and not is_medical(word)
    return known and len(word) > 2 and phrase.raw(place - 1).istitle() and not phrase.raw(place).isupper()


def _spoken_of(phrase: Phrase, place: int) -> Named | None:
    """A name after words of speech: `née Weir`, `maiden name Weir`, `goes by "Bill"`, `Dear Ann`, `d/w Weir`."""
    word, before, gap = phrase.word(place), phrase.word(place - 1), phrase.gap(place)
    first = place + 1
    if first >= len(phrase.tokens) or not phrase.capital(first) or not 0 < len(gap) < 4 or phrase.headed(first):
        return None
    if word in words_of("greetings") and set(gap) <= set(" ,.:!\r\n"):
        return _labelled(phrase, first, loose=False, reason="stands after a greeting")
    born = word in words_of("born") and gap in (" ", ' "', " '")
    named = word in ("name", "adi", "neve") and before in words_of("named") and gap in (" ", ' "')
    called = (before, word) in _CALLED and gap in (" ", ' "', " '", " \u201c")
    discussed = (before, word) in _DISCUSSED and phrase.gap(place - 1) == "/" and gap == " "
    if not (born or named or called or discussed):
        return None
    reason = "stands after a word for how somebody is called" if not discussed else "somebody was spoken with"
    return _labelled(phrase, first, loose=False, reason=reason)


def _titled(phrase: Phrase, place: int) -> Named | None:
    first = place + 1
    while phrase.word(first) in words_of("titles") and len(phrase.gap(first)) <= 2:
        first += 1
    while (
        phrase.word(first) in words_of("title_parts")
        and phrase.gap(first) in (".", ". ", " ")
        and not phrase.capital(first)
    ):
        first += 1
    small = _small(phrase, first, titled=True)
    if small:
        return first, small, "people.title", 0.85, "stands after a title, all in small letters"
    if first >= len(phrase.tokens) or not phrase.namelike(first, lenient=True):
        return None
    single = len(phrase.word(first)) == 1 and phrase.gap(first) not in (". ", ".", "'", "\u2019")
    written = phrase.raw(place).isupper() and "." not in phrase.gap(place)
    modality = written and (not phrase.known(first) or _modality(phrase, place, first))
    if (single and phrase.word(first).isascii()) or modality:
        return None
    last = phrase.run(first, lenient=True)
    if phrase.word(place) in words_of("half_titles") and not _called(phrase, first):
        return None
    if phrase.headed(first) or (phrase.word(place) in words_of("lay_titles") and phrase.headed(last)):
        return None
    if phrase.word(place) in ("st", "pt", "pr", "hab", "ing", "dame", "pan", "bay", "med") and is_ordinary(
        phrase.word(first)
    ):
        return None
    return first, last, "people.title", 0.95, "stands after a title"


def _modality(phrase: Phrase, place: int, first: int) -> bool:
    """Whether MR in capitals opens a text, or a short word or a plain one follows: it says how a picture is made."""
    word = phrase.word(first)
    if phrase.word(place) not in ("mr", "dr"):
        return False
    return (place == 0 and (not phrase.shouted or len(word) < 5)) or len(word) < 3 or is_ordinary(word)


def _small(phrase: Phrase, first: int, *, titled: bool) -> int:
    """The last word of a name in small letters, or 0: `sra medeiros`, `mãe: ana falcão`."""
    if first >= len(phrase.tokens) or phrase.capital(first):
        return 0
    if titled and not phrase.capital(first - 1) and _plainly(phrase, first, is_surname) and len(phrase.word(first)) > 4:
        return first
    last = first
    while last + 1 < len(phrase.tokens) and phrase.gap(last) == " " and _plainly(phrase, last, is_given):
        last += 1
        while phrase.word(last) in words_of("particles") and phrase.gap(last) == " ":
            last += 1
        family = _plainly(phrase, last, is_surname) or _plainly(phrase, last, is_declined)
        if family and len(phrase.word(last)) > 3 and not phrase.capital(last):
            return last
    return 0


def _plainly(phrase: Phrase, place: int, listed: Callable[[str], bool]) -> bool:
    """Whether a word is a name of one kind and means nothing else."""
    word = phrase.word(place)
    return listed(word) and len(word) > 2 and not (is_ordinary(word) or is_eponym(word) or is_medical(word))


def _related(phrase: Phrase, place: int) -> Named | None:
    either = phrase.gap(place) == "(" and len(phrase.word(place + 1)) == 1 and phrase.gap(place + 1) == ") "
    told = place + either  # `filho(a) de`
    first, steps = told + 1, 0
    while first < len(phrase.tokens) and steps < 2 and phrase.word(first) in words_of("joins"):
        if not (phrase.near(first - 1) or (either and steps == 0)):
            break
        first, steps = first + 1, steps + 1
    if first < len(phrase.tokens) and phrase.word(first) in words_of("titles") and phrase.near(first - 1):
        return None  # the title itself announces the name
    announced = steps > 0 or bool(set(phrase.gap(place)) & set(":=("))
    if not phrase.near(first - 1) or first >= len(phrase.tokens):
        return None
    if steps == 0 and _family_name(phrase, first):
        return first, first, "people.context", 0.75, "a family name after the word for somebody of the staff"
    small = _small(phrase, first, titled=False)
    if small:
        return first, small, "people.context", 0.8, "a given and a family name after a relation or a role"
    if steps and _agent(phrase, first):
        return first, first, "people.context", 0.8, "stands after a role and the word for by"
    kind = "a relation" if phrase.word(place) in words_of("relations") else "a role"
    return _labelled(phrase, first, loose=False, reason=f"stands after {kind}", announced=announced)


def _agent(phrase: Phrase, place: int) -> bool:
    """Whether a family name that is a word too stands alone where somebody did something: `checked by Stern`."""
    name = is_worded(phrase.word(place)) or (is_surname(phrase.word(place)) and not is_medical(phrase.word(place)))
    alone = phrase.gap(place)[:1] in (",", ".", ";", "\n", ")") and phrase.word(place) not in words_of("institutions")
    spoken = phrase.capital(place) and not phrase.raw(place).isupper() and phrase.word(place - 1) in words_of("agents")
    return name and alone and spoken and phrase.word(place) not in words_of("vendors")


def _labelled(phrase: Phrase, first: int, *, loose: bool, reason: str, announced: bool = True) -> Named | None:
    if first >= len(phrase.tokens) or not phrase.namelike(first, lenient=False, loose=loose) or placed(phrase, first):
        return None
    last = phrase.run(first, lenient=False, loose=loose)
    if not any(phrase.capital(place) for place in range(first, last + 1)) and not loose:
        return None
    if all(phrase.word(place) in words_of("vendors") for place in range(first, last + 1)):
        return None
    known = sum(phrase.known(place) for place in range(first, last + 1))
    if phrase.headed(last) or not (known or (not phrase.shouted and phrase.foreign(first, last))):
        return None
    if (
        not announced
        and not (last > first and (known or phrase.foreign(first, last)))
        and not _first_name(phrase, first)
    ):
        return None
    return first, last, "people.context", 0.88 if known else 0.75, reason


def _family_name(phrase: Phrase, place: int) -> bool:
    """Whether a family name that means nothing else stands alone right after a job: `lekarz Nowicka`."""
    raw = phrase.raw(place)
    job = phrase.word(place - 1) in words_of("staff") and phrase.gap(place - 1) in (" ", ". ")
    alone = not phrase.known(place + 1) or phrase.gap(place) not in (" ", "-", "^", ", ")
    return job and alone and raw.istitle() and _solely(phrase, place)


def _solely(phrase: Phrase, place: int) -> bool:
    """Whether a word of four letters or more is a family name, and neither a town nor a word of its own."""
    word = phrase.word(place)
    plain = len(word) > 3 and (_plainly(phrase, place, is_surname) or _plainly(phrase, place, is_declined))
    return plain and not phrase.headed(place) and placed(phrase, place) is None


def _first_name(phrase: Phrase, place: int) -> bool:
    """Whether a word right after a relation or a job is a given name and nothing else: `daughter Femke`."""
    word, before = phrase.word(place), phrase.word(place - 1)
    kin = before in words_of("relations") and phrase.gap(place)[:1] in (",", ".", ";", ")", "(")
    given = is_given(word) and len(word) > 3 and not is_eponym(word) and not is_medical(word)
    given = given and (not is_ordinary(word) or (kin and not phrase.raw(place).isupper()))
    person = before in words_of("relations") or before in words_of("staff")
    return given and person and phrase.gap(place - 1) in (" ", ". ") and not phrase.headed(place)


def apposed(phrase: Phrase, place: int) -> Named | None:
    """`Jane Doe, wife of the patient`, `John Doe (son)`: capitalised words before a relation."""
    before, after = phrase.gap(place - 1), phrase.gap(place)
    closed = before == " (" and after[:1] == ")"
    if phrase.word(place) not in words_of("relations") or not (closed or before == ", "):
        return None
    first = place
    while first > 0 and place - first < LONGEST and (first == place or phrase.gap(first - 1) in (" ", "-")):
        word = phrase.word(first - 1)
        particle = word in words_of("particles")
        if not particle and (not phrase.capital(first - 1) or (is_ordinary(word) and not is_surname(word))):
            break
        first -= 1
    while first < place and not phrase.capital(first):
        first += 1
    if place - first < 2 or any(is_medical(phrase.word(index)) for index in range(first, place)):
        return None
    return first, place - 1, "people.context", 0.85, "stands before a relation"


def before_degree(phrase: Phrase, place: int) -> Named | None:
    """`J. Kerr MD`, `Smith, RN`: one to three capitalised words before a degree."""
    if phrase.word(place) not in words_of("suffixes") or place == 0:
        return None
    if not phrase.raw(place).isupper() and phrase.word(place) not in ("phd", "jr", "sr"):
        return None
    joining = phrase.word(place) in words_of("articles") and phrase.gap(place)[:1] == " "  # `COMPUTADORIZADA DO CRÂNIO`
    if joining or (phrase.word(place) in _PROJECTIONS and not _signed(phrase, place)):
        return None
    first = place
    while first > 0 and place - first < 3 and phrase.gap(first - 1) in (" ", ", ", ". ", ".", ",", "-", "'"):
        before = first - 1
        if not phrase.capital(before) or is_medical(phrase.word(before)) or phrase.word(before).isdecimal():
            break
        if (
            is_ordinary(phrase.word(before))
            and not is_given(phrase.word(before))
            and not is_surname(phrase.word(before))
        ):
            break
        first = before
    words = [phrase.word(index) for index in range(first, place)]
    if not any(len(word) > 2 and (is_surname(word) or not is_ordinary(word)) for word in words):
        return None
    initialled = any(len(word) == 1 for word in words) and any(is_surname(word) for word in words)
    worded = all(is_ordinary(word) for word in words if len(word) > 1)
    if (worded and not initialled) or (len(words) == 1 and is_eponym(words[0])):
        return None
    if phrase.word(place) in _NUMERALS and (
        any(map(is_eponym, words)) or not any(map(is_given, words)) or len(words) < 2
    ):
        return None  # Salter-Harris II is a grade, John Smith II is not
    return first, place - 1, "people.degree", 0.9, "stands before a degree"


def _signed(phrase: Phrase, place: int) -> bool:
    """Whether a given and a family name stand before the degree at `place`, over a comma."""
    one, two = phrase.word(place - 2), phrase.word(place - 1)
    people = (is_given(one) or len(one) == 1) and is_surname(two) and not is_ordinary(two)
    return people and phrase.gap(place - 1) == ", "
