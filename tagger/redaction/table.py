"""The recognisers: the first in the table wins where two overlap."""

from __future__ import annotations

import re

from tagger.redaction.checks import (
    check_card,
    check_code,
    check_iban,
    check_ip,
    check_number,
    check_spaced_code,
    check_spelled,
)
from tagger.redaction.names import NAME_RECOGNISERS
from tagger.redaction.phrases import (
    MAILERS,
    check_email,
    check_last_four,
    check_one_time_code,
    check_secret,
    check_spoken_email,
    check_street,
    check_told_address,
    check_url,
    check_user,
)
from tagger.redaction.recogniser import Recogniser

_I = re.IGNORECASE
_LINK = r"(?:\s{0,2}(?:number|no\.?|num|code|id|is|was|it'?s|[:=#-])){0,4}\s{0,2}[\"'#(]{0,2}"
"""What may stand between the word that announces a value and the value."""
_CODE = (
    r"(?:[A-Za-z]{1,5} ?\d{1,12}(?: [A-Za-z]{1,4} ?\d{1,6}){0,3}"
    r"|(?=[A-Za-z-]{0,40}\d)[A-Za-z0-9](?:-?[A-Za-z0-9]){2,40})"
)
_NOT_AMOUNT = (
    r"(?![\w-]|[.,:/]\d|\s?(?:dollars?|usd|eur|euros?|pounds?|rs|rupees|bucks|points|miles|items?|units?|times|%))"
)
_DATE = (
    r"(?:\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}|\d{6,8}"
    r"|\d{1,2}(?:st|nd|rd|th)?\s(?:of\s)?[a-z]{3,9}\.?,?\s\d{2,4}|[a-z]{3,9}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{2,4})"
)
_DIGIT_WORD = r"(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|double|triple)"
_STREETS = (
    r"(?P<sure>street|avenue|ave|boulevard|blvd|road|lane|terrace|highway|hwy|parkway|pkwy|crescent|st|rd|ln|dr|cir|pl)"
    r"|(?P<maybe>drive|court|place|square|way|circle|close|ct|sq|row|walk|plaza|trail|loop)"
)
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DC|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA"
    "|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)

RECOGNISERS: tuple[Recogniser, ...] = (
    Recogniser("URL", re.compile(r"\b(?:https?://|www\.)[^\s<>\"'\ue000]{1,2000}", _I), check_url, ("http", "www.")),
    Recogniser(
        "EMAIL", re.compile(r"(?<![\w.+-])[\w.+-]{1,128}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}"), check_email, ("@",)
    ),
    Recogniser(
        "EMAIL",
        re.compile(
            r"(?<!\w)(?P<who>[a-z0-9]{1,40}(?:(?:\s(?:dot|underscore|dash|hyphen|point)\s|[._-])[a-z0-9]{1,40}){0,5})"
            r"\sat(?: the rate(?: of)?)?\s(?P<host>g mail|[a-z0-9-]{1,30})"
            r"(?:(?:\sdot\s|\s?\.\s?)[a-z]{2,10}){1,3}(?!\w)",
            _I,
        ),
        check_spoken_email,
        (" at ",),
    ),
    Recogniser(
        "EMAIL",
        re.compile(
            rf"(?<!\w)(?:[a-z]{{2,30}} \d{{1,6}} )?(?:\w{{0,40}}?)(?:at )?{MAILERS}\s?(?:dot\s|\.)?com(?!\w)", _I
        ),
        hints=(
            "mailcom",
            "mail com",
            "mail dot",
            "mail.com",
            "yahoo",
            "outlook",
            "rediff",
            "icloud",
            "aol",
            "malcom",
            "ialcom",
            "milcom",
            "ailcom",
        ),
    ),
    Recogniser(
        "SECRET",
        re.compile(
            r"\b(?:password|passwd|pwd|passcode|passphrase|pin|otp|cvv2?|cvc2?|security code|access code"
            rf"|verification code|one[- ]time (?:code|password)|(?:secret|security) answer|api key|token)"
            rf"(?P<link>(?:\s(?:to|as|of))?{_LINK})"
            r"(?P<v>[^\s\ue000\"',;<>{}\[\]]{3,64})",
            _I,
        ),
        check_secret,
        ("pass", "pwd", "pin", "otp", "cv", "code", "answer", "api key", "token"),
    ),
    Recogniser(
        "SECRET",
        re.compile(r"\bcode(?:\s(?:is|was)|\sit'?s|:)?\s{1,2}(?P<v>\d{4,8})(?![\w-]|\.\d)", _I),
        check_one_time_code,
        ("code",),
    ),
    Recogniser("IBAN", re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", _I), check_iban, ("0",)),
    Recogniser("CARD", re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![ -]?\d)(?!\w)"), check_card, ("0",)),
    Recogniser(
        "CARD",
        re.compile(
            r"\b(?:end(?:ing|s) (?:in|with)|last (?:four|4)(?: digits)?(?: (?:of|on)[\w ]{1,20})?)"
            r"(?: (?:is|are)|:)? (?P<v>\d{4})\b",
            _I,
        ),
        check_last_four,
        ("end", "last"),
    ),
    Recogniser("IP", re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)"), check_ip, ("0",)),
    Recogniser("IP", re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", _I), check_ip, (":",)),
    Recogniser("ID", re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"), hints=("0",)),
    Recogniser("ID", re.compile(r"(?<!\w)[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)"), hints=("0",)),
    Recogniser(
        "ID",
        re.compile(
            r"\b(?:ssn|social security|social|passport|driv(?:er'?s?|ing) licen[cs]e|national (?:id|insurance)|aadhaa?r"
            rf"|tax id|nhs){_LINK}(?P<v>(?=[a-z]{{0,3}}[ -]?\d)[a-z0-9](?:[ -]?[a-z0-9]){{3,20}}?)"
            r"(?=[\s.,;!?)]{0,2}(?:$|[a-z]{2}|\n)|[.,;!?)])",
            _I,
        ),
        hints=("ssn", "social", "passport", "licen", "national", "aadha", "tax id", "nhs"),
    ),
    Recogniser(
        "DOB",
        re.compile(
            r"\b(?:date of birth|birth ?date|birthday|d\.?o\.?b\.?|born|birth to \w{2,4})"
            rf"(?:\s(?:is|was|on|in|would be)){{0,2}}\s{{0,2}}[:=-]?\s{{0,2}}(?P<v>{_DATE})\b",
            _I,
        ),
        hints=("birth", "dob", "d.o.b", "born"),
    ),
    Recogniser(
        "ADDRESS",
        re.compile(
            r"(?<![\w$€£.#-])\d{1,6}[A-Za-z]?\s{1,2}(?P<words>(?:[^\W_][\w.'-]{0,24}\s{1,2}){1,4}?)"
            rf"(?:{_STREETS})\b\.?(?:,?\s{{1,2}}(?:apt|apartment|suite|unit|flat|#)\.?\s?\w{{1,6}})?"
            rf"(?P<town>,?\s{{1,2}}[A-Za-z][A-Za-z .'-]{{1,30}},?\s{{1,2}}(?:{_STATES})\b"
            r"(?:,?\s{1,2}\d{5}(?:-\d{4})?)?)?",
            _I,
        ),
        check_street,
        ("0",),
    ),
    Recogniser("ADDRESS", re.compile(rf"\b(?:{_STATES}),?\s{{1,2}}(?P<v>\d{{5}}(?:-\d{{4}})?)\b"), hints=("0",)),
    Recogniser(
        "ADDRESS",
        re.compile(
            rf"\b(?:zip(?: ?code)?|postal code|post ?code)(?:\s(?:is|was))?{_LINK}"
            r"(?P<v>\d{5}(?:-\d{4})?|\d{6}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b",
            _I,
        ),
        hints=("zip", "post"),
    ),
    Recogniser("ADDRESS", re.compile(r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?!\w)"), hints=("0",)),
    Recogniser("ADDRESS", re.compile(r"\bp\.?\s?o\.?\sbox\s\d{1,8}\b", _I), hints=("box",)),
    Recogniser(
        "ADDRESS",
        re.compile(
            r"\baddress(?: is|:| to be|'s| to) (?P<v>[^\n@;!?\ue000]{5,90}?)"
            r"(?=\.\s|\.$|[\n;!?]|$| and (?:i|my|the|phone|number|name)\b)",
            _I,
        ),
        check_told_address,
        ("address",),
    ),
    Recogniser(
        "ORDER",
        re.compile(
            r"\b(?P<cue>order|invoice|tracking|booking|reservation|confirmation|reference|ref|ticket|case|shipment|pnr"
            r"|claim|policy|account|acct|customer|member(?:ship)?|client|loyalty|routing|sort code|phone|mobile"
            r"|cell|card)"
            rf"(?P<link>{_LINK})(?P<v>{_CODE}){_NOT_AMOUNT}",
            _I,
        ),
        check_code,
        ("0",),
    ),
    Recogniser(
        "PHONE",
        re.compile(
            r"(?<![\w$€£₹./-])(?<!\d,)(?!(?:19|20)\d\d-\d\d?-\d\d?(?!\d))"
            r"\+?\(?\d(?:[ \-().]{0,2}\d){6,40}(?!\w|[/:]\d|[.,-]\d|%)"
        ),
        check_number,
        ("0",),
    ),
    Recogniser(
        "ACCOUNT",
        re.compile(r"(?<![\w-])(?=[A-Z]{0,23}\d)(?=\d{0,23}[A-Z])[A-Z0-9]{8,24}(?![\w-])"),
        hints=("0",),
    ),
    Recogniser(
        "ORDER", re.compile(r"(?<![\w'’])[a-z] ?\d{1,4}(?: [a-z] ?\d{1,4}){1,12}(?!\w)", _I), check_spaced_code, ("0",)
    ),
    Recogniser(
        "ACCOUNT",
        re.compile(rf"\b(?:{_DIGIT_WORD}|\d)(?:[\s,.-]{{1,2}}(?:{_DIGIT_WORD}|o|\d)){{3,40}}\b", _I),
        check_spelled,
        ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double", "triple"),
    ),
    Recogniser(
        "USER",
        re.compile(
            rf"\b(?:user ?name|user ?id|login|log ?in|screen name)(?P<link>{_LINK})(?P<v>[A-Za-z0-9][\w.-]{{2,40}})", _I
        ),
        check_user,
        ("user", "log", "screen"),
    ),
    *NAME_RECOGNISERS,
)
"""Highest priority first; among hits of one recogniser the longer wins."""
