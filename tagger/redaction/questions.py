"""What an agent asks for, so that a bare answer can be read."""

from __future__ import annotations

import re

_NOT_CODE = r"(?<!zip )(?<!post )(?<!postal )(?<!error )(?<!promo )(?<!area )(?<!discount )(?<!voucher )(?<!sort )"
_KNOWN_BY_YOU = (
    r"(?:first|childhood|favou?rite|oldest|best)(?: \w+)? (?:pet|school|car|teacher|friend|team|colou?r|food|place|book"
    r"|film|movie|holiday|job|street|hero)|(?:pet|teacher|school)['’]?s name|mother['’]?s|(?:place|town|city) of birth"
    r"|grow up|were you born in"
)
ASKS = tuple(
    (kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for kind, words in (
        (
            "NAME",
            r"names?|surname|spell(?:ing)?|who am i|whom? (?:do|have|might|would) i|who i(?:['’]m| am)"
            r"|who (?:is|'s) (?:this|calling|speaking)|(?:call|address) you|account holder|speaking (?:to|with)",
        ),
        (
            "ADDRESS",
            r"(?<!e-mail )(?<!email )(?<!ip )address|zip(?: ?code)?|postal code|post ?code|where (?:do|did|are) you"
            r" liv\w+"
            r"|(?:where|which) .{0,20}(?:send|ship|deliver|post|live|moving)\w*|house number|street|eircode|shipping"
            r" to",
        ),
        ("USER", r"user ?names?|user ?id|log ?in(?: name| id)?|screen name|handle|profile name|nick ?name"),
        (
            "ORDER",
            r"order (?:id|number|no)|booking|reservation|confirmation (?:number|code)|tracking|reference|ref|ticket"
            r" number"
            r"|(?:case|claim|invoice|job|incident|quote|transaction|parcel|shipment|ticket) (?:number|id|no|reference)"
            r"|policy number|pnr|record locator",
        ),
        (
            "CARD",
            r"card number|number on the (?:card|front)|long number|16 digits?|sixteen digits?|card details|expir\w+"
            r"|(?:of|on) (?:the|that|your|this) (?:\w+ )?card|valid (?:until|thru|to)",
        ),
        (
            "ACCOUNT",
            r"account|acct|(?:member(?:ship)?|loyalty|client|contract|policy|meter|serial|subscriber|frequent flyer"
            r"|mileage"
            r"|employee|student|patient|reward\w*) ?(?:id|number|no|card)?|customer (?:id|number|no|reference)"
            r"|routing|id"
            r"|iban|sort code|imei|number ?plate|registration",
        ),
        (
            "PHONE",
            r"phone|mobile|(?:contact|callback|best|good|call back|telephone|landline) number|cell|call you|reach you"
            r"|number (?:can|should|do|are|could|would|to|in case|on file|for) ?\w*|a number|whatsapp",
        ),
        (
            "SECRET",
            rf"pin|password|pass ?code|pass ?phrase|security|{_NOT_CODE}code|otp|maiden|memorable|secret|cvv2?|cvc2?"
            rf"|(?:digits|numbers) on the back|{_KNOWN_BY_YOU}",
        ),
        ("DOB", r"birth(?:day|date)?|dob|d\.o\.b|born|how old"),
        (
            "ID",
            r"ssn|social|passport|licen[cs]e|national|nhs|medicare|aadhaa?r|tax|identity|identification|insurance"
            r" number"
            r"|ni number|sin|tfn|id (?:number|card)|dni|nie|pesel|bsn|personnummer|cpf|pan",
        ),
    )
)
"""Kinds of personal data and the words by which an agent asks for them."""
REQUEST = re.compile(
    r"\?|\b(?:may i|can i|could i|could you|can you|would you|please|provide|give|need|what|who|tell|share"
    r"|verify|confirm|enter|type|do you have|who am i|and (?:the|your)|whenever you|how do you|read|i['’]ve (?:sent"
    r"|texted"
    r"|emailed)|i have sent|i just sent|go ahead|which|where|spell|may|let me (?:have|get|take))\b",
    re.IGNORECASE,
)
"""Whether a sentence asks at all."""
CODE_SENT = re.compile(r"\b(?:sent|texted|emailed|messaged)\b.{0,40}\bcode\b", re.IGNORECASE)
_MOST = 2000


def asked(text: str) -> frozenset[str]:
    """The kinds of personal data that this turn of an agent asks for."""
    if len(text) > _MOST or not REQUEST.search(text):
        return frozenset()
    return frozenset(kind for kind, pattern in ASKS if pattern.search(text))
