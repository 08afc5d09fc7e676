"""Where somebody lives: streets, postal codes, and what is told as an address."""

from __future__ import annotations

import re

from tagger.redaction.checks import digits_of, is_date
from tagger.redaction.place_ends import AREAS, CANADA, IRELAND, MAYBE, NETHERLANDS, STATES, SURE, UK, place_end
from tagger.redaction.recogniser import LINK, Hit, Recogniser
from tagger.redaction.spoken import NUMBER_WORD
from tagger.redaction.wording import words as listed

_I = re.IGNORECASE
_FLAT = r"(?:apt|apartment|suite|unit|flat|floor|#)\.?\s?\w{1,6}"
_TOLD = re.compile(
    r"\b(?:live|living|lives|moved?|moving|ship(?:ped|ping)?|deliver(?:ed|y)?|send|sent|left it|address|located|staying"
    r"|reside|house|home|property|bill(?:ing|ed)?|(?:i['’]?m|i am|we['’]?re|we are|am) (?:over )?(?:at|on)"
    r"|office|shop|flat|apartment|it['’]?s|is)\b[\w ]{0,12}$",
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
    end = place_end(match.string, match.end())
    told = _TOLD.search(match.string, max(0, start - 40), start) is not None
    if match["maybe"] and end == match.end() and not match["words"].istitle() and not told:
        return None
    return Hit("ADDRESS", start, end)


def _said_street(match: re.Match[str]) -> Hit | None:
    """A house number in words; without a cue the number must have two words, so that `one way street` stays."""
    words = match["words"].lower().split()
    told = _TOLD.search(match.string, max(0, match.start() - 40), match.start()) is not None
    if any(word in _NOT_STREET for word in words) or not (
        told or len(match["number"].split()) > (1 if match["sure"] else 2)
    ):
        return None
    return Hit("ADDRESS", match.start(), place_end(match.string, match.end()))


def _abroad(match: re.Match[str]) -> Hit:
    """A street of other countries, with what follows it."""
    return Hit("ADDRESS", match.start(), place_end(match.string, match.end()))


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
            rf"(?<![\w$€£.#-])(?:{_FLAT},?\s)?(?:(?:{_FLAT}"
            rf"|\d{{1,4}}[A-Za-z]?)/)?\d{{1,6}}[A-Za-z]?(?:-\d{{1,4}})?,?\s{{1,2}}"
            rf"(?P<words>(?:[^\W_][\w.'’-]{{0,24}}\s{{1,2}}){{1,4}}?)(?:(?P<sure>{SURE})|(?P<maybe>{MAYBE}))\b\.?",
            _I,
        ),
        _street,
        ("0",),
    ),
    Recogniser(
        "ADDRESS",
        re.compile(
            rf"(?<![\w-])(?P<number>(?:{NUMBER_WORD}[\s-]){{1,6}})(?P<words>(?:[a-z]{{2,20}}\s){{1,3}}?)"
            rf"(?:(?P<sure>street|avenue|road|lane|boulevard|terrace|crescent|highway|parkway)|(?P<maybe>{MAYBE}))\b",
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
            r"(?<!\w)(?:[A-ZÄÖÜ][\wäöüß.-]{1,24}(?:(?<=[a-zß])(?:str\.|weg|allee|gasse|platz|ring|damm|ufer|laan"
            r"|plein|kade"
            r"|singel|vägen|gade|vej)|[ -](?:Straße|Strasse|Str\.|Weg|Allee|Platz))"
            r"|[A-Za-zÄÖÜäöü][\wäöüß.-]{1,24}(?:straße|strasse|straat|gracht|gatan))\s\d{1,4}\s?[a-z]?(?!\w)"
        ),
        _abroad,
        listed("str weg allee gasse platz ring damm ufer gracht laan plein kade singel gatan vägen gade vej"),
    ),
    Recogniser(
        "ADDRESS",
        re.compile(
            r"(?<!\w)(?:\d{1,4}(?: ?bis)?,? (?:rue|avenue|boulevard|place|chemin|impasse|quai) (?:d[eu]s? |la "
            r"|l['’]|les? )*"
            r"[\w'’-]{2,30}(?: [A-Z][\w'’-]{1,30})?"
            r"|(?:calle|avenida|paseo|(?-i:Via)|viale|piazza|corso|rua|ulica|ul\.) (?:d[eo]l?l?a? |s\."
            r" )?[a-zà-ÿ][\w'’.-]{1,30}(?: [a-zà-ÿ][\w'’-]{1,30}){0,3}?,?"
            r" (?:n[º°.]? ?)?\d{1,4}[a-z]?)(?!\w)",
            _I,
        ),
        _abroad,
        (
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
    Recogniser("ADDRESS", re.compile(rf"\b(?:{STATES}),?\s{{1,2}}(?P<v>\d{{5}}(?:-\d{{4}})?)\b"), hints=("0",)),
    Recogniser(
        "ADDRESS",
        re.compile(
            rf"\b(?:zip(?: ?code)?|pin ?code|postal(?: code)?|post ?code|eircode|plz)(?:\s(?:is"
            rf"|was))?{LINK}(?:(?!\d)[\w]{{3,15}} )?"
            r"(?P<v>\d{5}(?:-\d{4})?|\d{6}|\d{4}-\d{3}"
            rf"|[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}}|{CANADA}|{IRELAND}|{NETHERLANDS}|\d{{4}})\b",
            _I,
        ),
        hints=("zip", "post", "pin", "plz", "eircode"),
    ),
    Recogniser("ADDRESS", re.compile(rf"(?<!\w)(?:{UK}|{CANADA})(?!\w)"), hints=("0",)),
    Recogniser("ADDRESS", re.compile(rf"(?<!\w)(?:{AREAS})\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{{2}}(?!\w)", _I), hints=("0",)),
    Recogniser("ADDRESS", re.compile(r"\bp\.?\s?o\.?\s?box\s\d{1,8}\b", _I), _abroad, ("box",)),
    Recogniser(
        "ADDRESS",
        re.compile(r"\bhouse (?:number|no\.?|num)(?: is|:)? (?P<v>\d{1,5}[a-z]?)(?!\w|[.,]\d)", _I),
        hints=("house",),
    ),
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
