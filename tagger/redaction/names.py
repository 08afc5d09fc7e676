"""Names of people, found only where something says that a name comes: no list of names is complete."""

from __future__ import annotations

import re

from tagger.redaction.people import CAPITAL, NAME_TOKEN, is_name_word, person_end
from tagger.redaction.recogniser import Hit, Recogniser
from tagger.redaction.wording import words
from tagger.redaction.words import NOT_FAMILY

_TWO_CAPITALS = rf"{CAPITAL}(?= (?:[A-ZÀ-ÖØ-Þ]|(?:van|von|de|del|la|da|al|el|bin) ))"
_OWN = (
    r"(?:(?:my|(?:the )?customer'?s?|account holder'?s?|his|her|our|your)(?: own)?"
    r" (?:full |first |last |maiden |middle |family |given )?"
    r"|(?:full|first|last|maiden|middle|family|given|sur|birth|customer|caller)[ -]?)names?"
)
_ABROAD = (
    r"me llamo|mi nombre es|ich hei(?:ß|ss)e|mein name ist|je m['’]appelle|mon nom est|mi chiamo|il mio nome è"
    r"|meu nome é|me chamo|ik heet|mijn naam is|jag heter|mitt namn är|nazywam się|mam na imię"
)
_PLACE = r"(?: on (?:the |my |your )?(?:account|card|order|booking|file))?"
_FAMILY = "husband|wife|son|daughter|mother|father|mom|mum|dad|brother|sister|partner|colleague|boss|friend|uncle|aunt"
_BEFORE_CODE = (
    r"(?:ssn|password|passcode|pin|zip|dob|phone|email|(?:account|acct?|policy|claim|confirmation|booking|order|card)"
    r"(?: (?:number|num|no|id))?)(?: (?:is|as))? \W?\w*\d"
)
_GREETING = (
    r"thank you(?: so much| very much)?|thanks(?: a lot| so much)?|hi|hello|hey|dear|welcome|sure|okay|ok|great|sorry"
    r"|certainly|alright|good (?:morning|afternoon|evening|day)|perfect|awesome|absolutely|bye|goodbye|(?:kind"
    r" )?regards"
    r"|sincerely|cheers|best(?: wishes)?|yours(?: truly| faithfully)?|many thanks|all the best"
)
_PERSON = (
    r"lady|man|guy|woman|gentleman|girl|boy|agent|advis[eo]r|rep(?:resentative)?|person|someone|somebody|colleague|he"
    r"|she"
    r"|employee|clerk|manager|supervisor|operator|assistant|driver|engineer|technician|courier|nurse|doctor"
)
_ROLE = r"(?:customer|user|visitor|guest|agent|advis[eo]r|rep|operator|caller|client|member|patient|passenger)"


def _told(match: re.Match[str]) -> Hit | None:
    """A word in any case where nearly only a name can stand."""
    start = match.start("v")
    end = person_end(match.string, start, sure=match["v"][0].islower())
    return Hit("NAME", start, end) if end > start and match["v"].lower() not in NOT_FAMILY else None


def _beside_code(match: re.Match[str]) -> Hit | None:
    """`name jane`, and the words before `ssn 1234` or `and password x` at the beginning of a turn."""
    if match["v"] is not None:
        return _told(match)
    words = match["v2"].split()
    if all(is_name_word(word) and word.lower() not in NOT_FAMILY for word in words):
        return Hit("NAME", *match.span("v2"))
    return None


def _introduced(match: re.Match[str]) -> Hit | None:
    """After `my name is`: a name of several words, in any case."""
    return Hit("NAME", match.start("v"), person_end(match.string, match.start("v"), sure=True))


def _before_verb(match: re.Match[str]) -> Hit | None:
    """A name that reaches to the word behind the match."""
    whole = person_end(match.string, match.start("v")) == match.end("v")
    return Hit("NAME", *match.span("v")) if whole else None


def _two(match: re.Match[str]) -> Hit | None:
    """A name of two words at least."""
    end = person_end(match.string, match.start("v"))
    return Hit("NAME", match.start("v"), end) if end > match.end("v") else None


def _lone(match: re.Match[str]) -> Hit | None:
    """One capitalised word after `I am`: a name, unless it has the ending of a feeling or a nationality."""
    word = match["v"]
    endings = ("ed", "ing", "ous", "able", "ful", "ian", "ican", "ish", "ese")
    feeling = len(word) > 5 and word.lower().endswith(endings)
    return Hit("NAME", *match.span("v")) if is_name_word(word) and not feeling else None


def _addressed(match: re.Match[str]) -> Hit | None:
    """After a title, a greeting or thanks; the name of the month or of a brand is not a person."""
    start, end = match.span("v")
    whole = person_end(match.string, start)
    return Hit("NAME", start, whole) if whole >= end else None


NAME_RECOGNISERS: tuple[Recogniser, ...] = (
    Recogniser(
        "NAME",
        re.compile(
            rf"\b(?i:{_OWN}{_PLACE}(?: is|'s| was|\s?[:=-])|pulled up for|on behalf of"
            rf"|{_ABROAD}|(?:^|hi |hello |hey |and )my name(?! (?:is|was)\b)) {{0,2}}"
            rf"(?<=[ :=-])(?P<v>{NAME_TOKEN})"
        ),
        _introduced,
        (
            "name",
            "pulled up",
            "behalf",
            "llamo",
            "nombre",
            "hei",
            "appelle",
            "mon nom",
            "chiamo",
            "nome",
            "chamo",
            "heet",
            "naam",
            "heter",
            "namn",
            "nazywam",
            "mam na",
        ),
    ),
    Recogniser(
        "NAME",
        re.compile(
            rf"(?i:(?:^|[.,;] |\b(?:and|sure|ok|okay|yes|yeah) )(?:my )?(?:(?:first|last|full|sur|family)"
            rf" ?)?names?(?: as| is| :|:| -)? )(?P<v>{NAME_TOKEN})"
            rf"|^(?i:(?:sure|ok|okay|yes|yeah) )?(?P<v2>{NAME_TOKEN}(?: {NAME_TOKEN})?)(?= (?i:(?:and )?(?:my"
            rf" )?{_BEFORE_CODE})\b)"
        ),
        _beside_code,
        ("name", *words("ssn pass account acc pin zip confirm booking policy claim phone email dob")),
    ),
    Recogniser(
        "NAME",
        re.compile(
            rf"\b(?i:this is|you(?:'re| are) (?:speaking|chatting|talking) (?:with|to)|it'?s) (?P<v>{NAME_TOKEN})"
            rf"(?: {NAME_TOKEN})? (?:calling|speaking|here)\b"
        ),
        _told,
        ("calling", "speaking", "here"),
    ),
    Recogniser(
        "NAME",
        re.compile(
            rf"(?i:\b(?:told|informed|advised|helped|served|assisted) by |^(?:hi|hello|hey|dear) "
            rf"|\byou(?:'re| are) (?:speaking|chatting|talking) (?:with|to) |\bthank you )(?P<v>{NAME_TOKEN})"
            r"(?=,| (?i:thanks|thank|that|in the|from|at|one moment|let me|for (?:that|calling|waiting|holding))\b)"
        ),
        _told,
        ("by ", "hi ", "hello", "hey", "dear", "speaking", "chatting", "talking", "thank"),
    ),
    Recogniser(
        "NAME",
        re.compile(rf"\b(?i:(?:{_PERSON})(?: [a-z]{{1,10}}){{0,4}} (?:is |was )?(?:called|named)) (?P<v>{NAME_TOKEN})"),
        _told,
        ("called", "named"),
    ),
    Recogniser(
        "NAME",
        re.compile(
            rf"(?<!\w)(?:(?i:{_ROLE}):? )?(?P<v>{CAPITAL}(?: {CAPITAL}){{0,2}}) (?:has |have )?"
            r"(?:joined|left|entered|ended|accepted|connected|disconnected)\b"
        ),
        _addressed,
        ("joined", "left", "entered", "ended", "accepted", "connected"),
    ),
    Recogniser(
        "NAME",
        re.compile(
            r"(?<!plan )(?<!item )(?<!brand )(?<!product )(?<!company )(?<!file )"
            r"\b(?i:names?(?: is|\s?[:=])|(?:last|first|full)[ -]?name|this is"
            r"|(?:speaking|chatting|talking|spoke|talked|chatted) (?:with|to)|registered (?:as|to|under)"
            r"|(?:under|in) the name(?: of)?"
            rf"|(?:my|his|her) (?:late |dear )?(?:{_FAMILY}),?) {{0,2}}(?<=[ :=])(?P<v>{CAPITAL})"
        ),
        _introduced,
        (
            "name",
            "this is",
            "speaking",
            "chatting",
            "talking",
            "spoke",
            "talked",
            "chatted",
            "registered",
            "my ",
            "his ",
            "her ",
        ),
    ),
    Recogniser(
        "NAME",
        re.compile(rf"\b(?i:i'?m|i am|it'?s|its) (?P<v>{_TWO_CAPITALS})(?! [\w'-]+ (?:Member|Customer|Card))"),
        _two,
        ("i'm", "i am", "im ", "it"),
    ),
    Recogniser(
        "NAME",
        re.compile(rf"\b(?i:i'?m|i am) (?P<v>{CAPITAL})(?=[.,])"),
        _lone,
        ("i'm", "i am", "im "),
    ),
    Recogniser(
        "NAME",
        re.compile(
            rf"\b(?P<v>{CAPITAL}(?: [\w.'’-]{{1,30}}){{0,4}}?) (?:here|speaking)\b(?=[,.!]|\s*$| (?:from|with|how|and"
            rf"|i)\b)"
        ),
        _before_verb,
        ("here", "speaking"),
    ),
    Recogniser(
        "NAME",
        re.compile(rf"\b(?i:mr|mrs|ms|miss|mx|dr|prof)\.? (?P<v>{CAPITAL}(?: {CAPITAL}){{0,2}})"),
        _addressed,
        ("mr", "ms", "miss", "mx", "dr", "prof"),
    ),
    Recogniser(
        "NAME",
        re.compile(rf"\b(?i:{_GREETING})(?:,|)\s{{1,2}}(?P<v>{CAPITAL})(?: [\w.'’-]{{1,30}}){{0,4}}?(?=[,.!?\n]|\s*$)"),
        _addressed,
    ),
)
"""In the order in which they are tried."""
