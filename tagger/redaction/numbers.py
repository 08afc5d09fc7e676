"""Mailboxes, cards, accounts, orders, phones and days of birth as they are typed."""

from __future__ import annotations

import re

from tagger.redaction.checks import (
    NO_AMOUNT,
    check_bare_code,
    check_card,
    check_code,
    check_expiry,
    check_iban,
    check_mingled,
    check_number,
    check_parted,
    check_reference,
    check_spaced_code,
)
from tagger.redaction.machines import ADDRESSES_OF_MACHINES
from tagger.redaction.phrases import MAILERS, check_email, check_last_four
from tagger.redaction.recogniser import LINK, Recogniser
from tagger.redaction.spoken import NUMBER_WORD

_I = re.IGNORECASE
_CODE = (
    r"(?:[A-Za-z]{1,5} ?\d{1,12}(?: [A-Za-z]{1,4} ?\d{1,6}){0,3}"
    r"|(?=[A-Za-z/-]{0,40}\d)[A-Za-z0-9](?:[/-]?[A-Za-z0-9]){2,40})"
)
_SAID_MONTH = rf"(?:(?:oh|zero|o) {NUMBER_WORD}|ten|eleven|twelve|{NUMBER_WORD})"
_DATE = (
    r"(?:\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}|\d{6,8}"
    r"|\d{1,2}(?:st|nd|rd|th)?\s(?:of\s)?[a-z]{3,9}\.?,?\s\d{2,4}|[a-z]{3,9}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{2,4})"
)

MAILBOXES: tuple[Recogniser, ...] = (
    Recogniser(
        "EMAIL", re.compile(r"(?<![\w.+-])[\w.+-]{1,128}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}"), check_email, ("@",)
    ),
    Recogniser(
        "EMAIL",
        re.compile(
            r"(?<![\w.+-])[\w.+-]{1,64}\s?[\[({<]\s?(?:at|@)\s?[\])}>]\s?[\w-]{1,63}"
            r"(?:\s?(?:\.|\sdot\s|[\[({<]\s?(?:dot|\.)\s?[\])}>])\s?[\w-]{1,63}){1,5}",
            _I,
        ),
        hints=("at]", "at)", "at}", "at>", "at ]", "at )", "@]", "@)"),
    ),
    Recogniser(
        "EMAIL",
        re.compile(
            rf"(?<!\w)(?:(?!(?:to|at|on|my|in|the|from|is|with|use|via) )[a-z]{{2,30}} (?:\d{{1,6}}"
            rf" )?)?(?:\w{{0,40}}?)(?:at )?{MAILERS}\s?(?:dot\s|\.)?com(?!\w)",
            _I,
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
)
"""In the order in which they are tried."""

CARDS_AND_ADDRESSES: tuple[Recogniser, ...] = (
    Recogniser("IBAN", re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", _I), check_iban, ("0",)),
    Recogniser("CARD", re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![ -]?\d)(?!\w)"), check_card, ("0",)),
    Recogniser(
        "CARD",
        re.compile(
            r"\b(?:end(?:ing|s)(?: (?:in|with))?|last (?:four|4)(?: digits)?(?: (?:of|on)[\w ]{1,20})?)"
            r"(?: (?:is|are)|:)? (?P<v>\d{4})\b",
            _I,
        ),
        check_last_four,
        ("end", "last"),
    ),
    Recogniser(
        "CARD",
        re.compile(
            r"\b(?:exp(?:iry|iration|ires?)?\.?|valid (?:thru|until|to|till))(?: date)?(?: (?:is|of|in|on)|:)?\s{0,2}"
            rf"(?P<v>(?:0?[1-9]|1[0-2]) ?[/.-] ?(?:20)?[2-4]\d|{_SAID_MONTH} (?:twenty |two thousand (?:and )?)?"
            rf"{NUMBER_WORD}(?: {NUMBER_WORD})?)(?![\w/]|[.-]\d)",
            _I,
        ),
        check_expiry,
        ("exp", "valid"),
    ),
    *ADDRESSES_OF_MACHINES,
)
"""What is told by its form: bank accounts, cards and addresses of machines."""

BORN: tuple[Recogniser, ...] = (
    Recogniser(
        "DOB",
        re.compile(
            r"\b(?:geboren(?: am)?|n[ée]e? le|nacid[oa] el|nat[oa] il"
            r"|date of birth|birth ?date|birthday|d\.?o\.?b\.?|born|birth to \w{2,4})"
            rf"(?:\s(?:is|was|on|in|would be)){{0,2}}\s{{0,2}}[:=-]?\s{{0,2}}(?P<v>{_DATE})\b",
            _I,
        ),
        hints=("birth", "dob", "d.o.b", "born", "gebor", "né", "ne", "nacid", "nat"),
    ),
    Recogniser("DOB", re.compile(r"(?<=\ue000, )\d{1,2}([-/.])\d{1,2}\1\d{2,4}(?![\w/-]|\.\d)"), hints=("0",)),
    Recogniser(
        "DOB",
        re.compile(
            r"(?<![\w/.-])(?:\d{1,2}(?P<a>[-/.])\d{1,2}(?P=a)(?:19[2-9]\d|200[0-6])"
            r"|(?:19[2-9]\d|200[0-6])(?P<b>[-/.])\d{1,2}(?P=b)\d{1,2})(?![\w/-]|\.\d)"
        ),
        hints=("0",),
    ),
)
"""Dates after a word of birth, and those of years in which the customers of today were born."""

CODES: tuple[Recogniser, ...] = (
    Recogniser(
        "ORDER",
        re.compile(
            r"(?<![\w$€£'’./@=-])(?:[A-Z]{2,5}[/-](?:[A-Z0-9]{2,10}[/-]){0,3}\d{2,10}(?:[/-][A-Z0-9]{2,10}){0,3}"
            r"|[A-Z]\d{7,12}|\d{7,12}[A-Z]|\d{3}-\d{7}(?:-\d{7})?)(?![\w/=@-]|[.,:]\d|\s?%)",
            _I,
        ),
        check_parted,
        ("0",),
    ),
    Recogniser(
        "ORDER",
        re.compile(r"(?<![\w./@-])(?=[a-z]{0,7}\d)(?=\d{0,7}[a-z])[a-z0-9]{5,8}(?![\w/@-]|\.\w)", _I),
        check_mingled,
        ("0",),
    ),
    Recogniser(
        "ORDER",
        re.compile(
            r"\b(?P<cue>order|invoice|tracking|booking|reservation|confirmation|reference|ref|ticket|case|shipment|pnr"
            r"|claim|policy|account|acct|acc|a/c|customer|meter(?: point)?|contract|serial|member(?:ship)?|client"
            r"|loyalty|routing|sort code|s/c|parcel|rma|quote|incident|return|job|employee|student|patient|subscriber"
            r"|phone|mobile"
            r"|cell|card)"
            rf"(?P<link>{LINK})(?P<v>{_CODE}){NO_AMOUNT}",
            _I,
        ),
        check_code,
        ("0",),
    ),
    Recogniser(
        "ORDER",
        re.compile(r"(?<![\w$€£'’.-])(?P<letters>[A-Za-z]{2,4})[ -]?\d{6,14}(?!\w|[.,:/]\d|\s?(?:%|mb|gb|km))"),
        check_reference,
        ("0",),
    ),
    Recogniser(
        "ORDER",
        re.compile(r"(?<![\w$€£'’.-])(?:(?P<letters>[A-Z]{2,4})-\d{5}(?![\w-]|[.,:/]\d|\s?%)|#(?P<v>\d{5,12})(?!\w))"),
        check_reference,
        ("0",),
    ),
    Recogniser(
        "ACCOUNT",
        re.compile(
            r"\b(?:sort ?code|s/c)(?:\s(?:is|was)|\s?[:=])?\s{0,2}(?P<v>\d{2}([- ]?)\d{2}\2\d{2})(?!\w|-\d)", _I
        ),
        hints=("sort", "s/c"),
    ),
    Recogniser("ORDER", re.compile(rf"\bnumber(?: is| was|:)?\s(?P<v>\d{{6,14}}){NO_AMOUNT}", _I), hints=("number",)),
    Recogniser(
        "PHONE",
        re.compile(
            r"(?<![\w$€£₹./-])(?<!\d,)(?!(?:19|20)\d\d-\d\d?-\d\d?(?!\d))"
            r"\+?\(?\d(?:(?:[ \-().]{0,2}|(?<=\d\d\d)/(?=\d\d\d-))\d){6,40}(?:\s?(?:x|ext\.?"
            r"|extension)\s?\d{2,6})?(?!\w|[/:]\d|[.,-]\d|%)"
        ),
        check_number,
        ("0",),
    ),
    Recogniser(
        "ACCOUNT",
        re.compile(r"(?<![\w-])(?=[A-Z]{0,23}\d)(?=\d{0,23}[A-Z])[A-Z0-9]{8,24}(?![\w-])"),
        check_bare_code,
        ("0",),
    ),
    Recogniser(
        "ORDER", re.compile(r"(?<![\w'’])[a-z] ?\d{1,4}(?: [a-z] ?\d{1,4}){1,12}(?!\w)", _I), check_spaced_code, ("0",)
    ),
)
"""Numbers and references: what they are, the words before them tell."""
