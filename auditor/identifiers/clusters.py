"""Groups of neighbouring words that name a known person, and the judgement whether a group is proof."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from auditor.identifiers.compiled import Compiled
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.fold import Folded, Token
from auditor.identifiers.hit import Explanation, Hit
from auditor.identifiers.kind import Kind
from auditor.identifiers.resource import wordlist
from auditor.identifiers.scripts import stands_alone, vietnamese
from auditor.identifiers.spelling import near, sound
from auditor.identifiers.vocabulary import is_eponym, is_ordinary, is_surname, words_of

_DETECTOR = "identity.name"
_GAP = 3
_SENTENCE = 64  # characters before a word in which the sign stands that ends the sentence before, if any does
_NOUN = 5  # letters of words that are family names and nouns in many languages: frost, rose, plum, stone
_SYLLABLES = 2  # of a Vietnamese name in small letters, which are words too
_EAST = 0x2E7F
_JOINTS = frozenset(" ,.^_-'\u2019=\t·・;&+\u3000\u00a0/|\\")
_TIGHT = frozenset(Nature) - {Nature.FREE_TEXT, Nature.UID, Nature.FILE_NAME}


def clusters(
    folded: Folded, tokens: Sequence[Token], target: Compiled, field: Field, notes: list[Explanation] | None
) -> Iterator[Hit]:
    """Every group of words that names the person of `target`; a refused group goes to `notes` with the reason."""
    index = 0
    while index < len(tokens):
        if not _named(tokens[index].text, target):
            index += 1
            continue
        first, last = _grown(folded, tokens, index, target)
        start, end = folded.span(tokens[first].start, tokens[last].end)
        refusal = _refusal(folded, tokens, first, last, target, field)
        if not refusal:
            many = "several parts of a known name" if last > first else "a part of a known name"
            yield Hit(start, end, Kind.NAME, _DETECTOR, 0.99 if last > first else 0.93, many)
        if notes is not None and refusal:
            notes.append(Explanation(start, end, _DETECTOR, False, refusal))
        index = last + 1


def _named(word: str, target: Compiled) -> bool:
    """Whether a word is a part of the name, or a form of one that proves itself."""
    return word in target.names or word in target.inflected


def _grown(folded: Folded, tokens: Sequence[Token], index: int, target: Compiled) -> tuple[int, int]:
    first = last = index
    while last + 1 < len(tokens) and _belongs(folded, tokens, last, last + 1, target, first):
        last += 1
    while first > 0 and _belongs(folded, tokens, first - 1, first, target, first - 1, new=first - 1):
        first -= 1
    while last > index and tokens[last].text in words_of("particles") and tokens[last].text not in target.alone:
        last -= 1
    return first, last


def _belongs(
    folded: Folded, tokens: Sequence[Token], left: int, right: int, target: Compiled, first: int, new: int = -1
) -> bool:
    """Whether two neighbours are joined, and the new one is a part, an initial or sounds like a part."""
    gap = folded.text[tokens[left].end : tokens[right].start]
    if len(gap) > _GAP or not set(gap) <= _JOINTS:
        return False
    word = tokens[new if new >= 0 else right].text
    if _named(word, target):
        return True
    if len(word) == 1:
        return word in target.initials and not _single_word(folded, tokens, left, right)
    if is_ordinary(word) or len(word) < 4 or not word.isalpha():
        return False
    alike = sound(word) in target.sounds
    return alike and any(word[0] == name[0] and near(word, name, 2) for name in target.names)


def _single_word(folded: Folded, tokens: Sequence[Token], left: int, right: int) -> bool:
    """Whether the single letter is a lower-case word of the sentence (`a`, `y`, `e`) and no initial."""
    for place in (left, right):
        token = tokens[place]
        if token.end - token.start == 1:
            start, end = folded.span(token.start, token.end)
            after = folded.text[token.end : token.end + 1]
            return folded.original[start:end].islower() and after != "." and folded.text != folded.original
    return False


def _refusal(folded: Folded, tokens: Sequence[Token], first: int, last: int, target: Compiled, field: Field) -> str:
    """Why this group is no proof, or an empty string."""
    group = tokens[first : last + 1]
    parts = {token.text for token in group}
    if refusal := _no_words_of_names(folded, tokens, first, last):
        return refusal
    if len(group) > 1 and (len(parts & target.names) > 1 or parts & target.alone or target.inflected.among(parts)):
        return ""
    word = next((token for token in group if token.text in target.names), None)
    if word is None or (len(group) > 1 and _capital(folded, word) and _beside_initial(group)):
        return ""
    heads = words_of("strong_heads" if word.text in target.alone else "heads")
    if _stands_before_head(folded, tokens, last, heads) or _stands_after_head(tokens, first, word):
        return "an eponym: a medical word stands beside it"
    if word.text in target.alone:
        return ""
    if _ideogram(word.text):
        return "" if word.text not in words_of("ideograms") else "a sign that is an ordinary word alone"
    if len(word.text) < 2 or (len(word.text) == 2 and len(group) == 1 and word.text.isascii()):
        heads_file = len(word.text) > 1 and word.text in target.families and _heads_a_name(folded, word, field)
        return "" if heads_file else "too short to be proof alone"
    if len(group) > 1 and _capital(folded, word):
        return ""
    return _ambiguous(folded, tokens, first, word, field)


def _no_words_of_names(folded: Folded, tokens: Sequence[Token], first: int, last: int) -> str:
    """Why a group is a word of language although somebody is called so, or an empty string."""
    group = tokens[first : last + 1]
    if all(len(token.text) == 1 and token.text.isascii() for token in group):
        return "letters alone, as pictures of the spine bear (L-S)"
    if len(group) <= _SYLLABLES and vietnamese(folded.original) and not any(_capital(folded, token) for token in group):
        return "syllables in small letters, as Vietnamese words are"
    if len(group) == 1 and not stands_alone(folded.original, *folded.span(group[0].start, group[0].end)):
        return "a word of reports in Korean or Vietnamese"
    if len(group) == 1 and _one_sign(folded, group[0]) and not _ideogram(group[0].text):
        return "one sign that sounds like a name"
    if (
        len(group) == 1
        and _murmured(folded, tokens, first)
        and (len(group[0].text) <= _NOUN or tokens[first + 1].text in words_of("half_titles"))
    ):
        return "a short word in small letters that opens others, and nothing beside it says that a person is meant"
    return ""


def _heads_a_name(folded: Folded, word: Token, field: Field) -> bool:
    """Whether a short family name with a capital begins the name of a file or folder, or is all of an AE title."""
    if not _capital(folded, word) or word.text in words_of("short_codes"):
        return False
    if field.nature is Nature.FILE_NAME:
        before, after = folded.text[word.start - 1 : word.start], folded.text[word.end : word.end + 1]
        return before in ("", "/", "\\") and after in ("", "/", "\\", "_", "-", " ", "^", ".")
    return field.nature is Nature.CODE and "Title" in field.label and folded.text.strip() == word.text


def _ideogram(word: str) -> bool:
    """Whether a word is one sign of an East Asian script, as many family names are."""
    return len(word) == 1 and ord(word) > _EAST


def _one_sign(folded: Folded, token: Token) -> bool:
    """Whether the word is written with one sign of an East Asian script: seconds (초) sound like Cho."""
    start, end = folded.span(token.start, token.end)
    return end - start == 1 and ord(folded.original[start]) > _EAST


def _murmured(folded: Folded, tokens: Sequence[Token], first: int) -> bool:
    """Whether the word opens a text of several words that is all in small letters: `frost and hail`."""
    return first == 0 and len(tokens) > 1 and folded.original.islower() and " " in folded.original


def _beside_initial(group: Sequence[Token]) -> bool:
    return any(len(token.text) == 1 for token in group)


def _ambiguous(folded: Folded, tokens: Sequence[Token], first: int, word: Token, field: Field) -> str:
    """The verdict on a known name that is also a word: it needs a sign that a person is meant."""
    before = tokens[first - 1].text if first else ""
    if before in words_of("titles") | words_of("labels") | words_of("relations") | words_of("roles"):
        return ""
    if word.text in words_of("particles") or word.text in words_of("titles"):
        return "a word of names in general"
    if len(tokens) == 1 and field.nature not in (Nature.CODE, Nature.DESCRIPTION):
        return ""
    meant = word.text in words_of("medicine") or word.text in words_of("vendors") or not is_surname(word.text)
    if not meant and (field.nature is Nature.FILE_NAME or (field.nature in _TIGHT and _capital(folded, word))):
        return ""
    if field.nature in (Nature.CODE, Nature.DESCRIPTION, Nature.UID):
        return "also an ordinary or medical word, and nothing beside it says that a person is meant"
    if is_eponym(word.text) and not is_ordinary(word.text):
        return "" if _capital(folded, word) else "an eponym in lower case"
    if not meant and not _english(word.text) and _capital(folded, word):
        return ""
    if (
        field.nature is Nature.FREE_TEXT
        and _capital(folded, word)
        and not _sentence_word(folded, tokens, word)
        and not _shouted(folded)
    ):
        return ""
    return "also an ordinary word, and nothing beside it says that a person is meant"


def _english(word: str) -> bool:
    return word in wordlist("words_en")


def _capital(folded: Folded, token: Token) -> bool:
    start, _ = folded.span(token.start, token.end)
    return not folded.original[start].islower()


def _sentence_word(folded: Folded, tokens: Sequence[Token], token: Token) -> bool:
    """Whether the capital may come from the start of a sentence that goes on in lower case."""
    before = folded.text[max(0, token.start - _SENTENCE) : token.start].rstrip(" \t\"'(")
    if before and before[-1] not in ".!?\n:;":
        return False
    place = bisect_left(tokens, token.end, key=_start)
    return place < len(tokens) and not tokens[place].text.isdecimal() and not _capital(folded, tokens[place])


def _start(token: Token) -> int:
    return token.start


def _shouted(folded: Folded) -> bool:
    return folded.original.isupper()


def _stands_before_head(folded: Folded, tokens: Sequence[Token], last: int, heads: frozenset[str]) -> bool:
    follower = last + 1
    if follower < len(tokens) and tokens[follower].text == "s":
        follower += 1
    if follower >= len(tokens):
        return False
    gap = folded.text[tokens[last].end : tokens[follower].start]
    return tokens[follower].text in heads and len(gap) <= _GAP and not set(gap) & set(",.;:\n^=")


def _stands_after_head(tokens: Sequence[Token], first: int, word: Token) -> bool:
    return (
        first > 0
        and tokens[first - 1].text in words_of("prefix_heads") - {"of", "post", "non", "m", "sign"}
        and (is_eponym(word.text))
    )
