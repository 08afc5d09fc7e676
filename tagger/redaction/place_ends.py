"""What follows a street: a flat, a direction, a town, a region, a postal code, of several countries."""

from __future__ import annotations

import re

from tagger.redaction.everyday import CITIES, is_everyday
from tagger.redaction.spoken import NUMBER_WORD
from tagger.redaction.words import NOT_FAMILY

_I = re.IGNORECASE
STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DC|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK"
    "|OR|PA"
    "|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
_REGIONS = rf"{STATES}|ON|QC|BC|MB|SK|NS|NB|PEI|AB|NSW|VIC|QLD|TAS|ACT|NT|SA"
AREAS = (
    "AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK|FY"
    "|G|GL"
    "|GU|HA|HD|HG|HP|HR|HS|HU|HX|IG|IP|IV|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|OL|OX|PA"
    "|PE|PH"
    "|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS"
    "|WV|YO"
)
UK = rf"(?:{AREAS})\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{{2}}"
CANADA = r"[A-CEGHJ-NPR-TVXY]\d[A-Z] ?\d[A-Z]\d"
IRELAND = r"[AC-FHKNPRTV-Y](?:\d{2}|6W) ?[0-9AC-FHKNPRTV-Y]{4}"
NETHERLANDS = r"[1-9]\d{3} ?[A-Z]{2}"
POSTAL = rf"(?:{UK}|{CANADA}|{IRELAND}|{NETHERLANDS}|\d{{5}}(?:-\d{{3,4}})?|\d{{4}}-\d{{3}}|\d{{6}})"
"""A postal code of the countries that are known here."""
FLAT = rf"(?:(?:apt|apartment|suite|unit|flat|floor|room)\.?\s?(?:number\s)?|#\s?)(?:{NUMBER_WORD}|\w{{1,6}})"
SURE = (
    r"street|str|avenue|ave|boulevard|blvd|road|lane|terrace|highway|hwy|parkway|pkwy|crescent|gardens|grove|st|rd|ln"
    r"|dr"
    r"|cir|pl|cres"
)
"""Words for a street that hardly are anything else behind a number."""
MAYBE = (
    r"drive|court|place|square|way|circle|close|ct|sq|row|walk|plaza|trail|loop|hill|park|mews|rise|manor|villas?"
    r"|heights|view|green|quay|wharf|vale|estate|cottages?|wood|fields|gate|yard|path|pike|alley"
)
"""Words for a street that need capitals, a town or a telling word."""
_WAY = re.compile(rf" (?:{SURE}|{MAYBE})\b\.?", _I)
_FLAT = re.compile(rf"\s{{0,2}},?\s{{1,2}}{FLAT}(?!\w)", _I)
_DIRECTION = re.compile(r",? (?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est|[NSEW]|[NS][EW])(?![\w'’])")
_REGION = re.compile(rf",?\s{{1,2}}(?:{_REGIONS})\b(?:,?\s{{1,2}}\d{{4,6}}(?:-\d{{4}})?(?!\w))?")
_REGION_SMALL = re.compile(rf",?\s{{1,2}}(?:{_REGIONS}),?\s{{1,2}}(?:\d{{4,6}}(?:-\d{{4}})?|{CANADA})(?!\w)", _I)
_REGION_ALONE = re.compile(
    rf",?\s{{1,2}}(?!(?:in|or|me|hi|ok|on|so|as)\b)(?:{STATES})(?=\s*$|[,.;]| \d| (?:and|phone|contact)\b)", _I
)
_CODE = re.compile(rf",?\s{{1,2}}{POSTAL}(?!\w)", _I)
_TOWNS = tuple(
    re.compile(
        r"(?P<link>,?\s{1,2}(?:(?:in|near) )?|,)"
        rf"(?P<town>[^\W\d_][\w.'’-]{{2,20}}(?: [^\W\d_][\w.'’-]{{1,20}}){{{most}}})(?![\w'’])",
        _I,
    )
    for most in (0, 1, 2)
)
_END = re.compile(r"\s*$|[.;!?\n]| (?:and|but|so|please|thanks|since|when|if|i|we|my)\b", _I)
_MOST_PIECES = 6


_PLACED = (_REGION, _REGION_SMALL, _REGION_ALONE, _CODE)
_PIECES = (_FLAT, _DIRECTION, *_PLACED)


def place_end(text: str, end: int) -> int:
    """Where an address whose street ends at `end` ends."""
    coded = False
    if way := _WAY.match(text, end):
        end = way.end()
    for _ in range(_MOST_PIECES):
        piece = next((p for p in _PIECES if p.match(text, end)), None)
        further = piece.match(text, end) if piece else None
        if further is not None:
            end, coded = further.end(), coded or piece is _CODE
            continue
        town = _town_end(text, end, coded=coded)
        if town == end:
            break
        end = town
    return end


def _town_end(text: str, end: int, *, coded: bool) -> int:
    """The end of a town behind a street: after a comma, `in` or a code, or before a region or a code."""
    towns = _towns(text, end)
    for match in towns:
        words = match["town"].lower().split()
        placed = any(piece.match(text, match.end("town")) for piece in _PLACED)
        if placed and ("," in match["link"] or not any(word in NOT_FAMILY - CITIES for word in words)):
            return match.end("town")
    return next((match.end("town") for match in towns if _is_town(text, match, coded=coded)), end)


def _is_town(text: str, match: re.Match[str], *, coded: bool) -> bool:
    """A town that nothing behind it tells: in capitals, or no everyday word at the end of the clause."""
    words = match["town"].split()
    link = match["link"]
    linked = "," in link or "in " in link or "near " in link or coded
    if any(word.lower() in NOT_FAMILY - CITIES for word in words):
        return False
    if linked and all(word[0].isupper() for word in words):
        return True
    unheard = all(word.lower() in CITIES or not is_everyday(word) for word in words) or "in " in link
    return unheard and (_END.match(text, match.end("town")) is not None or (linked and coded))


def _towns(text: str, end: int) -> list[re.Match[str]]:
    """What could be a town: the shortest first."""
    return [match for pattern in _TOWNS if (match := pattern.match(text, end))]
