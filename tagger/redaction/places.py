"""Where somebody lives: streets, postal codes, and what is told as an address."""

from __future__ import annotations

import re

from tagger.redaction.checks import digits_of, is_date
from tagger.redaction.recogniser import LINK, Hit, Recogniser
from tagger.redaction.spoken import NUMBER_WORD

_I = re.IGNORECASE
_SURE = (
    r"street|str|avenue|ave|boulevard|blvd|road|lane|terrace|highway|hwy|parkway|pkwy|crescent|gardens|grove|st|rd|ln|dr"
    r"|cir|pl|cres"
)
_MAYBE = r"drive|court|place|square|way|circle|close|ct|sq|row|walk|plaza|trail|loop|hill|park|mews|rise"
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DC|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA"
    "|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
_AREAS = (
    "AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK|FY|G|GL"
    "|GU|HA|HD|HG|HP|HR|HS|HU|HX|IG|IP|IV|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH"
    "|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO"
)
_POSTCODE = rf"(?:{_AREAS})\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{{2}}"
_FLAT = r"(?:apt|apartment|suite|unit|flat|floor|#)\.?\s?\w{1,6}"
_GAP = r"\s{0,2},?\s{0,2}"
_TAIL = re.compile(
    rf"(?:\s(?:{_SURE}|{_MAYBE})\b\.?)?(?:{_GAP}\b{_FLAT})?"
    rf"(?:,?\s{{1,2}}[A-Za-z][A-Za-z.'-]{{1,20}}(?: [A-Za-z][A-Za-z.'-]{{1,20}}){{0,2}},?\s{{1,2}}"
    rf"(?:(?:{_STATES})\b(?:,?\s{{1,2}}\d{{5}}(?:-\d{{4}})?)?|{_POSTCODE}|\d{{5}}(?:-\d{{4}})?)(?!\w)"
    rf"|,?\s{{1,2}}(?:{_POSTCODE}|\d{{5,6}}(?:-\d{{4}})?|(?:{_STATES})\s\d{{5,6}}(?:-\d{{4}})?)(?!\w)"
    r"|,\s{1,2}[A-Z][a-z]{2,20}(?: [A-Z][a-z]{2,20})?(?=[.,;!?]|\s*$))?",
    _I,
)
"""What may follow a street: a flat, a town, a state, a postal code."""
_TOLD = re.compile(
    r"\b(?:live|living|lives|moved?|moving|ship(?:ped|ping)?|deliver(?:ed|y)?|send|sent|left it|address|located|staying"
    r"|reside|house|home|bill(?:ing|ed)?)\b[\w ]{0,12}$",
    _I,
)
_INNER_NUMBER = re.compile(r".*\b(\d{1,6}[A-Za-z]?\s+(?=\S))")
_NOT_STREET = frozenset(
    re.split(
        r"\s",
        "a address ago an and are at away back business by calendar came day days dollars for from hour hours "
        "i in is it item items left lane minute minutes month months my not number of off on one or orders other out "
        "past people percent pieces shirts still stars the their this times to two up was way week weeks went"
        " which with "
        "working year years your more miles gb mb mm cm kg lbs inch main-road different new",
    )
)


def _street(match: re.Match[str]) -> Hit | None:
    """A house number and a street; words such as `way` need capitals, a town behind them, or a cue before them."""
    inner = _INNER_NUMBER.match(match["words"])  # `555 0123 address 12 Hill Street`: the last number is the house's
    start = match.start("words") + inner.start(1) if inner else match.start()
    words = match["words"][inner.end() if inner else 0 :].lower().split()
    if not words or any(word.strip(".,") in _NOT_STREET for word in words):
        return None
    end = _with_tail(match)
    told = _TOLD.search(match.string, max(0, start - 40), start) is not None
    if match["maybe"] and end == match.end() and not match["words"].istitle() and not told:
        return None
    return Hit("ADDRESS", start, end)


def _said_street(match: re.Match[str]) -> Hit | None:
    """A house number in words; without a cue the number must have two words, so that `one way street` stays."""
    words = match["words"].lower().split()
    told = _TOLD.search(match.string, max(0, match.start() - 40), match.start()) is not None
    if any(word in _NOT_STREET for word in words) or not (told or (match["sure"] and " " in match["number"].strip())):
        return None
    return Hit("ADDRESS", match.start(), _with_tail(match))


def _with_tail(match: re.Match[str]) -> int:
    tail = _TAIL.match(match.string, match.end())
    return tail.end() if tail else match.end()


def _told(match: re.Match[str]) -> Hit | None:
    """What follows `address is`, when a house number is in it."""
    before = match.string[max(0, match.start() - 8) : match.start()].lower()
    value = match["v"].rstrip()
    if not digits_of(value) or before.rstrip(" -").endswith(("email", "mail", "ip", "web")) or is_date(value):
        return None
    return Hit("ADDRESS", match.start("v"), match.start("v") + len(value))


PLACES: tuple[Recogniser, ...] = (
    Recogniser(
        "ADDRESS",
        re.compile(
            rf"(?<![\w$€£.#-])(?:{_FLAT},?\s)?\d{{1,6}}[A-Za-z]?(?:-\d{{1,4}})?,?\s{{1,2}}"
            rf"(?P<words>(?:[^\W_][\w.'’-]{{0,24}}\s{{1,2}}){{1,4}}?)(?:(?P<sure>{_SURE})|(?P<maybe>{_MAYBE}))\b\.?",
            _I,
        ),
        _street,
        ("0",),
    ),
    Recogniser(
        "ADDRESS",
        re.compile(
            rf"(?<![\w-])(?P<number>(?:{NUMBER_WORD}[\s-]){{1,6}})(?P<words>(?:[a-z]{{2,20}}\s){{1,3}}?)"
            rf"(?:(?P<sure>street|avenue|road|lane|boulevard|terrace|crescent|highway|parkway)|(?P<maybe>{_MAYBE}))\b",
            _I,
        ),
        _said_street,
        (
            "street",
            "avenue",
            "road",
            "lane",
            "boulevard",
            "terrace",
            "crescent",
            "way",
            "drive",
            "court",
            "place",
            "close",
        ),
    ),
    Recogniser(
        "ADDRESS",
        re.compile(
            r"(?<!\w)[A-ZÄÖÜ][\wäöüß.-]{1,24}(?:(?<=[a-zß])(?:straße|strasse|str\.|weg|allee|gasse|platz|ring|damm|ufer)"
            r"|[ -](?:Straße|Strasse|Str\.|Weg|Allee|Platz))\s\d{1,4}\s?[a-z]?(?!\w)"
            r"(?:,?\s\d{5}\s[A-ZÄÖÜ][\wäöüß-]{1,24})?"
        ),
        hints=("str", "weg", "allee", "gasse", "platz", "ring", "damm", "ufer"),
    ),
    Recogniser(
        "ADDRESS",
        re.compile(
            r"(?<!\w)(?:\d{1,4}(?: ?bis)?,? (?:rue|avenue|boulevard|place|chemin|impasse|quai) (?:d[eu]s? |la "
            r"|l['’]|les? )*"
            r"[\w'’-]{2,30}(?: [A-Z][\w'’-]{1,30})?"
            r"|(?:calle|avenida|paseo|via|viale|piazza|corso|rua|ulica|ul\.) (?:d[eo]l?l?a? |s\."
            r" )?(?-i:[A-Z][a-zà-ÿ])[\w'’.-]{0,30}(?: [A-Z][\w'’-]{1,30}){0,3},?"
            r" (?:n[º°.]? ?)?\d{1,4}[a-z]?)(?:,? \d{4,5}(?:-\d{3})? [A-Z][\w'’-]{1,30})?(?!\w)",
            _I,
        ),
        hints=(
            "rue ",
            "avenue",
            "boulevard",
            "place",
            "chemin",
            "calle",
            "avenida",
            "paseo",
            "via",
            "piazza",
            "corso",
            "rua",
            "ul",
        ),
    ),
    Recogniser("ADDRESS", re.compile(rf"\b(?:{_STATES}),?\s{{1,2}}(?P<v>\d{{5}}(?:-\d{{4}})?)\b"), hints=("0",)),
    Recogniser(
        "ADDRESS",
        re.compile(
            rf"\b(?:zip(?: ?code)?|pin ?code|postal(?: code)?|post ?code|plz)(?:\s(?:is"
            rf"|was))?{LINK}(?:(?!\d)[\w]{{3,15}} )?"
            r"(?P<v>\d{5}(?:-\d{4})?|\d{6}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)\b",
            _I,
        ),
        hints=("zip", "post", "pin", "plz"),
    ),
    Recogniser("ADDRESS", re.compile(rf"(?<!\w)(?:{_POSTCODE})(?!\w)"), hints=("0",)),
    Recogniser(
        "ADDRESS", re.compile(rf"(?<!\w)(?:{_AREAS})\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{{2}}(?!\w)", _I), hints=("0",)
    ),
    Recogniser("ADDRESS", re.compile(r"(?<!\w)[A-CEGHJ-NPR-TVXY]\d[A-Z] ?\d[A-Z]\d(?!\w)"), hints=("0",)),
    Recogniser("ADDRESS", re.compile(r"\bp\.?\s?o\.?\sbox\s\d{1,8}\b", _I), hints=("box",)),
    Recogniser(
        "ADDRESS",
        re.compile(
            r"\b(?:adresse|anschrift|direcci[oó]n|indirizzo|endere[cç]o|adres)(?: (?:ist|lautet|est|es|è|é|is))?:? "
            r"(?P<v>[^\n@;!?\ue000]{5,90}?)(?=\.\s|\.$|[\n;!?]|$)",
            _I,
        ),
        _told,
        ("adres", "anschrift", "direcci", "indirizzo", "endere"),
    ),
    Recogniser(
        "ADDRESS",
        re.compile(
            r"\baddress(?: is|:| to be|'s| to| on file is| as) (?P<v>[^\n@;!?\ue000]{5,90}?)"
            r"(?=\.\s|\.$|[\n;!?]|$| and (?:i|my|the|phone|number|name)\b)",
            _I,
        ),
        _told,
        ("address",),
    ),
)
"""In the order in which they are tried."""
