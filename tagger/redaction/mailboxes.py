"""Mailboxes as people say them, and as they write them so that machines miss them."""

from __future__ import annotations

import re

from tagger.redaction.everyday import is_everyday
from tagger.redaction.given_names import GIVEN_NAMES
from tagger.redaction.phrases import MAILERS
from tagger.redaction.recogniser import Hit, Recogniser
from tagger.redaction.spelled import AS_IN
from tagger.redaction.spoken import NUMBER_WORD
from tagger.redaction.wording import words

_I = re.IGNORECASE
_HOST = (
    rf"(?:i cloud|g mail|hot mail|out look|proton mail|bt internet|{MAILERS}|[a-z0-9][a-z0-9-]{{1,30}}"
    r"(?: (?!dot\b|at\b|is\b|and\b)[a-z]{2,15})?)"
)
_AT_HOST = re.compile(
    rf"\s(?:at|@)(?: the rate(?: of)?| sign)?\s(?P<host>{_HOST})"
    rf"(?P<ending>(?:(?:\sdot\s|\s?\.\s?)[a-z]{{2,10}}(?![a-z])){{1,3}}|(?<=mail|ahoo|look|loud)\scom)(?!\w)",
    _I,
)
_TOKEN = re.compile(r"[a-z0-9][\w.+'’-]*", _I)
_JOINT = frozenset(words("dot underscore dash hyphen point period plus minus"))
_COUNTING = re.compile(rf"(?:{NUMBER_WORD}|\d+)", _I)
_WORDED = re.compile(rf"(?<!\w)[a-z]{AS_IN}$", _I)
_ADDED = re.compile(r",? (?:all (?:one word|lower ?case|small(?: letters)?|together)|no spaces?)$", _I)
_ASIDE = frozenset(words("is it its it's to at email mail address me my and the or a an on from that's thats um uh be"))
_MOST_TOKENS = 40
_MOST_WORDS = 3
_REACH = 400


def _said(match: re.Match[str]) -> Hit | None:
    """What is said before `at gmail dot com`, back to the first word that is not part of the mailbox."""
    text, end = match.string, match.start()
    if added := _ADDED.search(text, max(0, end - 24), end):
        end = added.start()
    start, marked = _start(text, end)
    if start == end:
        return None
    known = re.fullmatch(MAILERS, match["host"].replace(" ", ""), _I)
    return Hit("EMAIL", start, match.end()) if known or marked else None


def _start(text: str, end: int) -> tuple[int, bool]:
    """Where the mailbox that ends at `end` begins, and whether something but one plain word is in it."""
    at, plain, marked, joined = end, 0, False, True
    tokens = list(_TOKEN.finditer(text, max(0, end - _REACH), end))[-_MOST_TOKENS:]
    while tokens:
        if worded := _WORDED.search(text, max(0, tokens[-1].end() - 30), tokens[-1].end()):
            at, marked, joined = worded.start(), True, True
            tokens = [token for token in tokens if token.end() <= worded.start()]
            continue
        token = tokens.pop()
        word = token[0].lower()
        if text[token.end() : at].strip(" ,-"):
            break
        if word in _JOINT or _COUNTING.fullmatch(word) or _is_letter(word, token.start(), joined=joined):
            at, marked, joined = token.start(), True, word in _JOINT or len(word) == 1
            continue
        if plain >= _MOST_WORDS or word in _ASIDE or not (joined or _goes_on(word, plain)):
            break
        at, plain, joined = token.start(), plain + 1, False
        marked = marked or not word.isalpha()
    return at, marked


def _is_letter(word: str, at: int, *, joined: bool) -> bool:
    """A letter that was said by itself; `a` and `i` are words, unless they stand first or beside another letter."""
    return len(word) == 1 and (joined or word not in "ai" or at == 0)


def _goes_on(word: str, plain: int) -> bool:
    """Whether a word that nothing joins to the next belongs to the mailbox: the first one, a name, an unheard one."""
    return plain == 0 or word in GIVEN_NAMES or not is_everyday(word)


MAILBOXES_SAID: tuple[Recogniser, ...] = (Recogniser("EMAIL", _AT_HOST, _said, (" at ", " @ ")),)
"""Before mailboxes as they are typed."""

MAILBOXES_MISTYPED: tuple[Recogniser, ...] = (
    Recogniser(
        "EMAIL",
        re.compile(
            r"(?<![\w.+-])[\w.+-]{2,64}(?:(?: @ ?|@ )[\w-]{2,30}\s?[.,]\s?"
            rf"|@(?:{MAILERS}(?:\s[.,]\s?|,\s?)|[\w-]{{2,30}} \. ?))[a-z]{{2,4}}(?:\.[a-z]{{2}})?\b",
            _I,
        ),
        hints=("@",),
    ),
)
"""`jane.roe @ gmail.com`, `janeroe@gmail,com`: before what is typed right, of which they would be the half."""
