"""Names that the sentence announces without the word `name`: who somebody is, was, spoke to, thanks or calls for."""

from __future__ import annotations

import re

from tagger.redaction.everyday import is_everyday
from tagger.redaction.given_names import GIVEN_NAMES
from tagger.redaction.people import NAME_TOKEN, is_first_name, is_name_word, is_unheard, person_end
from tagger.redaction.recogniser import Hit, Recogniser
from tagger.redaction.words import NOT_FAMILY

_I = re.IGNORECASE
_RELATIVES = (
    r"husband|wife|hubby|spouse|partner|girlfriend|boyfriend|fianc[eé]e?|son|daughter|mother|father|mom|mum|mam|dad"
    r"|brother|sister|uncle|aunt|auntie|cousin|nephew|niece|gran|grandma|nan|grandpa|grandad|granddaughter|grandson"
    r"|neighbou?r|flatmate|roommate|housemate|friend|boss|landlord|landlady|tenant|carer|nurse|solicitor|accountant"
    r"|colleague|co-?worker|assistant|manager|supervisor|agent|advis[eo]r|rep|representative|operator|engineer"
    r"|technician|driver|courier|plumber|builder|teacher|doctor|employee|account manager|case handler|line manager"
    r"|account holder|card ?holder|policy ?holder|lead passenger|late (?:husband|wife|father|mother)"
)
_KNOW = r"(?:called|named|by the name of|name of|goes by|,? ?(?:is|was) called)"
_BEHIND = re.compile(
    r"\s*$|\s?[,.;:!?)\n]| (?:and|or|but|who|whose|she|he|they|is|was|has|had|did|does|will|would|can|could|from"
    r"|at|in|on|to|for|with|about|here|calling|speaking|again|please|pls|both|never|told|said|says|called|rang"
    r"|promised|i|i'm|im"
    r"|i've|i'll|my|we|the|this|that|as|so|because|since|when|just|yesterday|today|earlier|now|then|thanks|thank|via|by"
    r"|by|um|uh|ur|u|you|your|phone|email|date|order|account|one|let|are|it|it's|its|before|while|may|do|if|how|what"
    r"|there|give|bear|hold|can't|cant|isn't|wasn't|hasn't|still|also|really|always|not|no|yes|yeah|sent|wrote|gave|got"
    r"|helped|signed|dealt|answered|works|over|back|after)\b",
    _I,
)
"""What goes on behind a name: a boundary, or a word of everyday sentences."""


def _sure_name(match: re.Match[str]) -> Hit | None:
    """A name where hardly anything else can stand: any word that is not one of the language's small ones."""
    start = match.start("v")
    if match["v"].lower() in NOT_FAMILY and not is_first_name(match["v"]):
        return None
    end = person_end(match.string, start, sure=True)
    return Hit("NAME", start, end) if end > start else None


def _likely_name(match: re.Match[str]) -> Hit | None:
    """A name where other words can stand too: a first name, a capital or an unheard word, and a sentence behind it."""
    text, start, word = match.string, match.start("v"), match["v"]
    known = is_first_name(word)
    capital = word[0].isupper() and not is_everyday(word)
    if not (known or capital or is_unheard(word)) or not is_name_word(word):
        return None
    end = person_end(text, start, sure=True)
    return Hit("NAME", start, end) if end > start and _BEHIND.match(text, end) else None


def _self_name(match: re.Match[str]) -> Hit | None:
    """After `im` and `its`: a first name, or an unheard word with another unheard word or a first name behind it."""
    text, start, word = match.string, match.start("v"), match["v"]
    end = person_end(text, start, sure=True)
    two = end > match.end("v")
    if word.lower() in GIVEN_NAMES:
        return Hit("NAME", start, end) if _BEHIND.match(text, end) else None
    alone = match["own"] is not None and is_unheard(word) and len(word) > 3
    fits = (two and is_unheard(word)) or alone
    return Hit("NAME", start, end) if fits and _BEHIND.match(text, end) else None


NAME_CUES: tuple[Recogniser, ...] = (
    Recogniser(
        "NAME",
        re.compile(
            rf"\b(?:first|last|middle|maiden|family|given|sur|full|nick)[ -]?names?"
            rf"(?: (?:is|was|as|would be)|'s|\s?[:=-])? (?P<v>{NAME_TOKEN})",
            _I,
        ),
        _sure_name,
        ("name",),
    ),
    Recogniser(
        "NAME",
        re.compile(
            rf"\b(?:my|your|his|her|our|their|the|a)(?: \w{{2,10}})? (?:{_RELATIVES})(?:,? {_KNOW}|,|:)?"
            rf" (?P<v>{NAME_TOKEN})",
            _I,
        ),
        _likely_name,
    ),
    Recogniser(
        "NAME",
        re.compile(
            r"\b(?:(?:speak|spoke|speaking|spoken|talk|talked|talking|chat|chatted|chatting|dealing|dealt) (?:to|with)"
            r"|ask(?:ed|ing)? for|put (?:me )?through to|through to|transferred (?:me )?to|on behalf of|in the name of"
            r"|(?:call|email|letter|message|voicemail|text|mail) from|under the name|made out to|addressed to|attn:?"
            r"|for the attention of|signed by|signed for by|care of|c/o|belongs to|registered to|(?:can|could) (?:u"
            r"|you)"
            rf" (?:please )?tell) (?P<v>{NAME_TOKEN})",
            _I,
        ),
        _likely_name,
        ("to ", "with ", "for ", "of ", "from ", "by ", "name ", "attn", "c/o", "tell "),
    ),
    Recogniser(
        "NAME",
        re.compile(
            r"(?:^|[.!?,] )(?:(?:(?:thanks|thank you) for (?:that|this|waiting|holding|confirming|your (?:patience"
            r"|call|time)|the \w{2,14}|getting back to (?:me|us)|contacting us|reaching out|letting (?:me|us) know)"
            r"|ok(?:ay)?|al ?right|all right|great|perfect|brilliant|lovely|wonderful|fantastic|super"
            r"|excellent|awesome|thx|ty|cheers|thanks?(?: you)?(?: so much| very much| a lot| again)?|sorry|apologies"
            r"|sure|no problem|of course|certainly|absolutely|got it|hi|hello|hey|hiya|dear|welcome|bye"
            r"|good (?:morning|afternoon|evening)|i see|i understand|understood|noted|nice to meet you)"
            rf"(?:, ?| )){{1,4}}(?P<v>{NAME_TOKEN})",
            _I,
        ),
        _likely_name,
    ),
    Recogniser(
        "NAME",
        re.compile(
            rf"(?:(?<!\w)(?P<own>i['’]?m|i am|this is|this be|me is|i go by|call me)|(?<!\w)it['’]?s|(?<!\w)it is)"
            rf" (?P<v>{NAME_TOKEN})",
            _I,
        ),
        _self_name,
        ("im ", "i'm", "i’m", "i am", "this ", "it", "me "),
    ),
)
"""Tried after the cues that hold the word `name`."""
