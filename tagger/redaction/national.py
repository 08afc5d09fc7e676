"""National numbers: by their form and check digits where these tell enough, else after a word that announces them."""

from __future__ import annotations

import re

from tagger.redaction.recogniser import Hit, Recogniser

_I = re.IGNORECASE
_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_ODD = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22,
    25, 24, 23,
), strict=True))  # fmt: skip
CUES = (
    r"ssn|social(?: security| insurance)?(?: (?:number|no))?|sin|itin|passports?|driv(?:er'?s?|ing) licen[cs]e"
    r"|licen[cs]e"
    r"|national (?:id|insurance|identity)|ni (?:number|no\.?)|nino|aadhaa?r|pan(?: card)?|tax (?:file )?(?:id"
    r"|number|no)|tfn"
    r"|nhs|medicare|dni|nie|nif|cpf|cnpj|rg|curp|rfc|pesel|nip|bsn|burgerservicenummer|personnummer|cpr|codice fiscale"
    r"|steuer-?(?:id|nummer|identifikationsnummer)|sozialversicherungsnummer|ausweis(?:nummer)?|num[ée]ro de"
    r" s[ée]curit[ée]"
    r" sociale|nir|s[ée]curit[ée] sociale|nric|hkid|id card|identity card|(?:govt|government) id|ppsn?|vat|ein|utr|ss"
    r" ?#|(?<!order )(?<!user )(?<!customer )(?<!member )(?<!booking )(?<!account )(?<!transaction )"
    r"(?<!policy )(?<!claim )(?<!case )(?<!ticket )(?<!tracking )(?<!login )(?<!apple )ids?(?: (?:number|no\.?|card)"
    r"|(?=\s?[:#]))|medicaid|emirates id|ahv"
)
"""Words that announce a national number."""


def check_luhn(text: str) -> bool:
    """Canada's and Sweden's numbers, and cards: ISO/IEC 7812-1."""
    total = 0
    for place, digit in enumerate(reversed(_digits(text))):
        value = digit * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def check_spain(text: str) -> bool:
    """DNI and NIE: the letter is the number by 23."""
    body = text.upper().translate(str.maketrans("XYZ", "012"))[:-1].replace("-", "").replace(" ", "")
    return body.isdigit() and _LETTERS[int(body) % 23] == text[-1].upper()


def check_italy(text: str) -> bool:
    """Codice fiscale: the last letter is a sum over the others."""
    whole = text.upper()
    total = sum(_ODD[c] if i % 2 == 0 else int(c, 36) - (10 if c.isalpha() else 0) for i, c in enumerate(whole[:-1]))
    return chr(65 + total % 26) == whole[-1]


def check_brazil(text: str) -> bool:
    """CPF: two digits modulo 11."""
    number = _digits(text)
    checks = (sum(d * (start - i) for i, d in enumerate(number[: start - 1])) * 10 % 11 % 10 for start in (10, 11))
    return len(set(number)) > 1 and tuple(checks) == tuple(number[9:11])


def check_france(text: str) -> bool:
    """NIR: 97 less the number by 97 is its key."""
    number = "".join(str(d) for d in _digits(text))
    return len(number) == 15 and 97 - int(number[:13]) % 97 == int(number[13:])


def check_poland(text: str) -> bool:
    """PESEL, with a month and a day that exist."""
    number = _digits(text)
    month, day = (number[2] * 10 + number[3]) % 20, number[4] * 10 + number[5]
    return 1 <= month <= 12 and 1 <= day <= 31 and _weighed(text, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), 10)


def check_aadhaar(text: str) -> bool:
    """India: Verhoeff, the check digit of the dihedral group of order ten."""
    check = 0
    for place, digit in enumerate(reversed(_digits(text))):
        turned = digit
        for _ in range(place % 8):
            turned = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[turned]
        below = (check + turned) % 5 if turned < 5 else 5 + (check + turned) % 5
        above = 5 + (check - turned) % 5 if turned < 5 else (check - turned) % 5
        check = below if check < 5 else above
    return check == 0


def _weighed(text: str, weights: tuple[int, ...], modulus: int) -> bool:
    number = _digits(text)
    return len(number) == len(weights) and sum(d * w for d, w in zip(number, weights, strict=True)) % modulus == 0


def _digits(text: str) -> tuple[int, ...]:
    return tuple(ord(c) - 48 for c in text if "0" <= c <= "9")


def _passing(pattern: str, check: object) -> Recogniser:
    def checked(match: re.Match[str]) -> Hit | None:
        return Hit("ID", *match.span()) if callable(check) and check(match[0]) else None

    return Recogniser("ID", re.compile(rf"(?<![\w-]){pattern}(?![\w-]|[.,]\d)", _I), checked, ("0",))


NATIONAL: tuple[Recogniser, ...] = (
    Recogniser("ID", re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-\d{2}-\d{4}(?![\w-])"), hints=("0",)),
    Recogniser("ID", re.compile(r"(?<!\w)[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)"), hints=("0",)),
    _passing(r"\d{8}[ -]?[A-HJ-NP-TV-Z]", check_spain),
    _passing(r"[XYZ][ -]?\d{7}[ -]?[A-HJ-NP-TV-Z]", check_spain),
    _passing(r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", check_italy),
    _passing(r"\d{3}\.\d{3}\.\d{3}-\d{2}", check_brazil),
    _passing(r"[12] ?\d{2} ?(?:0\d|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}", check_france),
    _passing(r"(?:19|20)?\d{6}[-+]\d{4}", check_luhn),
    _passing(r"(?<!\d )[2-9]\d{3} \d{4} \d{4}(?! \d)", check_aadhaar),
    _passing(r"\d{11}", check_poland),
    Recogniser("ID", re.compile(r"(?<![\w-])[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z](?![\w-])"), hints=("0",)),
    Recogniser(
        "ID",
        re.compile(
            rf"\b(?:{CUES})(?![a-z])#?(?:'s)?(?:\s{{0,2}}(?:number|no\.?|num|nr\.?|id|is|was|it'?s|es|est|to|ist"
            rf"|lautet|card|code|är|è|é|[:=#-]))"
            rf"{{0,4}}\s{{0,2}}[\"'#(]{{0,2}}"
            r"(?P<v>(?=[a-z]{0,3}[ -]?\d)[a-z0-9]{1,20}(?:(?:[ -]|\.(?=\d))(?=\w{0,5}\d)[a-z0-9]{1,12}){0,5})(?!\w)",
            _I,
        ),
        lambda match: Hit("ID", *match.span("v")) if len(_digits(match["v"])) >= 4 else None,
        hints=("0",),
    ),
)
"""In the order in which they are tried."""
