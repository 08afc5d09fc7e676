"""How names of people are built: which words can be part of one, and where one that begins here ends."""

from __future__ import annotations

import re

from tagger.redaction.everyday import is_everyday
from tagger.redaction.given_names import GIVEN_NAMES
from tagger.redaction.wording import words
from tagger.redaction.words import NOT_FAMILY, NOT_NAMES

LETTER = r"[^\W\d_]"
NAME_TOKEN = rf"{LETTER}{{1,30}}(?:['’-]{LETTER}{{1,30}})?"
CAPITAL = rf"(?=[A-ZÀ-ÖØ-Þ](?:['’][A-Z])?[a-zß-ÿ]){NAME_TOKEN}"
PARTICLES = frozenset(
    words(
        "van von de der den del della da das do dos di du al el la las los le bin ibn abu mac mc ter ten te zu st san"
    )
)
_WORD = re.compile(NAME_TOKEN)
_INITIAL = re.compile(r"(?P<letter>[A-Za-z])\.? (?=[^\W\d_])")
_SHORTENED = frozenset(("s", "re", "ll", "ve", "d", "m", "t"))
"""What an apostrophe may stand before in `she's` and `you're`; `o'connor` goes on otherwise."""
_PRONOUNS = frozenset(words("i you he she it we they who what how where that there let"))
_SIGNS = str.maketrans("", "", "'’-")
_ADJECTIVES = ("able", "ible", "ious", "eous", "less", "ful")
_SHORT_FAMILIES = frozenset(("wu", "li", "xu", "yu", "ng", "hu", "lu", "ye", "du", "ko", "ma", "ho", "le", "vo"))
_FAMILY_ENDINGS = ("ed", "ing", "ly", "tion", "ment", "able", "ible", "ful", "less", "ness", "ous", "ive", "ies")
_VERB_ENDINGS = ("ed", "ing", "ly", "nt", "es")
_MOST_WORDS = 5


def is_name_word(word: str) -> bool:
    """True for a word that can be part of a name: letters, and not an everyday word."""
    if len(word) > 6 and word.lower().endswith(_ADJECTIVES):
        return False
    lowered = word.casefold().replace("’", "'")
    if lowered.translate(_SIGNS) in NOT_NAMES or len(word) < 2:
        return False
    head, sign, tail = lowered.partition("'")
    if sign and tail in _SHORTENED and (head in NOT_NAMES or head in _PRONOUNS):
        return False
    return not all(part in NOT_NAMES for part in lowered.split("-"))


def is_first_name(word: str) -> bool:
    """True for a first name of the list, also one that is a word."""
    return word.casefold() in GIVEN_NAMES


def is_unheard(word: str) -> bool:
    """True for a word that is none of everyday English nor looks like one: a name, where a name can stand."""
    lowered = word.casefold()
    if lowered in GIVEN_NAMES:
        return True
    return len(word) > 2 and not is_everyday(word) and not lowered.endswith(_VERB_ENDINGS)


def person_end(text: str, start: int, *, sure: bool = False) -> int:
    """Where the name that begins at `start` ends; `start` itself where no name begins.

    Behind the first word: letters for middle names, particles with what follows them, and family names. After a `sure`
    announcement each word up to the first that cannot be part of a name belongs to it, in any case.
    """
    first = _WORD.match(text, start)
    if first is None or not is_name_word(first[0]):
        return start
    capital, end = first[0][0].isupper() and not first[0].isupper(), first.end()
    for _ in range(_MOST_WORDS):
        further = _part_end(text, end, capital=capital, sure=sure)
        if further == end:
            break
        end = further
        if not capital and not sure:
            break
    return end


def _part_end(text: str, end: int, *, capital: bool, sure: bool) -> int:
    """The end of the next part of a name, behind one space; `end` where none follows."""
    if text[end : end + 1] != " ":
        return end
    at = end + 1
    initial = _INITIAL.match(text, at)
    if initial and (initial["letter"].isupper() or not capital):
        after = _WORD.match(text, initial.end())
        vowel = initial["letter"] in "aiou"  # `bronwyn a hargreaves`, not `bronwyn a week ago`
        fits = after and (is_unheard(after[0]) if vowel else is_family(after[0], capital=capital))
        return after.end() if after and fits else end
    word = _WORD.match(text, at)
    particles = False
    while word is not None and word[0].lower() in PARTICLES and text[word.end() : word.end() + 1] == " ":
        following = _WORD.match(text, word.end() + 1)
        if following is None:
            break
        word, particles = following, True
    if word is None:
        return end
    if particles:
        fits = word[0][0].isupper() or (not capital and word[0].lower() not in NOT_FAMILY)
        return word.end() if fits else end
    titled = sure and capital and word[0].istitle() and len(word[0]) > 1
    return word.end() if titled or is_family(word[0], capital=capital) or (sure and is_unheard(word[0])) else end


def is_family(word: str, *, capital: bool) -> bool:
    """Whether the word after a first name is its family name; in small letters no everyday word, nor of its endings."""
    if capital:
        return word[0].isupper() and is_name_word(word)
    lowered = word.lower()
    if lowered in _SHORT_FAMILIES:
        return True
    if len(word) < 3 or lowered in NOT_FAMILY or not is_name_word(word):
        return False
    return lowered in GIVEN_NAMES or not lowered.endswith(_FAMILY_ENDINGS)
